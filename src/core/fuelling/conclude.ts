/**
 * Concludes a fuelling that is over: waits for totals and record read after its end, and for them to agree (at most
 * `settleMs`), then books what the hose sold, each millilitre once. A fuelling of which nothing can be told yet when
 * the next one already moves the totalizer is left to that one's end (`earlier`).
 */
import { begin, bookFuelling, bookOther, noteRecord, unread } from './booking.ts';
import { type Newest, newest, newsOf, sameRecord } from './record.ts';
import { type Ending, earlierOf, type Open, type Told } from './state.ts';
import { accountOf, fits, type Look, look, toleranceOf, upTo } from './totalizer.ts';
import type { PointSpec } from './types.ts';
import { nozzleOf, type Work } from './work.ts';

/** A device that answers, but never with its totals or record, holds a sale up no longer than this beyond `settleMs`. */
const readGraceMs = 10_000;

/** The two are at hoses that are known to be different ones. */
export const apart = (a: Open, b: Open): boolean => a.hose !== null && b.hose !== null && a.hose !== b.hose;
const mayFlow = (open: Open): boolean => open.fuelled || open.volume > 0;

export function conclude(work: Work, now = false): void {
  const { spec, state, reading } = work;
  const ending = state.ending;
  if (ending === null) return;
  // After a restart or a lost link the totalizer gets its time again.
  ending.mono ??= reading.mono;
  const waited = reading.mono - ending.mono;
  const overdue = now || waited >= spec.settleMs + readGraceMs;
  const next = state.current !== null && !apart(ending, state.current) ? state.current : null;
  const flowing = next !== null && mayFlow(next);
  const complete = ending.totals !== null && (ending.record !== null || !spec.lastSale);
  if (!complete && !overdue && !flowing) return;
  // The totals had their time before they were read.
  const timely = overdue || (ending.totalsMono ?? 0) - ending.mono >= spec.settleMs;
  const settled = timely || flowing;
  if (ending.unseen && !ending.stable && !overdue) {
    // What moved may be the next fuelling's already: that one's end will tell.
    if (flowing) state.ending = null;
    return;
  }

  const looks = spec.hoses.map((hose) => lookAt(work, ending, hose.hose));
  // A sale that nobody saw, of the same volume at another nozzle, may have moved the first totalizer that moves.
  const unnamed = spec.hoses.length > 1 && ending.hose === null && ending.hidden && !ending.unseen;
  const [whose, known] = unnamed && !timely && flowing ? severalMoved : choose(work, ending, looks);
  const several = whose === 'several';
  const chosen = several ? null : whose;
  const told = known?.told ?? null;
  const agreed = told !== null && chosen?.delta != null && fits(spec, chosen.delta, told.volume);
  const trusted = agreed || (ending.clean && (ending.totals !== null || next === null));
  if (trusted && nothingSold(spec, ending, looks, told, timely)) {
    nothing(work, ending, looks);
    return;
  }
  // The record is waited for even where display and totalizer agree: it bears the number, and is what may be released.
  const displayed = ending.final === null || (told !== null && fits(spec, ending.final.volume, told.volume));
  // Where a sale may be hidden before it, or in its gap, totalizer and record may know more than they tell yet.
  const doubtful = (ending.hidden && ending.final === null) || (ending.gap && known?.news.steps !== 1);
  const ripe = isRipe(spec, ending);
  if (doubtful && !ripe && !overdue && !flowing) return;
  const sure = agreed && displayed && told.volume > 0 && !unnamed;
  if (!settled && !(sure && (!spec.lastSale || told === ending.record))) return;
  const counted = ending.stable && (several || (chosen?.delta ?? 0) > toleranceOf(spec));
  // Of a fuelling whose end nobody saw only the beginning is known as long as no totals were read.
  const cutOff = now && ending.totals === null && (ending.endUnseen || ending.gap);
  const mute = told === null && (!trusted || cutOff || (next !== null && !counted));
  // Which hose it was only a totalizer can tell, where none has moved; of several, not while the next one runs.
  if (mute || whose === null || (several && next !== null)) {
    if (flowing) putOff(work, ending);
    return;
  }
  state.ending = null;
  if (trusted) {
    for (const other of looks) {
      const running = state.current && (state.current.hose ?? other.account.hose) === other.account.hose;
      if (other !== chosen && !running) bookOther(work, ending, other);
    }
  }
  if (chosen) {
    // The lift that was seen was another hose's.
    if (ending.hose !== null && ending.hose !== chosen.account.hose) ending.unseen = true;
    const seen = next && told ? upTo(spec, chosen, told.volume) : chosen;
    bookFuelling(work, ending, trusted ? seen : unread(seen), known, ripe);
  }
  finish(work, ending);
}

/** Totals and record had their time before they were read: nothing that happened before the end is still to come. */
function isRipe({ lastSale, settleMs }: PointSpec, { mono, totalsMono, recordMono }: Ending): boolean {
  const late = (read: number | null): boolean =>
    read !== null && read - (mono ?? Number.POSITIVE_INFINITY) >= settleMs;
  return late(totalsMono) && (!lastSale || late(recordMono));
}

/** Ends the wait at once: the next fuelling is over as well. */
export function concludeNow(work: Work): void {
  if (work.state.ending === null) return;
  conclude(work, true);
  if (work.state.ending !== null) putOff(work, work.state.ending);
}

function lookAt({ spec, state, reading }: Work, ending: Ending, hose: number): Look {
  const total = ending.totals?.find((each) => each.hose === hose) ?? null;
  return look(spec, accountOf(state, hose), total, reading);
}

const loneHose = (spec: PointSpec, looks: readonly Look[]): Look | null =>
  spec.hoses.length === 1 ? (looks[0] ?? null) : null;

type Choice = readonly [whose: Look | 'several' | null, known: Newest | null];
const severalMoved: Choice = ['several', null];

/**
 * Whose sale it is, by the dispenser's hose number, else by the totalizer that moved; and what is told of it. `several`:
 * more than one moved, and nothing tells which of them was this one.
 */
function choose(work: Work, ending: Ending, looks: readonly Look[]): Choice {
  const { spec, state } = work;
  const hasMoved = (seen: Look): boolean => (seen.delta ?? 0) > toleranceOf(spec);
  const known = (seen: Look): Newest | null => {
    const alone = looks.every((each) => each === seen || !hasMoved(each));
    return newest(spec, state, ending, seen.account.hose, seen.delta, alone);
  };
  const isFitting = (seen: Look): boolean => {
    const each = known(seen);
    return each !== null && seen.delta !== null && fits(spec, seen.delta, each.told.volume);
  };
  // What another nozzle's running fuelling has moved is that one's.
  const { current } = state;
  const elsewhere = current && apart(ending, current) ? current.hose : null;
  const moved = looks.filter((seen) => hasMoved(seen) && seen.account.hose !== elsewhere);
  const fitting = moved.filter(isFitting);
  const named = looks.find((seen) => seen.account.hose === ending.hose);
  if (named) {
    const itself = known(named);
    const [other] = fitting;
    if (!other || other === named || isFitting(named)) return [named, itself];
    // Watched to its end it is the newest sale, and it moved another totalizer; otherwise that sale was a later one.
    const mismatch = moved.length === 1 && named.delta !== null && !ending.gap && !ending.after;
    return mismatch ? [other, itself] : [named, ending.final ? itself : null];
  }
  const { record } = ending;
  const recorded =
    record?.hose != null && newsOf(spec, state, record).kind !== 'sold'
      ? looks.find((seen) => seen.account.hose === record.hose)
      : undefined;
  const seen = recorded ?? fitting[0] ?? moved[0] ?? loneHose(spec, looks);
  if (!seen) return [null, newest(spec, state, ending, null, null, true)];
  const blind = !ending.unseen && (ending.gap || ending.after || ending.unchecked);
  const unique = seen === recorded || fitting.length === 1;
  if (moved.length > 1 && (blind || !unique)) return severalMoved;
  const told = known(seen);
  // A totalizer that has not counted it (yet) does not tell whose it was.
  const tells =
    seen === recorded ||
    spec.hoses.length === 1 ||
    fitting.length > 0 ||
    (ending.stable && (seen.delta ?? 0) + toleranceOf(spec) >= (told?.told.volume ?? ending.volume));
  return [tells ? seen : null, told];
}

/** Totalizers unmoved, no volume seen or told; where fuel was said to flow, only after the totalizer had its time. */
function nothingSold(
  spec: PointSpec,
  ending: Ending,
  looks: readonly Look[],
  told: Told | null,
  timely: boolean,
): boolean {
  if (ending.volume > 0 || (told !== null && told.volume > 0)) return false;
  if (looks.some((seen) => (seen.delta ?? 0) > toleranceOf(spec))) return false;
  return timely || (looks.every((seen) => seen.wrong === null) && (!ending.fuelled || told?.volume === 0));
}

function nothing(work: Work, ending: Ending, looks: readonly Look[]): void {
  const { spec, state, facts, reading } = work;
  state.ending = null;
  for (const seen of looks) begin(work, seen);
  if (!ending.unseen) {
    facts.push({ kind: 'zero-sale', nozzle: nozzleOf(spec, ending.hose), at: reading.at });
  }
  forgetEarlier(work);
  const { record } = ending;
  if (record && !sameRecord(state.record, record) && newsOf(spec, state, record).kind !== 'sold')
    noteRecord(work, record);
  finish(work, ending);
}

/** The next fuelling moves the totalizer already: this one's volume is told when that one ends. */
function putOff({ state }: Work, ending: Ending): void {
  state.ending = null;
  if (ending.record && !sameRecord(state.record, ending.record)) state.held = ending.record;
  // Three that cannot be told apart are not better told by a fourth.
  if (!ending.unseen && state.earlier.length < 3) state.earlier.push(earlierOf(ending));
}

/** The totalizers did not move: those that had their time were fuellings of nothing. */
export function forgetEarlier({ spec, state, reading }: Work): void {
  state.earlier = state.earlier.filter(({ mono }) => mono !== null && reading.mono - mono < spec.settleMs);
}

function finish(work: Work, ending: Ending): void {
  const { state } = work;
  state.display.sold = state.current === null;
  if (ending.totals !== null) totalsChecked(work);
  state.session.checkedRecord = true;
}

/** The totals hold nothing that is not accounted for; for a while after blindness a totalizer may still be late with some. */
export function totalsChecked({ spec, state, reading }: Work): void {
  const { sighted } = state.session;
  state.session.checkedTotals = sighted === null || reading.mono - sighted >= spec.settleMs;
}
