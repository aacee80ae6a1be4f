/** Hands readings to the machine one by one, on clocks of its own. */
import {
  type FuellingFact,
  type FuellingState,
  initialFuelling,
  type PointSpec,
  parseFuelling,
  step,
} from '../../../src/core/fuelling/machine.ts';
import type { DispenserReading, DispenserState, Wants } from '../../../src/model/readings.ts';
import type { FuellingSale } from '../../../src/model/sale.ts';
import { instant, millilitres, money, monoMs, unitPrice } from '../../../src/model/units.ts';

export const price = 7849;
/** Minor units at `price`. */
export const amountOf = (volume: number): number => Math.round((volume * price) / 10_000);
export const t0 = 1_700_000_000_000;

export const spec: PointSpec = {
  fuellingPoint: '1',
  hoses: [{ hose: 1, nozzle: '1A', grade: '92', tank: 'T1' }],
  lastSale: true,
  saleNumber: { first: 1, last: 9999 },
  totalizerModulus: millilitres(100_000_000),
  totalizerResolution: millilitres(10),
  volumeResolution: millilitres(10),
  settleMs: 3000,
  currencyDecimals: 2,
};
export const plain: PointSpec = { ...spec, lastSale: false, saleNumber: null };
export const twoHoses: PointSpec = {
  ...plain,
  hoses: [...spec.hoses, { hose: 2, nozzle: '1B', grade: '95', tank: 'T2' }],
};

interface Shown {
  readonly hose?: number | null;
  readonly amount?: number | null;
  readonly price?: number | null;
  /** The amount is finer than the currency. */
  readonly rounded?: boolean;
}

export function drive(point: PointSpec = spec) {
  let state: FuellingState = initialFuelling();
  let stored = JSON.stringify(state);
  let storedAt = 0;
  let wants: Wants | null = null;
  let facts: FuellingFact[] = [];
  let now = 0;
  let wall = t0;
  let boot = 0;
  let roundedTotals = false;

  const store = () => {
    stored = JSON.stringify(state);
    storedAt = now;
  };
  const take = (reading: DispenserReading): FuellingFact[] => {
    const told = step(point, state, reading);
    state = told.state;
    wants = told.wants;
    facts.push(...told.facts);
    if (told.facts.length > 0) store();
    return [...told.facts];
  };
  const stamp = () => ({ at: instant(wall), mono: monoMs(now - boot) });
  const optional = <T>(
    value: number | null | undefined,
    unit: (value: number) => T,
    otherwise: number | null,
  ): T | null => {
    const chosen = value === undefined ? otherwise : value;
    return chosen === null ? null : unit(chosen);
  };

  const self = {
    live(shown: DispenserState, volume: number | null, more: Shown = {}) {
      self.wait(100);
      return take({
        kind: 'live',
        state: shown,
        hose: more.hose ?? null,
        volume: optional(volume, millilitres, null),
        amount: optional(more.amount, money, volume === null ? null : amountOf(volume)),
        price: optional(more.price, unitPrice, price),
        rounded: more.rounded ?? false,
        ...stamp(),
      });
    },
    /** One total for each hose, ml; amounts in minor units where they are given. */
    totals(...volumes: (number | readonly [number, number])[]) {
      self.wait(20);
      const hoses = volumes.map((each, n) => {
        const [volume, amount] = typeof each === 'number' ? [each, null] : each;
        return { hose: n + 1, volume: millilitres(volume), amount: amount === null ? null : money(amount) };
      });
      return take({ kind: 'totals', hoses, rounded: roundedTotals, ...stamp() });
    },
    record(number: number | null, volume: number, more: Shown & { readonly endCode?: number } = {}) {
      self.wait(20);
      return take({
        kind: 'last-sale',
        number,
        hose: more.hose ?? null,
        volume: millilitres(volume),
        amount: optional(more.amount, money, amountOf(volume)),
        price: optional(more.price, unitPrice, price),
        endCode: more.endCode ?? null,
        rounded: more.rounded ?? false,
        ...stamp(),
      });
    },
    /** From now on the amounts of totals are finer than the currency. */
    rounded() {
      roundedTotals = true;
      return self;
    },
    lost: () => take({ kind: 'lost', reason: 'silent', ...stamp() }),
    wait(ms: number) {
      now += ms;
      wall += ms;
    },
    /**
     * The process dies and comes back with what was stored; `clock`: what the wall clock makes of it, ms. Where both
     * agree it is known for how long.
     */
    restart(away = 10_000, clock = away) {
      wall += clock;
      now += away;
      const before = boot;
      boot = now - 5;
      const saved = { was: monoMs(storedAt - before), now: monoMs(storedAt - boot) };
      state = parseFuelling(JSON.parse(stored), clock === away ? saved : null);
    },
    /** A reading as if it had been made `ms` ago. */
    late(shown: DispenserState, volume: number, ms: number) {
      const { at, mono } = stamp();
      return take({
        kind: 'live',
        state: shown,
        hose: null,
        volume: millilitres(volume),
        amount: null,
        price: null,
        at,
        mono: monoMs(mono - ms),
      });
    },
    /** At rest with this totalizer (and record), everything accounted for. */
    settled(totals: number | readonly number[], number: number | null = 7, shown = 12_340) {
      const each = typeof totals === 'number' ? [totals] : totals;
      self.live('idle', shown);
      self.totals(...each);
      if (point.lastSale) self.record(number, shown);
      for (let waited = 0; waited <= point.settleMs; waited += 1000) {
        self.wait(1000);
        self.live('idle', shown);
      }
      self.totals(...each);
      store();
      facts = [];
      return self;
    },
    /** Lift, flow and end of a fuelling that shows its volume all the time. */
    fill(volume: number, end: DispenserState = 'completed', before = 12_340, more: Shown = {}) {
      self.live('calling', before, more);
      self.live('fuelling', 0, more);
      self.wait(2000);
      self.live('fuelling', volume / 2, more);
      self.wait(2000);
      self.live('fuelling', volume, more);
      self.live(end, volume, more);
    },
    sales: (): FuellingSale[] => facts.flatMap((fact) => (fact.kind === 'sale' ? [fact.sale] : [])),
    alarms: (): string[] => facts.flatMap((fact) => (fact.kind === 'alarm' ? [fact.alarm] : [])),
    kinds: (): string[] => facts.map((fact) => fact.kind),
    facts: (): readonly FuellingFact[] => facts,
    state: (): FuellingState => state,
    wants: (): Wants | null => wants,
  };
  return self;
}
