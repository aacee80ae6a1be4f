import type { Clock, Log, Random } from '../core/ports.ts';
import type { Boot } from './systemClock.ts';

/** What the process gives the station. */
export interface StationDeps {
  /** The system's; the station makes its own from it. */
  readonly clock: Clock;
  /** Where left out nothing is known of the machine beside the clock. */
  readonly boot?: Boot;
  readonly random: Random;
  readonly log: Log;
  readonly env: NodeJS.ProcessEnv;
  readonly version: string;
}
