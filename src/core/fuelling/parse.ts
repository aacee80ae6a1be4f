/**
 * The machine's memory back from the store. Monotonic times are of another process by then: they are emptied, but for when
 * a totalizer was read, where it is known how long ago that is.
 */
import { ForecourtError } from '../../model/errors.ts';
import { type DispenserState, dispenserStates, type HoseTotals } from '../../model/readings.ts';
import {
  type Instant,
  instant,
  type Millilitres,
  type Money,
  type MonoMs,
  millilitres,
  money,
  type UnitPrice,
  unitPrice,
} from '../../model/units.ts';
import {
  type Account,
  type Earlier,
  type Ending,
  type FuellingState,
  freshSession,
  type Lag,
  type Open,
  stateVersion,
  type Told,
} from './state.ts';

/** One moment on two monotonic clocks. */
export interface SavedMoment {
  readonly was: MonoMs;
  readonly now: MonoMs;
}

type Bag = Readonly<Record<string, unknown>>;

const bad = (what: string, value: unknown): ForecourtError =>
  new ForecourtError('FUELLING_STATE_INVALID', `the stored state has no valid ${what}`, {
    what,
    type: typeof value,
  });

function bag(value: unknown, what: string): Bag {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw bad(what, value);
  return value as Bag;
}
function list<T>(from: Bag, key: string, of: (each: Bag) => T, most: number): T[] {
  const value = from[key];
  if (!Array.isArray(value) || value.length > most) throw bad(key, value);
  return value.map((each) => of(bag(each, key)));
}
function integer(from: Bag, key: string): number {
  const value = from[key];
  if (!Number.isSafeInteger(value)) throw bad(key, value);
  return value as number;
}
function finite(from: Bag, key: string): number {
  const value = from[key];
  if (typeof value !== 'number' || !Number.isFinite(value)) throw bad(key, value);
  return value;
}
function count(from: Bag, key: string): number {
  const value = integer(from, key);
  if (value < 0) throw bad(key, value);
  return value;
}
function flag(from: Bag, key: string): boolean {
  const value = from[key];
  if (typeof value !== 'boolean') throw bad(key, value);
  return value;
}
const orNull = <T>(from: Bag, key: string, of: (from: Bag, key: string) => T): T | null =>
  from[key] === null ? null : of(from, key);
const ml = (from: Bag, key: string): Millilitres => millilitres(count(from, key));
const minor = (from: Bag, key: string): Money => money(integer(from, key));
const price = (from: Bag, key: string): UnitPrice => unitPrice(count(from, key));
const at = (from: Bag, key: string): Instant => instant(integer(from, key));

/**
 * Throws FUELLING_STATE_INVALID for anything `step` did not make. Whoever parses was away: sales may have been missed.
 * @param saved the moment of saving on the monotonic clocks of the process that was, and of this one; null: nobody knows. A
 * restart that is shorter than a fuelling is no blindness: a lift just before it stays the lift of what flows after it.
 */
export function parseFuelling(json: unknown, saved: SavedMoment | null = null): FuellingState {
  const from = bag(json, 'object');
  if (from.version !== stateVersion) throw bad('version', from.version);
  const display = bag(from.display, 'display');
  const current = orNull(from, 'current', (all, key) => open(bag(all[key], key)));
  const ended = orNull(from, 'ending', (all, key) => ending(bag(all[key], key)));
  const blind = saved === null;
  return {
    version: stateVersion,
    shown: shownState(from.shown),
    nozzle: orNull(from, 'nozzle', text),
    since: orNull(from, 'since', at),
    display: {
      volume: orNull(display, 'volume', ml),
      amount: orNull(display, 'amount', minor),
      rounded: flag(display, 'rounded'),
      price: orNull(display, 'price', price),
      sold: flag(display, 'sold'),
    },
    accounts: list(from, 'accounts', (each) => account(each, saved), 64),
    generation: count(from, 'generation'),
    prices: list(from, 'prices', (each) => ({ hose: count(each, 'hose'), price: price(each, 'price') }), 64),
    current: current && { ...current, gap: current.gap || blind },
    ending: ended && { ...ended, after: ended.after || blind },
    earlier: list(from, 'earlier', earlier, 8),
    record: orNull(from, 'record', (all, key) => {
      const record = bag(all[key], key);
      return { ...told(record), sold: flag(record, 'sold') };
    }),
    unnumbered: integer(from, 'unnumbered'),
    held: orNull(from, 'held', (all, key) => told(bag(all[key], key))),
    met: flag(from, 'met'),
    session: { ...freshSession(), live: saved?.now ?? null },
  };
}

function text(from: Bag, key: string): string {
  const value = from[key];
  if (typeof value !== 'string') throw bad(key, value);
  return value;
}

function shownState(value: unknown): DispenserState | 'lost' | null {
  const known = value === null || value === 'lost' || dispenserStates.some((state) => state === value);
  if (!known) throw bad('shown', value);
  return value as DispenserState | 'lost' | null;
}

const account = (from: Bag, saved: SavedMoment | null): Account => ({
  hose: count(from, 'hose'),
  mark: orNull(from, 'mark', ml),
  amount: orNull(from, 'amount', minor),
  generation: count(from, 'generation'),
  lags: lags(from.lags),
  fromZero: flag(from, 'fromZero'),
  at: orNull(from, 'at', at),
  mono: saved && orNull(from, 'mono', (all, key) => finite(all, key) + saved.now - saved.was),
  suspect: orNull(from, 'suspect', (all, key) => {
    const suspect = bag(all[key], key);
    return { volume: ml(suspect, 'volume'), count: 0, mono: null };
  }),
});

function lags(value: unknown): Lag[] {
  if (!Array.isArray(value) || value.length > 64) throw bad('lags', value);
  return value.map((lag) => ({ volume: ml(bag(lag, 'lag'), 'volume'), mono: null }));
}

const open = (from: Bag): Open => ({
  hose: orNull(from, 'hose', count),
  liftedAt: orNull(from, 'liftedAt', at),
  startedAt: orNull(from, 'startedAt', at),
  endedAt: orNull(from, 'endedAt', at),
  volume: ml(from, 'volume'),
  amount: orNull(from, 'amount', minor),
  rounded: flag(from, 'rounded'),
  price: orNull(from, 'price', price),
  priceChanged: flag(from, 'priceChanged'),
  shown: orNull(from, 'shown', ml),
  fresh: flag(from, 'fresh'),
  fuelled: flag(from, 'fuelled'),
  unchecked: flag(from, 'unchecked'),
  hidden: flag(from, 'hidden'),
  gap: flag(from, 'gap'),
  lost: flag(from, 'lost'),
  haltedMono: null,
});

/** What was read after the end is read again. */
const ending = (from: Bag): Ending => ({
  ...open(from),
  endedAt: at(from, 'endedAt'),
  mono: null,
  unseen: flag(from, 'unseen'),
  endUnseen: flag(from, 'endUnseen'),
  another: flag(from, 'another'),
  after: flag(from, 'after'),
  final: orNull(from, 'final', (all, key) => told(bag(all[key], key))),
  totals: null as HoseTotals[] | null,
  totalsRounded: false,
  clean: true,
  stable: false,
  totalsMono: null,
  record: null,
  recordMono: null,
});

const earlier = (from: Bag): Earlier => ({
  hose: orNull(from, 'hose', count),
  liftedAt: orNull(from, 'liftedAt', at),
  startedAt: orNull(from, 'startedAt', at),
  endedAt: at(from, 'endedAt'),
  mono: null,
  volume: ml(from, 'volume'),
  gap: flag(from, 'gap'),
});

const told = (from: Bag): Told => ({
  number: orNull(from, 'number', count),
  hose: orNull(from, 'hose', count),
  volume: ml(from, 'volume'),
  amount: orNull(from, 'amount', minor),
  rounded: flag(from, 'rounded'),
  price: orNull(from, 'price', price),
  endCode: orNull(from, 'endCode', integer),
});
