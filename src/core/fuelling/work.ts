/** What the parts of one step share. */
import type { DispenserReading } from '../../model/readings.ts';
import type { FuellingState } from './state.ts';
import type { FuellingAlarm, FuellingFact, HoseSpec, PointSpec } from './types.ts';

/** `state` is the step's own copy and is changed in place; `facts` grows in order. */
export interface Work {
  readonly spec: PointSpec;
  readonly state: FuellingState;
  readonly facts: FuellingFact[];
  readonly reading: DispenserReading;
}

export function alarm(work: Work, hose: number | null, kind: FuellingAlarm, text: string): void {
  work.facts.push({
    kind: 'alarm',
    nozzle: nozzleOf(work.spec, hose),
    alarm: kind,
    text,
    at: work.reading.at,
  });
}

/** null: the dispenser does not tell, or names a hose that the station does not have. On a point with one hose there is no doubt. */
export const hoseOf = (spec: PointSpec, hose: number | null): HoseSpec | null =>
  spec.hoses.find((each) => each.hose === hose) ?? (spec.hoses.length === 1 ? (spec.hoses[0] ?? null) : null);
export const nozzleOf = (spec: PointSpec, hose: number | null): string | null =>
  hoseOf(spec, hose)?.nozzle ?? null;
