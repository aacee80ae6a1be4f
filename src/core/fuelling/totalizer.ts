/**
 * Totalizer arithmetic of one hose: what moved since the books were last right, and whether it can be true.
 * All differences are taken around the modulus; volumes in ml.
 */
import type { DispenserReading, HoseTotals } from '../../model/readings.ts';
import { type Millilitres, type Money, millilitres, money } from '../../model/units.ts';
import type { Account, FuellingState, Lag } from './state.ts';
import type { FuellingAlarm, PointSpec } from './types.ts';

/*
 * How much may be sold on a totalizer alone. A "no" too many costs an entry by hand: the alarm gives the totalizer before and
 * after, and counting goes on from there. A "yes" too many is a sale of fuel that never flowed, in the books for good. So what is
 * sold must be explained:
 * - by the time since the hose was last read, at the greatest flow all the time, and never more than the largest usual tank
 *   holds: a totalizer that is months or another dispenser's away is no sale;
 * - where the clock cannot tell the time (it stood still or went back while the power was off), by what one hose sells in
 *   an uncommonly busy day, and with an alarm;
 * - over a rollover, by as much: a board that was reset shows a small number, too, and does so far more often.
 */
const defaultFlowMlPerMin = 200_000;
/** Readings and fuelling are not cut off at the same moments. */
const slackMinutes = 2;
const tankMl = 50_000_000;
const busyDayMl = 5_000_000;
/** A box without a battery for its clock goes on from about when it was switched off: so little time may be any time. */
const stoodStillMs = 10 * 60_000;

/** What one reading says of a hose. `delta`: unaccounted ml; null: nothing can be told, `wrong` or no baseline. */
export interface Look {
  readonly account: Account;
  readonly total: HoseTotals | null;
  readonly moved: number | null;
  readonly delta: number | null;
  readonly wrong: FuellingAlarm | null;
  /** Only a clock that stood still, or a rollover while nobody looked, explains so much. */
  readonly doubt: boolean;
  /** The totalizer counted more than is looked at. */
  readonly cut: boolean;
}

/** What totalizer and display, each rounding in its own way, may differ by; a move of no more is no sale. */
export const toleranceOf = (spec: PointSpec): number =>
  spec.totalizerResolution + (spec.volumeResolution ?? 10);
/** Each is off by less than a step of its own: a difference of both steps is another volume. */
export const fits = (spec: PointSpec, a: number, b: number): boolean => Math.abs(a - b) < toleranceOf(spec);

const wrap = (spec: PointSpec, volume: number): Millilitres =>
  millilitres(spec.totalizerModulus === null ? volume : volume % spec.totalizerModulus);
export const lagOf = (account: Account): number => account.lags.reduce((sum, lag) => sum + lag.volume, 0);
/** Up to where the books go: the next sale's span starts here. */
const accountedOf = (spec: PointSpec, account: Account): Millilitres =>
  wrap(spec, (account.mark ?? 0) + lagOf(account));

/** One account for each hose of the specification, made where it is missing. */
export function accountOf(state: FuellingState, hose: number): Account {
  const found = state.accounts.find((account) => account.hose === hose);
  if (found) return found;
  const account: Account = {
    hose,
    mark: null,
    amount: null,
    generation: state.generation,
    lags: [],
    fromZero: false,
    at: null,
    mono: null,
    suspect: null,
  };
  state.accounts.push(account);
  return account;
}

/** What `total` says against the books; changes nothing. */
export function look(
  spec: PointSpec,
  account: Account,
  total: HoseTotals | null,
  reading: DispenserReading,
): Look {
  const nothing = { account, total, moved: null, delta: null, wrong: null, doubt: false, cut: false };
  const { mark } = account;
  if (total === null || mark === null || (account.fromZero && total.volume !== 0)) return nothing;
  const modulus = spec.totalizerModulus;
  const back = wrap(spec, mark - total.volume + (modulus ?? 0));
  if (back >= 0 && back <= toleranceOf(spec)) return { ...nothing, moved: 0, delta: -lagOf(account) };
  const forward =
    total.volume >= mark ? total.volume - mark : modulus === null ? null : modulus - mark + total.volume;
  const most = deliverable(spec, account, reading, total.volume < mark);
  const doubt = forward !== null && forward > most.surely;
  if (forward === null || (doubt && (forward > most.perhaps || total.volume === 0))) {
    return { ...nothing, wrong: wrongOf(total.volume, mark) };
  }
  return { ...nothing, moved: forward, delta: forward - lagOf(account), doubt };
}

const wrongOf = (volume: number, mark: number): FuellingAlarm =>
  volume === 0 ? 'totalizer-zero' : volume < mark ? 'totalizer-backward' : 'totalizer-jump';

/** Most that the hose can have delivered since it was last read, and the most that is believed with an alarm. */
function deliverable(
  spec: PointSpec,
  account: Account,
  reading: DispenserReading,
  rollover: boolean,
): { surely: number; perhaps: number } {
  const known = account.mono !== null;
  const ms = account.mono === null ? reading.at - (account.at ?? reading.at) : reading.mono - account.mono;
  const flow = spec.maxFlowMlPerMin ?? defaultFlowMlPerMin;
  const inTime = Math.min(tankMl, flow * (Math.max(0, ms) / 60_000 + slackMinutes));
  const perhaps = !known && ms < stoodStillMs ? Math.max(inTime, busyDayMl) : inTime;
  // In the short time between two readings it is a rollover.
  return rollover
    ? { surely: Math.min(inTime, flow * slackMinutes), perhaps: Math.min(perhaps, busyDayMl) }
    : { surely: inTime, perhaps };
}

/** How far the amount totalizer moved with it; null: nothing tells. */
export function amountMoved({ account, total }: Look): Money | null {
  if (total?.amount == null || account.amount === null || account.lags.length > 0) return null;
  const moved = total.amount - account.amount;
  return moved >= 0 ? money(moved) : null;
}

/** Starts the books at `volume`. In a new generation, unless they were never begun. */
export function rebase(
  account: Account,
  volume: Millilitres,
  amount: Money | null,
  reading: DispenserReading,
): void {
  if (account.mark !== null) account.generation += 1;
  account.mark = volume;
  account.amount = amount;
  account.lags = [];
  account.fromZero = false;
  account.suspect = null;
  stamp(account, reading);
}

export function stamp(account: Account, reading: DispenserReading): void {
  account.at = reading.at;
  account.mono = reading.mono;
  for (const lag of account.lags) lag.mono ??= reading.mono;
}

export interface Span {
  readonly start: Millilitres;
  readonly end: Millilitres;
  readonly generation: number;
}

/**
 * Books sales of these volumes, in order, and gives the span of each. The last one ends at the totalizer when that
 * has counted them; otherwise spans follow the volumes, and what is missing stays as a lag, so that the totalizer's
 * later move is not sold again.
 */
export function book(
  spec: PointSpec,
  seen: Look,
  volumes: readonly number[],
  reading: DispenserReading,
): Span[] {
  const { account, total, moved, delta } = seen;
  const sold = volumes.reduce((sum, volume) => sum + volume, 0);
  const counted = total !== null && delta !== null && delta > 0 && delta >= sold - toleranceOf(spec);
  let start = accountedOf(spec, account);
  const spans = volumes.map((volume, n): Span => {
    const end = counted && n === volumes.length - 1 ? total.volume : wrap(spec, start + volume);
    const span = { start, end, generation: account.generation };
    if (end < start) account.generation += 1;
    start = end;
    return span;
  });
  if (counted) {
    account.mark = total.volume;
    account.amount = total.amount;
    account.lags = [];
  } else {
    const late = volumes.map((volume): Lag => ({ volume: millilitres(volume), mono: reading.mono }));
    account.lags = consume([...account.lags, ...late], moved ?? 0);
    if (total !== null && moved !== null && moved > 0) account.mark = total.volume;
    account.amount = null;
  }
  if (moved !== null) {
    account.suspect = null;
    stamp(account, reading);
  }
  return spans;
}

/** The totalizer caught up with (some of) what was sold ahead of it. */
export function catchUp(spec: PointSpec, seen: Look, reading: DispenserReading): void {
  const { account, total, moved } = seen;
  if (total === null || moved === null) return;
  account.suspect = null;
  stamp(account, reading);
  if (moved === 0 || account.lags.length === 0) return;
  // What goes beyond the lag is too little to be a sale, but it is not forgotten: the mark stays behind it.
  account.mark = moved >= lagOf(account) ? accountedOf(spec, account) : total.volume;
  account.lags = consume(account.lags, moved);
  account.amount = account.lags.length === 0 ? total.amount : null;
  stamp(account, reading);
}

const mostLags = 16;

function consume(lags: readonly Lag[], moved: number): Lag[] {
  let left = moved;
  let rest: Lag[] = [];
  for (const { volume, mono } of lags) {
    const taken = Math.min(volume, left);
    left -= taken;
    if (volume > taken) rest.push({ volume: millilitres(volume - taken), mono });
  }
  for (let [first, second] = rest; rest.length > mostLags; [first, second] = rest) {
    if (!first || !second) break;
    rest = [{ volume: millilitres(first.volume + second.volume), mono: first.mono }, ...rest.slice(2)];
  }
  return rest;
}

/** A totalizer that is late at all is not later than this. */
const latestMs = 60_000;

/**
 * The totalizer moved by exactly this sale, no earlier lag (one after the other) explains the move, and the oldest lag
 * is too old: what it has not counted so far it never will.
 */
export function lagIsLasting(
  spec: PointSpec,
  { account, moved }: Look,
  volume: number,
  mono: number,
): boolean {
  const since = account.lags[0]?.mono ?? null;
  if (since === null || mono - since < latestMs) return false;
  if (moved === null || moved <= toleranceOf(spec)) return false;
  if (!fits(spec, moved, volume)) return false;
  let sum = 0;
  return !account.lags.some((lag) => {
    sum += lag.volume;
    return fits(spec, moved, sum);
  });
}

/** The look cut off at `volume`: what the totalizer counted beyond may be the next fuelling's already. */
export function upTo(spec: PointSpec, seen: Look, volume: number): Look {
  const { account, total, moved, delta } = seen;
  if (total === null || moved === null || delta === null || delta <= volume + toleranceOf(spec)) return seen;
  const end = wrap(spec, accountedOf(spec, account) + volume);
  return {
    ...seen,
    total: { ...total, volume: end, amount: null },
    moved: lagOf(account) + volume,
    delta: volume,
    cut: true,
  };
}
