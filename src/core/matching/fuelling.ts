import type { SaleKey } from '../../model/ids.ts';
import type { Instant } from '../../model/units.ts';

/** A fuelling, running or ended, as matching needs to know it. `endedAt` null: running. */
export interface Fuelling {
  readonly fuellingPoint: string;
  readonly nozzle: string | null;
  readonly liftedAt: Instant | null;
  readonly startedAt: Instant | null;
  readonly endedAt: Instant | null;
  /** null: no sale yet. */
  readonly sale: SaleKey | null;
  readonly attributed: boolean;
}
