/** What one file's schema cannot see: names that must exist elsewhere, and things that exclude each other. */
import type { Profile } from '../../model/config/profile.ts';
import type { StationConfig } from '../../model/config/station.ts';
import { nearest } from './knownKeys.ts';
import type { Problem } from './problem.ts';
import type { Located, Path } from './yamlFile.ts';

type Station = Located<StationConfig>;

/** Every cross-reference of the station's file. `profiles` are those that could be read, by name. */
export function crossCheck(station: Station, profiles: ReadonlyMap<string, Profile>): Problem[] {
  return [
    ...uniqueNames(station),
    ...checkDevices(station, profiles),
    ...checkFuellingPoints(station, profiles),
    ...checkReaders(station, profiles),
    ...checkPorts(station),
    ...checkUse(station),
  ];
}

function unknown(
  station: Station,
  path: Path,
  what: string,
  name: string,
  known: readonly string[],
): Problem {
  const guess = nearest(name, known);
  const list =
    known.length > 0
      ? `Known: ${known.slice(0, 12).join(', ')}${known.length > 12 ? ', ...' : ''}.`
      : `There is no ${what} yet: add one.`;
  return station.problem(
    path,
    `there is no ${what} "${name}"`,
    guess ? `Did you mean "${guess}"? ${list}` : list,
  );
}

function uniqueNames(station: Station): Problem[] {
  const problems: Problem[] = [];
  for (const list of ['lines', 'devices', 'grades', 'tanks', 'fuellingPoints', 'readers'] as const) {
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

function checkDevices(station: Station, profiles: ReadonlyMap<string, Profile>): Problem[] {
  const problems: Problem[] = [];
  const { lines, devices, tanks, grades } = station.value;
  const units = new Map<string, string>();
  devices.forEach((device, index) => {
    const at = (key: string): Path => ['devices', index, key];
    const line = lines.find((candidate) => candidate.id === device.line);
    if (!line)
      problems.push(
        unknown(
          station,
          at('line'),
          'line',
          device.line,
          lines.map((each) => each.id),
        ),
      );
    if (!profiles.has(device.profile))
      problems.push(unknown(station, at('profile'), 'profile', device.profile, [...profiles.keys()].sort()));
    if (line && line.kind !== 'modbus-tcp' && (device.unit < 1 || device.unit > 247)) {
      problems.push(
        station.problem(
          at('unit'),
          `unit ${device.unit} cannot be addressed on a serial line`,
          'Use the number set at the device, 1-247.',
        ),
      );
    }
    const key = `${device.line} ${device.unit}`;
    const other = units.get(key);
    if (other !== undefined) {
      problems.push(
        station.problem(
          at('unit'),
          `unit ${device.unit} on line "${device.line}" is already device "${other}"`,
          'Two devices on one line need two unit numbers; change it at the device too.',
        ),
      );
    } else units.set(key, device.id);
  });
  tanks.forEach((tank, index) => {
    if (!grades.some((grade) => grade.id === tank.grade)) {
      problems.push(
        unknown(
          station,
          ['tanks', index, 'grade'],
          'grade',
          tank.grade,
          grades.map((each) => each.id),
        ),
      );
    }
  });
  return problems;
}

function checkFuellingPoints(station: Station, profiles: ReadonlyMap<string, Profile>): Problem[] {
  const problems: Problem[] = [];
  const { devices, fuellingPoints } = station.value;
  const taken = new Map<string, string>();
  fuellingPoints.forEach((fuellingPoint, index) => {
    const at = (...rest: (string | number)[]): Path => ['fuellingPoints', index, ...rest];
    const device = devices.find((candidate) => candidate.id === fuellingPoint.device);
    if (!device)
      problems.push(
        unknown(
          station,
          at('device'),
          'device',
          fuellingPoint.device,
          devices.map((each) => each.id),
        ),
      );
    const key = `${fuellingPoint.device} ${fuellingPoint.point}`;
    const other = taken.get(key);
    if (other !== undefined) {
      problems.push(
        station.problem(
          at('point'),
          `point ${fuellingPoint.point} of device "${fuellingPoint.device}" is already fuelling point "${other}"`,
          'Each fuelling point needs a point of its own.',
        ),
      );
    } else taken.set(key, fuellingPoint.id);
    const profile = device && profiles.get(device.profile);
    if (profile && profile.kind !== 'dispenser') {
      problems.push(
        station.problem(
          at('device'),
          `device "${fuellingPoint.device}" has the profile of a ${profile.kind}`,
          'Name a dispenser.',
        ),
      );
    }
    const dispenser = profile?.kind === 'dispenser' ? profile : null;
    if (dispenser && fuellingPoint.point > dispenser.points.count) {
      problems.push(
        station.problem(
          at('point'),
          `${dispenser.profile} has ${dispenser.points.count} fuelling point(s)`,
          'Use a smaller number, or the right profile.',
        ),
      );
    }
    problems.push(...checkNozzles(station, index, dispenser?.hoses ?? null));
  });
  return problems;
}

function checkNozzles(station: Station, index: number, hosesOfProfile: number | null): Problem[] {
  const problems: Problem[] = [];
  const { grades, tanks, fuellingPoints } = station.value;
  const names = new Set<string>();
  const hoses = new Set<number>();
  fuellingPoints[index]?.nozzles.forEach((nozzle, n) => {
    const at = (key: string): Path => ['fuellingPoints', index, 'nozzles', n, key];
    if (names.has(nozzle.id))
      problems.push(
        station.problem(
          at('id'),
          `nozzle "${nozzle.id}" is there twice`,
          'Give each nozzle of a fuelling point its own name.',
        ),
      );
    if (hoses.has(nozzle.hose))
      problems.push(
        station.problem(
          at('hose'),
          `hose ${nozzle.hose} is there twice`,
          'Each nozzle is another hose of the dispenser.',
        ),
      );
    names.add(nozzle.id);
    hoses.add(nozzle.hose);
    if (hosesOfProfile !== null && nozzle.hose > hosesOfProfile) {
      problems.push(
        station.problem(
          at('hose'),
          `the dispenser's profile has ${hosesOfProfile} hose(s)`,
          'Use a smaller number, or the right profile.',
        ),
      );
    }
    if (!grades.some((grade) => grade.id === nozzle.grade)) {
      problems.push(
        unknown(
          station,
          at('grade'),
          'grade',
          nozzle.grade,
          grades.map((each) => each.id),
        ),
      );
    }
    if (nozzle.tank === undefined) return;
    const tank = tanks.find((candidate) => candidate.id === nozzle.tank);
    if (!tank)
      problems.push(
        unknown(
          station,
          at('tank'),
          'tank',
          nozzle.tank,
          tanks.map((each) => each.id),
        ),
      );
    else if (tank.grade !== nozzle.grade) {
      problems.push(
        station.problem(
          at('tank'),
          `tank "${tank.id}" holds ${tank.grade}, the nozzle sells ${nozzle.grade}`,
          'Name the tank that this nozzle draws from.',
        ),
      );
    }
  });
  return problems;
}

function checkReaders(station: Station, profiles: ReadonlyMap<string, Profile>): Problem[] {
  const problems: Problem[] = [];
  const { readers, devices, fuellingPoints } = station.value;
  const points = fuellingPoints.map((each) => each.id);
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
          unknown(station, ['readers', index, 'fuellingPoints', n], 'fuelling point', name, points),
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
    const device = devices.find((candidate) => candidate.id === reader.device);
    if (!device)
      problems.push(
        unknown(
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
          `device "${reader.device}" has the profile of a ${profile.kind}`,
          'Name a device whose profile is of kind reader.',
        ),
      );
    }
  });
  return problems;
}

/** One serial port or one converter socket belongs to one line or reader only. */
function checkPorts(station: Station): Problem[] {
  const problems: Problem[] = [];
  const owners = new Map<string, string>();
  const claim = (port: string, owner: string, path: Path) => {
    const other = owners.get(port);
    if (other === undefined) owners.set(port, owner);
    else
      problems.push(
        station.problem(
          path,
          `${port} already belongs to ${other}`,
          'One port carries one line or one reader.',
        ),
      );
  };
  station.value.lines.forEach((line, index) => {
    if (line.kind === 'serial') claim(line.path, `line "${line.id}"`, ['lines', index, 'path']);
    else claim(`${line.host}:${line.port}`, `line "${line.id}"`, ['lines', index, 'port']);
  });
  station.value.readers.forEach((reader, index) => {
    if (reader.kind === 'modbus') return;
    const connection = reader.connection;
    const path: Path = ['readers', index, 'connection', connection.kind === 'serial' ? 'path' : 'port'];
    claim(
      connection.kind === 'serial' ? connection.path : `${connection.host}:${connection.port}`,
      `reader "${reader.id}"`,
      path,
    );
  });
  return problems;
}

/** Things that are allowed and yet rarely meant. */
function checkUse(station: Station): Problem[] {
  const { lines, devices, fuellingPoints, readers } = station.value;
  const usedDevices = new Set([
    ...fuellingPoints.map((each) => each.device),
    ...readers.flatMap((each) => (each.kind === 'modbus' ? [each.device] : [])),
  ]);
  const served = new Set(readers.flatMap((reader) => reader.fuellingPoints));
  const warn = (path: Path, message: string, hint: string) => station.problem(path, message, hint, 'warning');
  return [
    ...lines.flatMap((line, index) =>
      devices.some((device) => device.line === line.id)
        ? []
        : [
            warn(
              ['lines', index],
              `line "${line.id}" has no device`,
              'Add its devices or take the line out.',
            ),
          ],
    ),
    ...devices.flatMap((device, index) =>
      usedDevices.has(device.id)
        ? []
        : [
            warn(
              ['devices', index],
              `device "${device.id}" is used by no fuelling point or reader`,
              'Add what it serves or take it out.',
            ),
          ],
    ),
    ...fuellingPoints.flatMap((point, index) =>
      served.has(point.id)
        ? []
        : [
            warn(
              ['fuellingPoints', index],
              `no reader serves "${point.id}": its sales stay unclaimed`,
              "Add it to a reader's `fuellingPoints`.",
            ),
          ],
    ),
  ];
}
