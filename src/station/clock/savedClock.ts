/** What one running of the daemon leaves to the next about the time. */
import type { Store } from '../../store/store.ts';

/** The clock was set after the sale with this number: what is recorded up to it is `deltaMs` earlier than it would be now. */
export interface PastStep {
  readonly afterSale: number;
  readonly deltaMs: number;
  readonly at: number;
}

export interface SavedClock {
  /** The machine's boot, and how long it had run: with both the time goes on exactly. */
  readonly bootId: string | null;
  readonly upMs: number;
  readonly at: number;
  readonly synchronised: boolean;
  /** Nothing is pruned before this: the time had been moved far. */
  readonly pruneFrom: number;
  /** Sales up to this number are too old for any scan, whatever their times say. */
  readonly oldSale: number;
  /** Those that were made since, oldest first. */
  readonly steps: readonly PastStep[];
}

const name = 'clock';

/** null: there is none, or another program wrote it in another way. */
export function loadClock(store: Store): SavedClock | null {
  const found = store.notes.get(name);
  return isSavedClock(found) ? found : null;
}

export const saveClock = (store: Store, clock: SavedClock): void => store.notes.put(name, clock);

function isSavedClock(value: unknown): value is SavedClock {
  if (!isBag(value) || !Array.isArray(value.steps)) return false;
  const { bootId, synchronised, steps } = value;
  return (
    (bootId === null || typeof bootId === 'string') &&
    typeof synchronised === 'boolean' &&
    areIntegers(value, ['upMs', 'at', 'pruneFrom', 'oldSale']) &&
    steps.every((step: unknown) => isBag(step) && areIntegers(step, ['afterSale', 'deltaMs', 'at']))
  );
}

type Bag = Readonly<Record<string, unknown>>;
const isBag = (value: unknown): value is Bag => typeof value === 'object' && value !== null;
const areIntegers = (bag: Bag, names: readonly string[]): boolean =>
  names.every((each) => Number.isSafeInteger(bag[each]));
