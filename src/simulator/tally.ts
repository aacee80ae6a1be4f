/** The simulation's counters, shared by its parts. */
import { type FaultKind, faultKinds } from './faults.ts';
import type { SimulationStats } from './options.ts';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

export type Tally = Mutable<Omit<SimulationStats, 'faultsInjected'>> & {
  readonly faultsInjected: Record<FaultKind, number>;
};

export function newTally(): Tally {
  const none = Object.fromEntries(faultKinds.map((kind) => [kind, 0])) as Record<FaultKind, number>;
  return {
    requests: 0,
    exceptions: 0,
    garbageBytes: 0,
    acknowledged: 0,
    scans: 0,
    scansUnheard: 0,
    connections: 0,
    faultsInjected: none,
  };
}
