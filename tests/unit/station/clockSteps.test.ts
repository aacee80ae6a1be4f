/**
 * A station's day with somebody at the clock: the same scans and fuellings, once with a clock that is never set and once with one
 * that is set again and again. The sales, whose they are, their order and all sums must be the same.
 */
import { describe, expect, it } from 'vitest';
import { checksSchema, correctionsSchema } from '../../../src/model/config/checks.ts';
import { programSchema } from '../../../src/model/config/program.ts';
import type { DispenserReading, DispenserState } from '../../../src/model/readings.ts';
import { instant, millilitres, money, monoMs, unitPrice } from '../../../src/model/units.ts';
import { seededRandom } from '../../../src/simulator/physics/random.ts';
import { createBoard } from '../../../src/station/board.ts';
import { businessDay } from '../../../src/station/businessDay.ts';
import { createClockGuard } from '../../../src/station/clock/clockGuard.ts';
import { createStationClock } from '../../../src/station/clock/stationClock.ts';
import { loadStation } from '../../../src/station/configuration/load.ts';
import { problemText } from '../../../src/station/configuration/problem.ts';
import type { StationContext } from '../../../src/station/context.ts';
import type { Feed } from '../../../src/station/feed.ts';
import { createFuellingPoints, type FuellingPoints } from '../../../src/station/fuellingPoints.ts';
import { createMemberBook } from '../../../src/station/memberBook.ts';
import { createScans } from '../../../src/station/scans.ts';
import { createTally } from '../../../src/station/tally.ts';
import type { Store } from '../../../src/store/store.ts';
import { plainProgram, writeStation } from '../../support/station.ts';
import { recordingLog, tempStore } from '../../support/tempStore.ts';

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;
const dayMs = 3 * hour;
/** Years on either side are possible ones. */
const beginning = Date.UTC(2040, 5, 1, 8);
const price = 7_849;

const cards = Array.from({ length: 200 }, (_, n) => `1000000${String(n).padStart(3, '0')}1`);
const members = cards.map((number, n) => ({
  id: `m-${n}`,
  tier: 'ordinary',
  cards: [{ number, format: 'number' }],
}));
const points = ['FP1', 'FP2', 'FP3'];
const readerOf: Record<string, string> = { FP1: 'R1', FP2: 'R2', FP3: 'R2' };

/** What happens when, in milliseconds since the beginning; a day without its clock. */
interface Moment {
  readonly at: number;
  readonly what:
    | { readonly kind: 'scan'; readonly reader: string; readonly card: string }
    | {
        readonly kind: 'live';
        readonly point: string;
        readonly state: DispenserState;
        readonly volume: number;
      }
    | { readonly kind: 'totals'; readonly point: string; readonly volume: number }
    | { readonly kind: 'record'; readonly point: string; readonly number: number; readonly volume: number };
}

function plan(seed: number): Moment[] {
  const random = seededRandom(seed);
  const between = (from: number, to: number): number => Math.round(from + random() * (to - from));
  const moments: Moment[] = [];
  for (const point of points) {
    let total = 5_000_000;
    let shown = 0;
    let number = 100;
    const reader = readerOf[point] ?? '';
    const live = (at: number, state: DispenserState, volume: number): void => {
      moments.push({ at, what: { kind: 'live', point, state, volume } });
    };
    const books = (at: number): void => {
      moments.push({ at, what: { kind: 'totals', point, volume: total } });
      moments.push({ at: at + 1, what: { kind: 'record', point, number, volume: shown } });
    };
    for (let now = 0; now < dayMs; ) {
      const rests = between(20, 400) * second;
      for (let at = now; at < now + rests; at += 5 * second) {
        live(at, 'idle', shown);
        if (at % (20 * second) < 5 * second) books(at + 10);
      }
      const lifted = now + rests;
      const starts = lifted + between(2, 9) * second;
      const ends = starts + between(15, 120) * second;
      if (random() < 0.75) {
        const when = random();
        const at =
          when < 0.5
            ? lifted - between(3, 50) * second
            : when < 0.8
              ? between(lifted, ends)
              : ends + between(1, 28) * second;
        const card = random() < 0.1 ? 'nobody' : (cards[between(0, cards.length - 1)] ?? '');
        moments.push({ at: Math.max(1, at) + 3, what: { kind: 'scan', reader, card } });
      }
      const volume = between(500, 6_000) * 10;
      for (let at = lifted; at < starts; at += second) live(at, 'calling', 0);
      for (let at = starts; at < ends; at += second)
        live(at, 'fuelling', Math.floor((volume * (at - starts)) / (ends - starts) / 10) * 10);
      total += volume;
      shown = volume;
      number += 1;
      for (let at = ends; at < ends + 6 * second; at += second) {
        live(at, 'idle', shown);
        books(at + 10);
      }
      now = ends + 6 * second;
    }
  }
  return moments.sort((a, b) => a.at - b.at);
}

interface Step {
  readonly at: number;
  readonly deltaMs: number;
}

/** Hours, days and years, to and fro, some of them twice within a fuelling. */
function steps(seed: number): Step[] {
  const random = seededRandom(seed + 7_000);
  const sizes = [2.5 * second, 40 * second, 10 * minute, hour, hour, day, 400 * day];
  return Array.from({ length: 40 }, () => {
    const size = sizes[Math.floor(random() * sizes.length)] ?? hour;
    return { at: Math.floor(random() * dayMs), deltaMs: Math.round(random() < 0.5 ? -size : size) };
  }).sort((a, b) => a.at - b.at);
}

const feed: Feed = { start() {}, wake() {}, state() {}, report: () => null, stop: async () => {} };

function station() {
  const written = writeStation({
    station: {
      lines: [{ id: 'L1', kind: 'modbus-tcp', host: '127.0.0.1', port: 502 }],
      devices: [
        { id: 'D1', profile: 'generic-be32', line: 'L1', unit: 1 },
        { id: 'D2', profile: 'generic-be32', line: 'L1', unit: 2 },
      ],
      fuellingPoints: points.map((id, n) => ({
        id,
        device: n < 2 ? 'D1' : 'D2',
        point: n < 2 ? n + 1 : 1,
        nozzles: [{ id: `${n + 1}`, hose: 1, grade: '92' }],
      })),
      readers: ['R1', 'R2'].map((id, n) => ({
        id,
        ...{
          kind: 'line',
          format: 'number',
          connection: { kind: 'tcp', host: '127.0.0.1', port: 4_001 + n },
        },
        fuellingPoints: points.filter((point) => readerOf[point] === id),
      })),
    },
    members,
  });
  const { station: loaded, problems } = loadStation(written.file);
  if (!loaded) throw new Error(problems.map(problemText).join('\n'));
  return loaded;
}

/** @param restartAt the daemon ends and starts again in the same boot at these times */
async function lives(seed: number, set: readonly Step[], restartAt: readonly number[] = []) {
  const loaded = station();
  const store = tempStore();
  let passed = 0;
  let moved = 0;
  let process = 0;
  const system = {
    now: () => instant(beginning + passed + moved),
    mono: () => monoMs(passed - process),
  };
  const boot = { id: 'boot', upMs: () => passed };
  const log = recordingLog();

  const begin = () => {
    const clock = createStationClock(system);
    const businessDate = businessDay('Europe/Berlin', '06:00');
    let fuellings: FuellingPoints | null = null;
    const clockGuard = createClockGuard({
      ...{ system, boot, clock, store, businessDate, log },
      site: 'test-1',
      things: () => fuellings?.movable ?? { settle() {}, store() {}, move() {} },
    });
    const context: StationContext = {
      ...{
        site: 'test-1',
        currency: 'CNY',
        currencyDecimals: 2,
        store,
        clock,
        clockGuard,
        log,
        businessDate,
      },
      ...{ bootId: boot.id, policy: loaded.config.matching },
      corrections: correctionsSchema.parse({}),
      checks: checksSchema.parse({}),
      program: programSchema.parse(plainProgram),
      members: createMemberBook(loaded.members, 'secret'),
      board: createBoard(),
      tally: createTally(store, clock.now()),
    };
    const push = (): void => {};
    fuellings = createFuellingPoints(context, loaded, { push, feed });
    const scans = createScans(context, loaded.config, { push, feed, points: fuellings });
    clockGuard.look();
    return { clock, clockGuard, fuellings, scans };
  };

  let running = begin();
  const happens = ({ what }: Moment): void => {
    const { clock, scans, fuellings } = running;
    const stamp = { at: clock.now(), mono: clock.mono() };
    if (what.kind === 'scan') {
      scans.read({ ...stamp, reader: what.reader, format: 'number', text: what.card });
      return;
    }
    fuellings.reading(what.point, { ...readingOf(what), ...stamp } as DispenserReading);
  };
  const waiting = [...set];
  const restarts = [...restartAt];
  const moments = plan(seed);
  let next = 0;
  for (let now = 0; now < dayMs + 10 * minute; now += second) {
    for (let moment = moments[next]; moment && moment.at < now; moment = moments[next]) {
      // The clock is set between two looks of the guard, in the middle of whatever goes on.
      while (waiting[0] && waiting[0].at <= moment.at) moved += waiting.shift()?.deltaMs ?? 0;
      passed = moment.at;
      happens(moment);
      next += 1;
    }
    passed = now;
    if (restarts[0] !== undefined && restarts[0] <= now) {
      restarts.shift();
      running.fuellings.saveAll();
      running.clockGuard.stop();
      process = now;
      running = begin();
    }
    running.clockGuard.look();
    running.scans.settle();
  }
  // What is shown to watchers comes in the next turn.
  await new Promise((resolve) => setImmediate(resolve));
  expect(log.lines.filter(({ level }) => level === 'error')).toEqual([]);
  return { store, sold: sold(store) };
}

function readingOf(what: Exclude<Moment['what'], { kind: 'scan' }>): object {
  const amount = money(Math.round((what.volume * price) / 10_000));
  const volume = millilitres(what.volume);
  if (what.kind === 'totals') return { kind: 'totals', hoses: [{ hose: 1, volume, amount: null }] };
  const shown = { volume, amount, price: unitPrice(price), hose: null };
  if (what.kind === 'live') return { kind: 'live', state: what.state, ...shown };
  return { kind: 'last-sale', number: what.number, endCode: null, ...shown };
}

/** All but the times. */
function sold(store: Store) {
  const sales = store.sales.recent({ limit: 1_000 }).reverse();
  return {
    sales: sales.map(
      ({ key, volume, amount, totalizerStart, totalizerEnd, quality, flags, attribution }) => ({
        ...{ key, volume, amount, totalizerStart, totalizerEnd, quality, flags },
        kind: attribution.kind,
        reason: attribution.reason,
        member: attribution.kind === 'attributed' ? attribution.member : null,
      }),
    ),
    credits: sales.map(({ key }) => store.credits.get(key)?.earned ?? null),
    balances: members.map(({ id }) => store.ledger.balance(`member:${id}`)),
    totals: store.sales.totals(),
    events: store.feed
      .read('business', 0, 100_000)
      .filter(({ type }) => !type.startsWith('clock.'))
      .map(({ type, subject }) => `${type} ${subject}`),
    problems: store.check().problems,
  };
}

describe('a day with somebody at the clock', { timeout: 120_000 }, () => {
  it.each([1, 2, 3, 4, 5, 6])(
    'M203: is the same day, to the last point and event (seed %i)',
    async (seed) => {
      const even = await lives(seed, []);
      const uneven = await lives(seed, steps(seed));
      // The day is worth the comparison.
      const { sales } = even.sold;
      expect(sales.length).toBeGreaterThan(60);
      expect(sales.filter(({ kind }) => kind === 'attributed').length).toBeGreaterThan(12);
      expect(
        uneven.store.feed.read('business', 0, 100_000).filter(({ type }) => type === 'clock.stepped').length,
      ).toBeGreaterThan(25);
      expect(uneven.sold).toEqual(even.sold);
      expect(even.sold.problems).toEqual([]);
    },
  );

  it.each([11, 12, 13])('is the same day with the daemon started anew in between (seed %i)', async (seed) => {
    const random = seededRandom(seed);
    const restarts = Array.from(
      { length: 8 },
      () => Math.floor((random() * dayMs) / second) * second + 500,
    ).sort((a, b) => a - b);
    const even = await lives(seed, [], restarts);
    const uneven = await lives(seed, steps(seed), restarts);
    expect(even.sold.sales.length).toBeGreaterThan(60);
    expect(uneven.sold).toEqual(even.sold);
  });
});
