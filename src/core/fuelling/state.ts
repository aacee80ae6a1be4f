/**
 * The machine's memory: plain data that goes through JSON. Monotonic times live only in fields named `mono` and in
 * `session`; `parseFuelling` empties them, for they mean nothing in another process.
 */
import type { DispenserState, HoseTotals } from '../../model/readings.ts';
import {
  type Instant,
  type Millilitres,
  type Money,
  millilitres,
  type UnitPrice,
} from '../../model/units.ts';

export const stateVersion = 1;

/** What the dispenser says of one sale: its record, or what it displays. */
export interface Told {
  number: number | null;
  hose: number | null;
  volume: Millilitres;
  amount: Money | null;
  /** The device gave a finer amount than the currency has. */
  rounded: boolean;
  price: UnitPrice | null;
  endCode: number | null;
}

/** Sold, and not counted by the totalizer yet. `mono`: when it was sold, or first met in this process. */
export interface Lag {
  volume: Millilitres;
  mono: number | null;
}

/**
 * The books of one hose. Everything the totalizer counted up to `mark` is accounted for, and beyond it the volumes in
 * `lags`: sold, but not yet counted by the totalizer when they were.
 */
export interface Account {
  hose: number;
  /** null: no baseline yet. A totalizer of zero is no baseline: it may be a placeholder. */
  mark: Millilitres | null;
  /** The amount totalizer at `mark`; null: there is none or it is blurred. */
  amount: Money | null;
  /** Rises at each rollover and re-baseline, so that no span comes twice. */
  generation: number;
  lags: Lag[];
  /** A sale was booked on a totalizer that read zero: the first other value is a baseline. */
  fromZero: boolean;
  /** When the totalizer was last read and fitted. */
  at: Instant | null;
  mono: number | null;
  /** An implausible value, waiting to be seen steadily or to go away. */
  suspect: { volume: Millilitres; count: number; mono: number | null } | null;
}

/** A fuelling from lift to end. */
export interface Open {
  hose: number | null;
  liftedAt: Instant | null;
  startedAt: Instant | null;
  endedAt: Instant | null;
  /** Highest live volume that is surely of this fuelling, and its amount. */
  volume: Millilitres;
  amount: Money | null;
  rounded: boolean;
  price: UnitPrice | null;
  priceChanged: boolean;
  /** What the display showed before: the previous sale. */
  shown: Millilitres | null;
  /** The display has shown something else than `shown`. */
  fresh: boolean;
  /** The state said fuel flows. */
  fuelled: boolean;
  /** At its lift the totals might still have counted something from before. */
  unchecked: boolean;
  /** A sale that nobody saw may have come just before it: even a new record may be of that one. */
  hidden: boolean;
  /** We were blind for a while between lift and end (lost link or restart). */
  gap: boolean;
  /** The device was silent for a while. */
  lost: boolean;
  /** Since when the device says inoperative or closed. */
  haltedMono: number | null;
}

/** A fuelling that is over, waiting for the evidence of what it was. */
export interface Ending extends Open {
  endedAt: Instant;
  mono: number | null;
  /** Nothing of it was seen: only the totalizers moved. */
  unseen: boolean;
  /** We were blind when it ended. */
  endUnseen: boolean;
  /** One other began and ended between two readings, after this one: the display shows that. */
  another: boolean;
  /** We were blind after its end: what the dispenser tells now may be of a later sale. */
  after: boolean;
  /** What the dispenser displayed at its end. */
  final: Told | null;
  /** Read after the end. */
  totals: HoseTotals[] | null;
  /** Their amounts are finer than the currency. */
  totalsRounded: boolean;
  /** The totals were read before another fuelling could move them. */
  clean: boolean;
  /** Two readings in a row said the same. */
  stable: boolean;
  totalsMono: number | null;
  record: Told | null;
  recordMono: number | null;
}

/** A fuelling that ended unseen when the next one had begun; its volume is told at that one's end. */
export interface Earlier {
  hose: number | null;
  liftedAt: Instant | null;
  startedAt: Instant | null;
  endedAt: Instant;
  mono: number | null;
  /** What was seen of it. */
  volume: Millilitres;
  /** We were blind meanwhile or just before: others may be hidden with it. */
  gap: boolean;
}

export interface Session {
  live: number | null;
  totals: number | null;
  record: number | null;
  price: number | null;
  /** When the last blindness ended; null: no live reading yet in this process. */
  sighted: number | null;
  /** Totals and record were read since we last were blind, and nothing was found unaccounted. */
  checkedTotals: boolean;
  checkedRecord: boolean;
  released: boolean;
  /** When a sale was booked last. */
  booked: number | null;
}

export interface FuellingState {
  version: typeof stateVersion;
  shown: DispenserState | 'lost' | null;
  nozzle: string | null;
  since: Instant | null;
  /** What the dispenser displays; `sold`: the sale it shows is booked. */
  display: {
    volume: Millilitres | null;
    amount: Money | null;
    rounded: boolean;
    price: UnitPrice | null;
    sold: boolean;
  };
  accounts: Account[];
  /** Where the books of a hose begin that has none yet: above every generation that this point has sold in. */
  generation: number;
  prices: { hose: number; price: UnitPrice }[];
  current: Open | null;
  ending: Ending | null;
  earlier: Earlier[];
  /** The last record that is accounted for; `sold`: a sale of ours bears its number. */
  record: (Told & { sold: boolean }) | null;
  /** Sales booked without a number since `record`; below zero: numbers up to `record` whose sales are not booked yet. */
  unnumbered: number;
  /** A record read while it could not be booked. */
  held: Told | null;
  /** The point was seen without a finished sale once. */
  met: boolean;
  session: Session;
}

export const freshSession = (): Session => ({
  live: null,
  totals: null,
  record: null,
  price: null,
  sighted: null,
  checkedTotals: false,
  checkedRecord: false,
  released: false,
  booked: null,
});

/** The state of a fuelling point that was never met. `generation`: above every one that it has sold in before. */
export function initialFuelling(generation = 0): FuellingState {
  return {
    version: stateVersion,
    shown: null,
    nozzle: null,
    since: null,
    display: { volume: null, amount: null, rounded: false, price: null, sold: false },
    accounts: [],
    generation,
    prices: [],
    current: null,
    ending: null,
    earlier: [],
    record: null,
    unnumbered: 0,
    held: null,
    met: false,
    session: freshSession(),
  };
}

/** The generation that a point begins in that goes on without its books: no key of a sale can come again. */
export const nextGeneration = ({ accounts, generation }: FuellingState): number =>
  Math.max(generation, ...accounts.map((account) => account.generation)) + 1;

export const earlierOf = ({
  hose,
  liftedAt,
  startedAt,
  endedAt,
  mono,
  volume,
  gap,
  after,
  hidden,
}: Ending): Earlier => ({
  hose,
  liftedAt,
  startedAt,
  endedAt,
  mono,
  volume,
  gap: gap || after || hidden,
});

/** A fuelling that begins. */
export const openAt = (hose: number | null): Open => ({
  hose,
  liftedAt: null,
  startedAt: null,
  endedAt: null,
  volume: millilitres(0),
  amount: null,
  rounded: false,
  price: null,
  priceChanged: false,
  shown: null,
  fresh: false,
  fuelled: false,
  unchecked: false,
  hidden: false,
  gap: false,
  lost: false,
  haltedMono: null,
});

/** The same, over, with nothing read yet. */
export const endingOf = (open: Open, end: { at: Instant; mono: number }): Ending => ({
  ...open,
  endedAt: end.at,
  mono: end.mono,
  unseen: false,
  endUnseen: false,
  another: false,
  after: false,
  final: null,
  totals: null,
  totalsRounded: false,
  clean: true,
  stable: false,
  totalsMono: null,
  record: null,
  recordMono: null,
});
