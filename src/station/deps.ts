import type { Clock, Log, Random } from '../core/ports.ts';

/** What the process gives the station. */
export interface StationDeps {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly env: NodeJS.ProcessEnv;
  readonly version: string;
}
