/** A dispenser, a line and a daemon made of numbers: what was truly dispensed beside what the machine says of it. */
import {
  type FuellingFact,
  type FuellingState,
  initialFuelling,
  type PointSpec,
  parseFuelling,
  step,
} from '../../../src/core/fuelling/machine.ts';
import type { DispenserReading, DispenserState, Urgency, Wants } from '../../../src/model/readings.ts';
import type { FuellingSale } from '../../../src/model/sale.ts';
import { instant, millilitres, money, monoMs, unitPrice } from '../../../src/model/units.ts';

/** How this dispenser behaves. Times in ms, volumes in ml. */
export interface Model {
  readonly hoses: number;
  readonly modulus: number | null;
  /** Sale numbers 1..last; null: none. */
  readonly lastNumber: number | null;
  readonly record: boolean;
  /** Live volume and amount are told. */
  readonly display: boolean;
  readonly tellsHose: boolean;
  /** The totalizer counts while fuel flows; otherwise `totalizerDelay` after the end. */
  readonly liveTotals: boolean;
  readonly totalizerDelay: number;
  readonly recordDelay: number;
  /** Stays `completed` until the next lift or until it is released. */
  readonly completes: boolean;
  readonly clearsAtIdle: boolean;
  readonly amountTotals: boolean;
}

/** One fuelling of the script: the nozzle rests, is lifted, flows at a steady rate, is hung up. */
export interface Fill {
  readonly hose: number;
  readonly rest: number;
  readonly lift: number;
  readonly flow: number;
  readonly volume: number;
}
export interface Trouble {
  readonly kind: 'link' | 'restart' | 'deaf';
  readonly at: number;
  readonly lasts: number;
}
export interface Truth extends Fill {
  readonly liftedAt: number;
  readonly startedAt: number;
  readonly endedAt: number;
}

const epoch = 1_700_000_000_000;
const price = 7849;
const tick = 50;
const everyMs: Record<Urgency, number> = { now: tick, fast: 250, normal: 1000, slow: 5000, off: Infinity };
export const amountOf = (volume: number): number => Math.round((volume * price) / 10_000);

export const specOf = (model: Model): PointSpec => ({
  fuellingPoint: 'fp1',
  hoses: Array.from({ length: model.hoses }, (_, n) => ({
    hose: n + 1,
    nozzle: `n${n + 1}`,
    grade: '92',
    tank: null,
  })),
  lastSale: model.record,
  saleNumber: model.lastNumber === null ? null : { first: 1, last: model.lastNumber },
  totalizerModulus: model.modulus === null ? null : millilitres(model.modulus),
  totalizerResolution: millilitres(1),
  volumeResolution: millilitres(1),
  settleMs: 3000,
  currencyDecimals: 2,
});

export interface Outcome {
  readonly facts: readonly FuellingFact[];
  readonly sales: readonly FuellingSale[];
  readonly truths: readonly Truth[];
  readonly state: FuellingState;
}

/** Runs the script to its end and a quiet minute more. Totalizers begin at `start`, sale numbers at `number`. */
export function run(
  model: Model,
  fills: readonly Fill[],
  troubles: readonly Trouble[],
  begin = { totalizer: 1_000_000, number: 7, quiet: 2_000 },
  given: <T>(value: T) => T = (value) => value,
): Outcome {
  const spec = specOf(model);
  const truths = timetable(fills, begin.quiet);
  const last = truths.at(-1)?.endedAt ?? 0;
  const endTrouble = Math.max(0, ...troubles.map((trouble) => trouble.at + trouble.lasts));
  const end = Math.max(last, endTrouble) + 60_000;
  const facts: FuellingFact[] = [];
  let state = initialFuelling();
  let stored = JSON.stringify(state);
  let storedAt = 0;
  let wants: Wants = { live: 'normal', totals: 'normal', 'last-sale': 'normal', price: 'off' };
  let read = new Map<string, number>();
  let process = 0;
  let linked = true;

  const take = (reading: DispenserReading): void => {
    const told = step(spec, given(state), given(reading));
    state = told.state;
    wants = told.wants;
    if (told.facts.length === 0) return;
    facts.push(...told.facts);
    stored = JSON.stringify(state);
    storedAt = reading.at - epoch;
  };

  for (let now = 0; now <= end; now += tick) {
    const trouble = troubles.find((each) => now >= each.at && now < each.at + each.lasts);
    if (trouble?.kind === 'restart') {
      // The process is gone; only what was stored with facts comes back, on another monotonic clock.
      const before = process;
      process = now * 7 + 1;
      state = parseFuelling(JSON.parse(stored), {
        was: monoMs(storedAt + before),
        now: monoMs(storedAt + process),
      });
      read = new Map();
      continue;
    }
    const stamp = { at: instant(epoch + now), mono: monoMs(now + process) };
    if (trouble?.kind === 'deaf') continue;
    if (trouble?.kind === 'link') {
      if (linked) take({ kind: 'lost', reason: 'silent', ...stamp });
      linked = false;
      continue;
    }
    linked = true;
    for (const group of ['live', 'totals', 'last-sale'] as const) {
      if (group === 'last-sale' && !model.record) continue;
      if (now - (read.get(group) ?? -Infinity) < everyMs[wants[group]]) continue;
      const reading = readingOf(model, truths, now, group, begin);
      if (!reading) continue;
      read.set(group, now);
      take({ ...reading, ...stamp } as DispenserReading);
    }
  }
  const sales = facts.flatMap((fact) => (fact.kind === 'sale' ? [fact.sale] : []));
  return { facts, sales, truths, state };
}

function timetable(fills: readonly Fill[], quiet: number): Truth[] {
  let now = quiet;
  return fills.map((fill) => {
    const liftedAt = now + fill.rest;
    const startedAt = liftedAt + fill.lift;
    const endedAt = startedAt + fill.flow;
    now = endedAt;
    return { ...fill, liftedAt, startedAt, endedAt };
  });
}

type Bare = Record<string, unknown> & { kind: string };

function readingOf(
  model: Model,
  truths: readonly Truth[],
  now: number,
  group: 'live' | 'totals' | 'last-sale',
  begin: { totalizer: number; number: number },
): Bare | null {
  const running = truths.find((each) => now >= each.liftedAt && now < each.endedAt);
  const over = truths.filter((each) => now >= each.endedAt);
  if (group === 'totals') {
    const hoses = Array.from({ length: model.hoses }, (_, n) => {
      const counted = truths.filter((each) => each.hose === n + 1).map((each) => countedOf(model, each, now));
      const sum = counted.reduce((a, b) => a + b, 0);
      const volume = begin.totalizer + sum;
      return {
        hose: n + 1,
        volume: millilitres(model.modulus === null ? volume : volume % model.modulus),
        amount: model.amountTotals ? money(500_000 + amountOf(sum)) : null,
      };
    });
    return { kind: 'totals', hoses };
  }
  if (group === 'last-sale') {
    const written = truths.filter((each) => each.volume > 0 && now >= each.endedAt + model.recordDelay);
    const sale = written.at(-1);
    const size = model.lastNumber ?? 1;
    return {
      kind: 'last-sale',
      number: model.lastNumber === null ? null : ((begin.number - 1 + written.length) % size) + 1,
      hose: model.tellsHose ? (sale?.hose ?? 1) : null,
      volume: millilitres(sale?.volume ?? 12_340),
      amount: money(amountOf(sale?.volume ?? 12_340)),
      price: unitPrice(price),
      endCode: 1,
    };
  }
  const shownSale = over.filter((each) => each.volume > 0).at(-1);
  const flowed = running ? flowedOf(running, now) : 0;
  const flowing = running !== undefined && now >= running.startedAt;
  // The display keeps the previous sale until fuel may flow.
  const volume = flowing ? flowed : model.clearsAtIdle ? 0 : (shownSale?.volume ?? 12_340);
  const state: DispenserState = running
    ? flowing
      ? 'fuelling'
      : 'calling'
    : model.completes && over.length > 0
      ? 'completed'
      : 'idle';
  return {
    kind: 'live',
    state,
    hose: model.tellsHose && running ? running.hose : null,
    volume: model.display ? millilitres(volume) : null,
    amount: model.display ? money(amountOf(volume)) : null,
    price: unitPrice(price),
  };
}

const flowedOf = (fill: Truth, now: number): number =>
  now >= fill.endedAt
    ? fill.volume
    : now <= fill.startedAt
      ? 0
      : Math.floor((fill.volume * (now - fill.startedAt)) / fill.flow);

const countedOf = (model: Model, fill: Truth, now: number): number =>
  model.liveTotals ? flowedOf(fill, now) : now >= fill.endedAt + model.totalizerDelay ? fill.volume : 0;
