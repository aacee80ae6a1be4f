/** Takes recorded Modbus RTU frames apart, checks included, so that golden files hold what was on the wire. */
import { crc16 } from '../../src/core/modbus/crc16.ts';
import {
  type RegisterMap,
  type RegisterRange,
  registerKey,
  type Table,
} from '../../src/core/registers/image.ts';

const tables: Record<number, Table> = { 1: 'coil', 2: 'discrete', 3: 'holding', 4: 'input' };

/** Frame without its CRC; throws when the CRC is wrong. */
function body(hex: string): Uint8Array {
  const bytes = Uint8Array.from(Buffer.from(hex.replaceAll(' ', ''), 'hex'));
  if (crc16(bytes) !== 0) throw new Error(`bad CRC: ${hex}`);
  return bytes.slice(0, -2);
}

const word = (bytes: Uint8Array, at: number): number => ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);

/** What a read request (functions 01-04) asks for. */
export function requestedRange(hex: string): RegisterRange {
  const bytes = body(hex);
  const table = tables[bytes[1] ?? 0];
  if (table === undefined || bytes.length !== 6) throw new Error(`no read request: ${hex}`);
  return { table, address: word(bytes, 2), count: word(bytes, 4) };
}

/** Puts the values of a reply into `map`. */
export function takeReply(request: string, reply: string, map: RegisterMap): void {
  const { table, address, count } = requestedRange(request);
  const [asked, bytes] = [body(request), body(reply)];
  const bits = table === 'coil' || table === 'discrete';
  const length = bits ? Math.ceil(count / 8) : 2 * count;
  if (bytes[0] !== asked[0] || bytes[1] !== asked[1] || bytes[2] !== length || bytes.length !== length + 3) {
    throw new Error(`not the reply to ${request}: ${reply}`);
  }
  for (let n = 0; n < count; n += 1) {
    const value = bits ? ((bytes[3 + (n >> 3)] ?? 0) >> (n & 7)) & 1 : word(bytes, 3 + 2 * n);
    map.set(registerKey(table, address + n), value);
  }
}

export interface FrameWrite {
  readonly function: 'write-coil' | 'write-register' | 'write-registers';
  readonly address: number;
  readonly values: readonly number[];
}

/** What a write request (functions 05, 06, 10h) writes. */
export function requestedWrite(hex: string): FrameWrite {
  const bytes = body(hex);
  const address = word(bytes, 2);
  if (bytes[1] === 5) return { function: 'write-coil', address, values: [word(bytes, 4) === 0xff00 ? 1 : 0] };
  if (bytes[1] === 6) return { function: 'write-register', address, values: [word(bytes, 4)] };
  if (bytes[1] !== 16) throw new Error(`no write request: ${hex}`);
  const values = Array.from({ length: word(bytes, 4) }, (_, n) => word(bytes, 7 + 2 * n));
  return { function: 'write-registers', address, values };
}
