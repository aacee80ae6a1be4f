/** Serial ports and sockets of lines and readers. */
import type { Path, Problem } from '../problem.ts';
import type { Station } from './names.ts';

/** One serial port or one converter socket belongs to one line or reader only. */
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
