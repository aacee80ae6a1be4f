/** The fuellings of a point that have no sale yet: the running one, and one that ended and is not concluded. */
import type { Instant } from '../../model/units.ts';
import type { FuellingState, Open } from './state.ts';
import type { PointSpec } from './types.ts';
import { nozzleOf } from './work.ts';

export interface UnderWay {
  readonly nozzle: string | null;
  /** null: not seen. */
  readonly liftedAt: Instant | null;
  readonly startedAt: Instant | null;
  /** null: running. */
  readonly endedAt: Instant | null;
}

export function underWay(spec: PointSpec, { current, ending }: FuellingState): UnderWay[] {
  const told = ({ hose, liftedAt, startedAt }: Open, endedAt: Instant | null): UnderWay => ({
    nozzle: nozzleOf(spec, hose),
    liftedAt,
    startedAt,
    endedAt,
  });
  return [...(ending ? [told(ending, ending.endedAt)] : []), ...(current ? [told(current, null)] : [])];
}
