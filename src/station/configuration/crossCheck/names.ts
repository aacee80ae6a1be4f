/** Names of the station's file: each list has its own, and what refers to one must find it. */
import type { Profile } from '../../../model/config/profile.ts';
import type { StationConfig } from '../../../model/config/station.ts';
import { nearest } from '../knownKeys.ts';
import type { Path, Problem } from '../problem.ts';
import type { Located } from '../yamlFile.ts';

export type Station = Located<StationConfig>;

/** What a profile is of, in words. */
export const article = (kind: Profile['kind']): string =>
  kind === 'opcua' ? 'an OPC UA server' : `a ${kind}`;

/** A name that is not there; nothing when its entry is in the file and faulty itself. */
export function unknown(
  station: Station,
  path: Path,
  what: string,
  name: string,
  known: readonly string[],
): Problem[] {
  if (station.leftOut.has(name)) return [];
  const guess = nearest(name, known);
  const list =
    known.length > 0
      ? `Known: ${known.slice(0, 12).join(', ')}${known.length > 12 ? ', ...' : ''}.`
      : `There is no ${what} yet: add one.`;
  const problem = station.problem(
    path,
    `there is no ${what} "${name}"`,
    guess ? `Did you mean "${guess}"? ${list}` : list,
  );
  return [problem];
}

export function uniqueNames(station: Station): Problem[] {
  const problems: Problem[] = [];
  for (const list of [
    'lines',
    'devices',
    'opcua',
    'grades',
    'gauges',
    'tanks',
    'fuellingPoints',
    'readers',
  ] as const) {
    const seen = new Map<string, number>();
    station.value[list].forEach((entry, index) => {
      const first = seen.get(entry.id);
      if (first === undefined) seen.set(entry.id, index);
      else
        problems.push(
          station.problem(
            [list, index, 'id'],
            `"${entry.id}" is already the name of ${list}[${first}]`,
            'Give each its own name.',
          ),
        );
    });
  }
  return problems;
}
