/** Serial ports and sockets of lines, readers and gauges. */
import type { Path, Problem } from '../problem.ts';
import type { Station } from './names.ts';

/** One serial port or one converter socket belongs to one line, reader or gauge only. */
export function checkPorts(station: Station): Problem[] {
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
          'One port carries one line, one reader or one gauge.',
        ),
      );
  };
  station.value.lines.forEach((line, index) => {
    if (line.kind === 'serial') claim(line.path, `line "${line.id}"`, ['lines', index, 'path']);
    else claim(`${line.host}:${line.port}`, `line "${line.id}"`, ['lines', index, 'port']);
  });
  const { readers, gauges } = station.value;
  const connected = [
    ...readers.map((reader, index) => ({ ...reader, index, list: 'readers', what: 'reader' }) as const),
    ...gauges.map((gauge, index) => ({ ...gauge, index, list: 'gauges', what: 'gauge' }) as const),
  ];
  for (const each of connected) {
    if (!('connection' in each)) continue;
    const { connection, list, what, index } = each;
    const path: Path = [list, index, 'connection', connection.kind === 'serial' ? 'path' : 'port'];
    claim(
      connection.kind === 'serial' ? connection.path : `${connection.host}:${connection.port}`,
      `${what} "${each.id}"`,
      path,
    );
  }
  return problems;
}
