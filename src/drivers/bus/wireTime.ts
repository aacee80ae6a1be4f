/** How long things take on a line. Source: Modbus over serial line 1.02, 2.5.1.1. */
import type { LineConfig } from '../../model/config/station.ts';

/** Milliseconds one character takes: start bit, data, parity, stop bits. 0 on Modbus TCP, where nobody knows. */
export function characterMs(line: LineConfig): number {
  if (line.kind === 'modbus-tcp') return 0;
  // The far side of a converter is taken as 8N1: the shortest character, so nothing is expected too late.
  const bits =
    line.kind === 'serial' ? 1 + line.dataBits + (line.parity === 'none' ? 0 : 1) + line.stopBits : 10;
  return (bits * 1000) / line.baud;
}

/** Silence before a request: 3.5 characters, 1.75 ms above 19200 baud, or what the line's owner says if that is longer. */
export function guardGapMs(line: LineConfig): number {
  if (line.kind === 'modbus-tcp') return 0;
  const standard = line.baud > 19_200 ? 1.75 : 3.5 * characterMs(line);
  return Math.max(standard, line.gapMs ?? 0);
}
