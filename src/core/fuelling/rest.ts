/**
 * Totals and records while nobody fuels. A totalizer that moved was a sale that nobody saw. Policy for values that
 * cannot be true: a zero is never a baseline; any other value is believed (new generation, alarm, nothing sold) once it
 * was read at least three times over a minute, staying or rising as a hose can.
 */
import type { HoseTotals, LastSaleReading, TotalsReading } from '../../model/readings.ts';
import { millilitres } from '../../model/units.ts';
import { begin, noteRecord, suspectSeen } from './booking.ts';
import { apart, conclude, forgetEarlier, totalsChecked } from './conclude.ts';
import { sameRecord, stepsOf, toldOf } from './record.ts';
import { endingOf, openAt } from './state.ts';
import { accountOf, catchUp, type Look, look, rebase, toleranceOf } from './totalizer.ts';
import { alarm, hoseOf, type Work } from './work.ts';

const steadyReadings = 3;
const latestRecordMs = 15_000;
const latestTotalsMs = 60_000;
const steadyMs = 60_000;

export function onTotals(work: Work, reading: TotalsReading): void {
  const { spec, state } = work;
  const { ending, current } = state;
  // Without knowing whether somebody fuels a totalizer tells nothing.
  if (state.session.sighted === null || state.shown === null || state.shown === 'lost') return;
  if (ending) {
    const clean = current === null || apart(ending, current);
    const before = { ...ending };
    ending.stable = ending.totals !== null && sameTotals(ending.totals, reading.hoses);
    ending.clean = clean;
    ending.totalsMono = reading.mono;
    ending.totals = [...reading.hoses];
    ending.totalsRounded = reading.rounded === true;
    conclude(work);
    // What was read before the next lift is better than what was read after it, unless that fitted at once.
    if (state.ending && !clean && before.clean && before.totals !== null) {
      const { totals, totalsMono, stable } = before;
      Object.assign(state.ending, { totals, totalsMono, stable, clean: true });
    }
    return;
  }
  if (current) return;
  const looks = spec.hoses.map(({ hose }) => {
    const total = reading.hoses.find((each) => each.hose === hose) ?? null;
    return look(spec, accountOf(state, hose), total, reading);
  });
  // A device out of order may well show placeholders.
  if (state.shown === 'inoperative' && reading.hoses.some((each) => each.volume === 0)) return;
  if (looks.some((seen) => (seen.delta ?? 0) > toleranceOf(spec))) {
    const unseen = endingOf(openAt(null), { at: reading.at, mono: reading.mono });
    const totalsRounded = reading.rounded === true;
    state.ending = { ...unseen, unseen: true, totals: [...reading.hoses], totalsRounded };
    conclude(work);
    return;
  }
  for (const seen of looks) settle(work, seen);
  if (state.held) {
    // The totalizers say that this record is of nothing new, or they are late with it.
    const late = state.unnumbered > 0 ? 0 : (stepsOf(spec, state.record, state.held) ?? 0);
    noteRecord(work, state.held);
    state.unnumbered -= late;
    state.held = null;
  }
  const { booked, sighted, record } = state.session;
  // No record comes this late, and no totalizer: whatever has a number bears it by now, and is booked.
  const latestMs = state.unnumbered < 0 ? latestTotalsMs : latestRecordMs;
  if (record !== null && record - (booked ?? sighted) > latestMs) state.unnumbered = 0;
  forgetEarlier(work);
  totalsChecked(work);
}

export function onRecord(work: Work, reading: LastSaleReading): void {
  const { state } = work;
  // It may be of the sale whose end nobody has seen yet; it is read again with the next state.
  if (state.session.sighted === null || state.shown === 'lost') return;
  const told = toldOf(reading);
  if (state.ending) {
    Object.assign(state.ending, { record: told, recordMono: reading.mono });
    conclude(work);
    return;
  }
  state.session.checkedRecord = true;
  if (state.record === null) state.record = { ...told, sold: false };
  else if (!sameRecord(state.record, told)) {
    state.held = told;
    // Something was sold, or the dispenser is late with a record: the totalizers know.
    if (state.current === null) state.session.checkedTotals = false;
  }
}

function settle(work: Work, seen: Look): void {
  const { spec, reading } = work;
  if (seen.total === null) return;
  if (seen.wrong === null) {
    begin(work, seen);
    catchUp(spec, seen, reading);
    return;
  }
  suspectSeen(work, seen);
  const { account, total } = seen;
  const { suspect, mark } = account;
  if (suspect === null || mark === null) return;
  const rise = total.volume - suspect.volume;
  const follows = rise >= 0 && rise <= maxRise(work, suspect.mono);
  if (!follows || suspect.mono === null || suspect.volume === 0) {
    account.suspect = { volume: total.volume, count: 1, mono: reading.mono };
    return;
  }
  suspect.count += 1;
  suspect.volume = total.volume;
  if (suspect.count < steadyReadings || reading.mono - suspect.mono < steadyMs) return;
  const text = `${mark} ml before, counted from ${total.volume} ml now; what lies between (${total.volume - mark} ml) is not sold`;
  rebase(account, total.volume, total.amount, reading);
  alarm(work, account.hose, 'totalizer-rebased', text);
  const hose = hoseOf(spec, account.hose);
  if (hose) work.facts.push({ kind: 'baseline', nozzle: hose.nozzle, volume: millilitres(total.volume) });
}

/** While a value is suspect a hose may go on delivering. */
function maxRise({ spec, reading }: Work, since: number | null): number {
  return (
    (spec.maxFlowMlPerMin ?? 200_000) * (2 + Math.max(0, reading.mono - (since ?? reading.mono)) / 60_000)
  );
}

const sameTotals = (a: readonly HoseTotals[], b: readonly HoseTotals[]): boolean =>
  a.length === b.length && a.every((each, n) => each.hose === b[n]?.hose && each.volume === b[n]?.volume);
