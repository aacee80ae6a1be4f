/** The strapping tables that a station's tanks name. */
import type { Station } from './crossCheck/names.ts';
import type { Problem } from './problem.ts';
import { type ReadStrapping, readStrapping, type StrappingRow } from './strapping.ts';

export interface Strappings {
  /** By tank. */
  readonly strappings: ReadonlyMap<string, readonly StrappingRow[]>;
  readonly problems: readonly Problem[];
}

/** Reads each file once, whoever names it. `beside`: a path of the station's file made absolute. */
export function readStrappings(station: Station, beside: (path: string) => string): Strappings {
  const read = new Map<string, ReadStrapping>();
  const strappings = new Map<string, readonly StrappingRow[]>();
  const problems: Problem[] = [];
  station.value.tanks.forEach((tank, index) => {
    if (tank.strapping === undefined) return;
    const file = beside(tank.strapping);
    let table = read.get(file);
    if (!table) {
      table = readStrapping(file);
      read.set(file, table);
      problems.push(...table.problems);
    }
    if (!table.rows) return;
    strappings.set(tank.id, table.rows);
    const full = (table.rows.at(-1)?.volume ?? 0) / 1000;
    const capacity = tank.capacityLitres;
    if (capacity === undefined || Math.abs(full - capacity) <= capacity / 10) return;
    problems.push(
      station.problem(
        ['tanks', index, 'strapping'],
        `the full tank of its table holds ${Math.round(full)} l, and capacityLitres is ${capacity}`,
        'Is it the table of this tank, in litres? Else mend `capacityLitres`.',
        'warning',
      ),
    );
  });
  return { strappings, problems };
}
