/** Readers: whom they serve, and the devices of those on a Modbus line. */
import type { Profile } from '../../../model/config/profile.ts';
import type { Problem } from '../problem.ts';
import { article, type Station, unknown } from './names.ts';

export function checkReaders(station: Station, profiles: ReadonlyMap<string, Profile>): Problem[] {
  const problems: Problem[] = [];
  const { readers, devices, fuellingPoints } = station.value;
  const points = fuellingPoints.map((each) => each.id);
  const owners = new Map<string, string>();
  problems.push(...checkIslands(station, points));
  readers.forEach((reader, index) => {
    if (reader.fuellingPoints.length === 0) {
      problems.push(
        station.problem(
          ['readers', index, 'fuellingPoints'],
          `reader "${reader.id}" serves no fuelling point`,
          `Name those whose drivers scan here: ${points.join(', ')}.`,
        ),
      );
    }
    reader.fuellingPoints.forEach((name, n) => {
      if (!points.includes(name))
        problems.push(
          ...unknown(station, ['readers', index, 'fuellingPoints', n], 'fuelling point', name, points),
        );
      else if (reader.fuellingPoints.indexOf(name) !== n) {
        problems.push(
          station.problem(
            ['readers', index, 'fuellingPoints', n],
            `"${name}" is there twice`,
            'Take one out.',
          ),
        );
      }
    });
    if (reader.kind !== 'modbus') return;
    const owner = owners.get(reader.device);
    if (owner === undefined) owners.set(reader.device, reader.id);
    else {
      problems.push(
        station.problem(
          ['readers', index, 'device'],
          `device "${reader.device}" is already reader "${owner}"`,
          'Each reader is a device of its own.',
        ),
      );
    }
    const device = devices.find((candidate) => candidate.id === reader.device);
    if (!device)
      problems.push(
        ...unknown(
          station,
          ['readers', index, 'device'],
          'device',
          reader.device,
          devices.map((each) => each.id),
        ),
      );
    const profile = device && profiles.get(device.profile);
    if (profile && profile.kind !== 'reader') {
      problems.push(
        station.problem(
          ['readers', index, 'device'],
          `device "${reader.device}" has the profile of ${article(profile.kind)}`,
          'Name a device whose profile is of kind reader.',
        ),
      );
    }
  });
  return problems;
}

function checkIslands(station: Station, points: readonly string[]): Problem[] {
  const seen = new Set<string>();
  return station.value.matching.islands.flatMap((island, index) =>
    island.flatMap((name, n) => {
      const path = ['matching', 'islands', index, n];
      if (!points.includes(name)) return unknown(station, path, 'fuelling point', name, points);
      if (!seen.has(name)) {
        seen.add(name);
        return [];
      }
      return [
        station.problem(path, `"${name}" is on an island already`, 'Name each point once, with its island.'),
      ];
    }),
  );
}
