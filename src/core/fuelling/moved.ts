/** The machine's memory after the clock was set: the same fuellings at the same distance from now. */
import { type Instant, instant } from '../../model/units.ts';
import type { FuellingState } from './state.ts';

interface Times {
  readonly liftedAt: Instant | null;
  readonly startedAt: Instant | null;
}

/** Every instant of the state `deltaMs` later. Monotonic times know nothing of clocks that are set. */
export function movedState(state: FuellingState, deltaMs: number): FuellingState {
  const later = (at: Instant): Instant => instant(at + deltaMs);
  const moved = (at: Instant | null): Instant | null => (at === null ? null : later(at));
  const begin = ({ liftedAt, startedAt }: Times) => ({
    liftedAt: moved(liftedAt),
    startedAt: moved(startedAt),
  });
  const { current, ending } = state;
  return {
    ...state,
    since: moved(state.since),
    accounts: state.accounts.map((account) => ({ ...account, at: moved(account.at) })),
    current: current && { ...current, ...begin(current), endedAt: moved(current.endedAt) },
    ending: ending && { ...ending, ...begin(ending), endedAt: later(ending.endedAt) },
    earlier: state.earlier.map((each) => ({ ...each, ...begin(each), endedAt: later(each.endedAt) })),
  };
}
