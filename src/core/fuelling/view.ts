/** A fuelling point as a status display shows it. */
import { millilitres } from '../../model/units.ts';
import type { FuellingState } from './state.ts';
import type { FuellingView, PointSpec } from './types.ts';
import { hoseOf } from './work.ts';

/** Volume and amount are of the running or just ended fuelling (null otherwise), ml and minor units. */
export function view(spec: PointSpec, state: FuellingState): FuellingView {
  const { current, ending } = state;
  const open = current ?? (ending?.unseen ? null : ending);
  const final = current ? null : (ending?.final ?? null);
  const hose = open
    ? hoseOf(spec, open.hose)
    : (spec.hoses.find((each) => each.nozzle === state.nozzle) ?? null);
  // At rest no nozzle is in use, even where the point has only one.
  const inUse = open !== null || state.shown !== 'idle';
  return {
    state: state.shown ?? 'unknown',
    nozzle: inUse ? (hose?.nozzle ?? null) : null,
    grade: inUse ? (hose?.grade ?? null) : null,
    volume: open ? (final?.volume ?? open.volume ?? millilitres(0)) : null,
    amount: open ? (final?.amount ?? open.amount) : null,
    price: open?.price ?? state.prices.find((each) => each.hose === hose?.hose)?.price ?? null,
    since: state.since,
  };
}
