/** What nothing uses. */
import type { Path, Problem } from '../problem.ts';
import type { Station } from './names.ts';

/** Things that are allowed and yet rarely meant. */
export function checkUse(station: Station): Problem[] {
  const { lines, devices, fuellingPoints, readers, gauges, tanks, opcua } = station.value;
  const usedDevices = new Set([
    ...fuellingPoints.map((each) => each.device),
    ...[...readers, ...gauges].flatMap((each) => (each.kind === 'modbus' ? [each.device] : [])),
  ]);
  const usedServers = new Set([
    ...fuellingPoints.map((each) => each.device),
    ...gauges.flatMap((each) => (each.kind === 'opcua' ? [each.server] : [])),
  ]);
  const measuring = new Set(tanks.map((tank) => tank.gauge?.gauge));
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
              `device "${device.id}" is used by no fuelling point, reader or gauge`,
              'Add what it serves or take it out.',
            ),
          ],
    ),
    ...opcua.flatMap((server, index) =>
      usedServers.has(server.id)
        ? []
        : [
            warn(
              ['opcua', index],
              `OPC UA server "${server.id}" is used by no gauge or fuelling point`,
              'Add what it serves or take it out.',
            ),
          ],
    ),
    ...gauges.flatMap((gauge, index) =>
      measuring.has(gauge.id)
        ? []
        : [
            warn(
              ['gauges', index],
              `gauge "${gauge.id}" measures no tank`,
              `Name it at its tanks: \`gauge: { gauge: ${gauge.id}, tank: 1 }\`.`,
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
