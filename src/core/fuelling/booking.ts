/** Books what a hose sold: baseline, span, lag and record move on together, and the sales are told. */
import type { SaleFlag } from '../../model/sale.ts';
import { type Millilitres, millilitres } from '../../model/units.ts';
import { accountFor, bare, type Newest, newsOf, sameRecord, stepsOf } from './record.ts';
import { type Part, saleOf } from './sale.ts';
import { isDim, split } from './split.ts';
import { type Ending, earlierOf, type Told } from './state.ts';
import { amountMoved, book, fits, type Look, lagIsLasting, lagOf, rebase, toleranceOf } from './totalizer.ts';
import { alarm, hoseOf, nozzleOf, type Work } from './work.ts';

/** A hose without a baseline, at rest. */
export function begin({ spec, facts, reading }: Work, { account, total }: Look): void {
  if (total === null || total.volume === 0 || (account.mark !== null && !account.fromZero)) return;
  rebase(account, total.volume, total.amount, reading);
  const hose = hoseOf(spec, account.hose);
  if (hose) facts.push({ kind: 'baseline', nozzle: hose.nozzle, volume: total.volume });
}

/** Another hose of the point moved as well: sold while we could not see. */
export function bookOther(work: Work, ending: Ending, seen: Look): void {
  const { spec, state } = work;
  if (seen.delta === null || seen.delta <= toleranceOf(spec)) {
    begin(work, seen);
    return;
  }
  const { record } = ending;
  const recorded =
    record?.hose === seen.account.hose &&
    newsOf(spec, state, record).kind !== 'sold' &&
    fits(spec, record.volume, seen.delta);
  const told = recorded ? record : bare(millilitres(seen.delta), amountMoved(seen), ending.totalsRounded);
  const [first, second] = state.earlier.filter((each) => each.hose === seen.account.hose);
  const times =
    first && !second && !first.gap && !ending.gap
      ? { liftedAt: first.liftedAt, startedAt: first.startedAt, endedAt: first.endedAt }
      : { liftedAt: null, startedAt: null, endedAt: ending.endedAt };
  emit(work, seen, [{ told, times, quality: 'recovered', flags: [] }], []);
  if (recorded) accountFor(spec, state, record, true, state.unnumbered + 1);
  else state.unnumbered += 1;
}

/** `ripe`: totals and record had their time before they were read. */
export function bookFuelling(
  work: Work,
  ending: Ending,
  found: Look,
  known: Newest | null,
  ripe: boolean,
): void {
  const { spec, state } = work;
  const account = found.account;
  const volume = known?.told.volume ?? ending.volume;
  let seen = found;
  const flags: SaleFlag[] = [];
  if (account.mark === null || (account.fromZero && seen.total !== null && seen.total.volume !== 0)) {
    flags.push('start-derived');
    seen = derivedStart(work, seen, volume);
  } else if (seen.wrong !== null) seen = proved(work, seen, known);
  if (
    seen.delta !== null &&
    seen.delta < volume - toleranceOf(spec) &&
    lagIsLasting(spec, seen, volume, work.reading.mono)
  ) {
    if (lagOf(account) > toleranceOf(spec)) {
      alarm(work, account.hose, 'totalizer-short', `never counted ${lagOf(account)} ml that were sold`);
    }
    account.generation += 1;
    account.lags = [];
    seen = { ...seen, delta: seen.moved };
  }
  const { parts, untold } = split(spec, state, ending, seen, known, ripe);
  const sold = parts.reduce((sum, part) => sum + part.told.volume, 0);
  if (!parts.every((part) => part.told.volume > 0)) {
    // Fuel was said to flow, but no volume was ever seen or told.
    work.facts.push({ kind: 'zero-sale', nozzle: nozzleOf(spec, account.hose), at: work.reading.at });
    if (ending.record && !sameRecord(state.record, ending.record)) state.held = ending.record;
    return;
  }
  const late = seen.delta === null || seen.delta < sold - toleranceOf(spec);
  if (late) flags.push('totalizer-late');
  const counted = seen.delta !== null && seen.delta > toleranceOf(spec);
  // The dispenser numbered one sale, its totalizer counted more: the rest is recovered, and said to be odd.
  const odd = parts.length > 1 && known?.news.steps === 1;
  if (odd || (counted && !fits(spec, seen.delta ?? 0, sold))) flags.push('volume-differs');
  if (ending.hose !== null && ending.hose !== account.hose) {
    const text = `the dispenser named hose ${ending.hose}, the totalizer of hose ${account.hose} moved`;
    alarm(work, account.hose, 'hose-differs', text);
  }
  emit(work, seen, parts, flags);
  if (untold > 1)
    alarm(work, account.hose, 'sales-untold', `${untold} sales that were not seen are booked as one`);
  accountRecord(work, ending, parts, known, { account, untold, late, cut: seen.cut });
  const others = state.earlier.filter((each) => each.hose !== null && each.hose !== account.hose);
  // While one before may have been open: which of the two this was is not known yet.
  const before = state.earlier.filter((each) => !others.includes(each));
  const open = !ending.unseen && isDim(ending, known, before, ripe);
  // Its own volume may still be to come; or, after a blindness, what was sold in it: the totalizer gets its time again.
  if (open || ending.hidden || ending.gap) state.session.sighted = work.reading.mono;
  state.earlier = open ? [...others, { ...earlierOf(ending), liftedAt: null, startedAt: null }] : others;
  account.fromZero &&= account.mark === 0;
}

/**
 * Sales booked without a number whose records are still to come are counted, so that these are not taken for new ones. Where
 * the numbers then tell of more sales than were booked, several are in one, and it is said now.
 */
function accountRecord(
  work: Work,
  ending: Ending,
  parts: readonly Part[],
  known: Newest | null,
  { account, untold, late, cut }: { account: Look['account']; untold: number; late: boolean; cut: boolean },
): void {
  const { spec, state } = work;
  const { record } = ending;
  const used = record !== null && known?.told === record;
  // What the totalizer alone told may be the put off ones as well.
  const booked = parts.length + (known === null ? state.earlier.length : 0);
  const outstanding = state.unnumbered + booked;
  state.held = null;
  state.session.booked = work.reading.mono;
  if (record && used) {
    const short = (stepsOf(spec, state.record, record) ?? 0) - outstanding - Math.max(0, untold - 1);
    const wasNone = state.unnumbered === 0;
    if (!late && !wasNone) tellUntold(work, account.hose, short);
    accountFor(spec, state, record, true, outstanding);
    // Sales before it that the totalizer has not counted, or is not believed of while the next one runs, are booked later.
    const isToCome = late || (cut && wasNone);
    state.unnumbered = isToCome && short > 0 ? -short : Math.max(0, state.unnumbered);
    return;
  }
  state.unnumbered = outstanding;
  if (record && (state.record === null || record.number === null)) state.record = { ...record, sold: false };
}

/** Numbers told of `more` sales than were booked: several of these are one. */
function tellUntold(work: Work, hose: number | null, more: number): void {
  if (more <= 0) return;
  const text = `by their numbers ${more + 1} sales, or more, that were not seen are booked as one`;
  alarm(work, hose, 'sales-untold', text);
}

/** A record of which nothing is booked now: that of sales which wait for their numbers, or of nothing. */
export function noteRecord(work: Work, record: Told): void {
  const { spec, state } = work;
  const isWaitedFor = state.unnumbered > 0;
  if (isWaitedFor)
    tellUntold(work, record.hose, (stepsOf(spec, state.record, record) ?? 0) - state.unnumbered);
  accountFor(spec, state, record, isWaitedFor, state.unnumbered);
}

/** First contact in mid-fill: the span ends at the totalizer. One that reads zero (or nothing) ends it at the volume. */
function derivedStart({ spec, reading }: Work, seen: Look, volume: Millilitres): Look {
  const { account, total } = seen;
  if (total === null || total.volume === 0) {
    if (account.mark === null) rebase(account, millilitres(0), null, reading);
    account.fromZero = true;
    return { ...seen, moved: total ? 0 : null, delta: total ? 0 : null };
  }
  const start = total.volume - volume;
  const before = start >= 0 ? start : Math.max(0, start + (spec.totalizerModulus ?? 0));
  rebase(account, millilitres(before), null, reading);
  return { ...seen, moved: volume, delta: volume };
}

/** An implausible totalizer is believed when it moved by just this sale. */
function proved(work: Work, seen: Look, known: Newest | null): Look {
  const { spec, reading } = work;
  const { account, total } = seen;
  if (total === null || account.mark === null) return seen;
  if (known) {
    const moved = total.volume - account.mark;
    if (fits(spec, moved - lagOf(account), known.told.volume)) {
      return { ...seen, moved, delta: moved - lagOf(account), wrong: null };
    }
    const { suspect } = account;
    if (suspect && fits(spec, total.volume - suspect.volume, known.told.volume)) {
      const text = `${account.mark} ml before, counted from ${suspect.volume} ml now`;
      rebase(account, suspect.volume, null, reading);
      alarm(work, account.hose, 'totalizer-rebased', text);
      const since = total.volume - suspect.volume;
      return { ...seen, moved: since, delta: since, wrong: null };
    }
  }
  suspectSeen(work, seen);
  return unread(seen);
}

/** Raised once for each episode of implausible values. */
export function suspectSeen(work: Work, { account, total, wrong }: Look): void {
  if (wrong === null || total === null || account.suspect !== null) return;
  account.suspect = { volume: total.volume, count: 0, mono: work.reading.mono };
  alarm(work, account.hose, wrong, `read ${total.volume} ml after ${account.mark} ml; nothing is sold on it`);
}

function emit(work: Work, seen: Look, parts: readonly Part[], flags: readonly SaleFlag[]): void {
  const { spec, facts, reading } = work;
  const hose = hoseOf(spec, seen.account.hose);
  if (seen.doubt && parts.some(({ quality }) => quality === 'recovered')) {
    const text = `recovered ${seen.delta} ml up to ${seen.total?.volume} ml, more than the time explains`;
    alarm(work, seen.account.hose, 'recovered-in-doubt', text);
  }
  const volumes = parts.map((part) => part.told.volume);
  const spans = book(spec, seen, volumes, reading);
  parts.forEach((part, n) => {
    const span = spans[n];
    if (!hose || !span) return;
    // What is said of the totalizer is said of the sale that was watched, or of the last one.
    const about = part.quality === 'seen' || n === parts.length - 1;
    const all = about ? [...part.flags, ...flags] : part.flags;
    facts.push({ kind: 'sale', sale: saleOf(spec, hose, { ...part, flags: all }, span) });
  });
}

/** The same hose as if its totalizer had not been read. */
export const unread = (seen: Look): Look => ({ ...seen, total: null, moved: null, delta: null, wrong: null });
