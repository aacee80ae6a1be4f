/** Gauges: the device or server behind each, and the ports of those with one of their own. */
import type { Profile } from '../../../model/config/profile.ts';
import type { Path, Problem } from '../problem.ts';
import { article, type Station, unknown } from './names.ts';

export function checkGauges(station: Station, profiles: ReadonlyMap<string, Profile>): Problem[] {
  const problems: Problem[] = [];
  const { gauges, devices, opcua } = station.value;
  const owners = new Map<string, string>();
  const own = (what: 'device' | 'server', name: string, gauge: string, path: Path): void => {
    const owner = owners.get(`${what} ${name}`);
    if (owner === undefined) owners.set(`${what} ${name}`, gauge);
    else
      problems.push(
        station.problem(
          path,
          `${what} "${name}" is already gauge "${owner}"`,
          `One ${what} is one gauge: its tanks have numbers of their own.`,
        ),
      );
  };
  gauges.forEach((gauge, index) => {
    if (gauge.kind === 'modbus') {
      const path: Path = ['gauges', index, 'device'];
      own('device', gauge.device, gauge.id, path);
      const device = devices.find((each) => each.id === gauge.device);
      const names = devices.map((each) => each.id);
      if (!device) problems.push(...unknown(station, path, 'device', gauge.device, names));
      const profile = device && profiles.get(device.profile);
      if (profile && profile.kind !== 'gauge')
        problems.push(
          station.problem(
            path,
            `device "${gauge.device}" has the profile of ${article(profile.kind)}`,
            'Name a device whose profile is of kind gauge.',
          ),
        );
    }
    if (gauge.kind === 'opcua') {
      const path: Path = ['gauges', index, 'server'];
      own('server', gauge.server, gauge.id, path);
      const server = opcua.find((each) => each.id === gauge.server);
      const names = opcua.map((each) => each.id);
      if (!server) problems.push(...unknown(station, path, 'OPC UA server', gauge.server, names));
      const profile = server && profiles.get(server.profile);
      if (profile?.kind === 'opcua' && !profile.tank)
        problems.push(
          station.problem(
            path,
            `profile ${profile.profile} of server "${gauge.server}" has no tanks`,
            'Add `tank` to the profile, or name another server.',
          ),
        );
    }
  });
  opcua.forEach((server, index) => {
    if (devices.some((device) => device.id === server.id))
      problems.push(
        station.problem(
          ['opcua', index, 'id'],
          `"${server.id}" is already the name of a device`,
          'Fuelling points name devices and OPC UA servers alike: give each its own name.',
        ),
      );
    const path: Path = ['opcua', index, 'profile'];
    const profile = profiles.get(server.profile);
    const known = [...profiles.values()].filter((each) => each.kind === 'opcua').map((each) => each.profile);
    if (!profile) problems.push(...unknown(station, path, 'profile', server.profile, known.sort()));
    else if (profile.kind !== 'opcua')
      problems.push(
        station.problem(
          path,
          `profile "${server.profile}" is that of ${article(profile.kind)}`,
          'Name a profile of kind opcua.',
        ),
      );
  });
  return problems;
}
