/** Devices on their lines, and the grades of tanks. */
import type { Profile } from '../../../model/config/profile.ts';
import type { Path, Problem } from '../problem.ts';
import { type Station, unknown } from './names.ts';

export function checkDevices(station: Station, profiles: ReadonlyMap<string, Profile>): Problem[] {
  const problems: Problem[] = [];
  const { lines, devices, tanks, grades } = station.value;
  const units = new Map<string, string>();
  devices.forEach((device, index) => {
    const at = (key: string): Path => ['devices', index, key];
    const line = lines.find((candidate) => candidate.id === device.line);
    if (!line)
      problems.push(
        ...unknown(
          station,
          at('line'),
          'line',
          device.line,
          lines.map((each) => each.id),
        ),
      );
    if (!profiles.has(device.profile))
      problems.push(
        ...unknown(station, at('profile'), 'profile', device.profile, [...profiles.keys()].sort()),
      );
    if (profiles.get(device.profile)?.kind === 'opcua')
      problems.push(
        station.problem(
          at('profile'),
          `profile "${device.profile}" is that of an OPC UA server`,
          'Such a device has no line: it is an entry of `opcua`.',
        ),
      );
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
        ...unknown(
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
