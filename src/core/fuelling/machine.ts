/**
 * The fuelling machine: pure, one reading at a time. A hose's books (`Account`) say up to where its totalizer is sold;
 * whatever the totalizer counts beyond is sold exactly once: as the fuelling that was watched, as one that nobody saw
 * (`recovered`), or, where it cannot be true, as an alarm.
 */
import type { DispenserReading, PriceReading, Wants } from '../../model/readings.ts';
import { copyOf } from './copy.ts';
import { onLive, onLost } from './live.ts';
import { onRecord, onTotals } from './rest.ts';
import type { FuellingState } from './state.ts';
import type { FuellingFact, PointSpec } from './types.ts';
import { wantsOf } from './wants.ts';
import { alarm, type Work } from './work.ts';

export { parseFuelling } from './parse.ts';
export { type FuellingState, initialFuelling, nextGeneration } from './state.ts';
export type { FuellingAlarm, FuellingFact, PointSpec } from './types.ts';
export { underWay } from './underWay.ts';
export { view } from './view.ts';

export interface Step {
  readonly state: FuellingState;
  readonly facts: readonly FuellingFact[];
  readonly wants: Wants;
}

/**
 * Takes one reading. The given state is not changed. A state that comes with facts must be stored with them in one
 * transaction; one without facts may be lost in a crash: the same sales, with the same keys, are told again.
 * A reading older than one of its kind that was taken already is ignored.
 */
export function step(spec: PointSpec, before: FuellingState, reading: DispenserReading): Step {
  if (isOld(before, reading)) return { state: before, facts: [], wants: wantsOf(spec, before) };
  const work: Work = { spec, state: copyOf(before), facts: [], reading };
  const { state, facts } = work;
  if (reading.kind === 'live') onLive(work, reading);
  else if (reading.kind === 'totals') {
    onTotals(work, reading);
    state.session.totals = reading.mono;
  } else if (reading.kind === 'last-sale') {
    onRecord(work, reading);
    state.session.record = reading.mono;
  } else if (reading.kind === 'price') onPrice(state, reading);
  else onLost(work, reading);
  release(work);
  return { state, facts, wants: wantsOf(spec, state) };
}

function isOld({ session }: FuellingState, reading: DispenserReading): boolean {
  const last = {
    live: session.live,
    totals: session.totals,
    'last-sale': session.record,
    price: session.price,
    lost: session.live,
  }[reading.kind];
  return last !== null && reading.mono < last;
}

function onPrice(state: FuellingState, reading: PriceReading): void {
  state.prices = reading.hoses.map(({ hose, price }) => ({ hose, price }));
  state.session.price = reading.mono;
}

/** A finished sale at the dispenser is accounted for, by the totals and record read since: once, and again after blindness. */
function release(work: Work): void {
  const { spec, state, facts } = work;
  const { session } = state;
  if (state.current || state.ending || !session.checkedTotals || (spec.lastSale && !session.checkedRecord))
    return;
  if (state.shown === 'completed' && !session.released) {
    if (!state.met) {
      const text = state.record ? `${state.record.volume} ml, amount ${state.record.amount}` : 'no record';
      alarm(work, state.record?.hose ?? null, 'held-before-contact', `not a sale of ours: ${text}`);
    }
    session.released = true;
    facts.push({ kind: 'release', saleNumber: state.record?.number ?? null });
  }
}

/**
 * The acknowledge did not get through: totals and record are read again before it is repeated, for a constant acknowledge
 * sent blindly could release a newer sale.
 */
export const releaseFailed = (state: FuellingState): FuellingState => ({
  ...state,
  session: { ...state.session, released: false, checkedTotals: false, checkedRecord: false },
});
