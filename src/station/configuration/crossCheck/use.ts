/** What nothing uses. */
import type { Path, Problem } from '../problem.ts';
import type { Station } from './names.ts';

/** Things that are allowed and yet rarely meant. */
export function checkUse(station: Station): Problem[] {
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
