/** The CRC at the end of an RTU frame, low byte first. Source: Modbus over serial line 1.02, 2.5.1.2. */
import { crc16 } from '../../core/modbus/crc16.ts';

/** Whether bytes[from, to) end with the CRC of what stands before. */
export function hasGoodCrc(bytes: Uint8Array, from: number, to: number): boolean {
  const crc = crc16(bytes, from, to - 2);
  return bytes[to - 2] === (crc & 0xff) && bytes[to - 1] === crc >>> 8;
}

/** The same bytes with their CRC behind them. */
export function withCrc(bytes: Uint8Array): Buffer {
  const frame = Buffer.allocUnsafe(bytes.length + 2);
  frame.set(bytes);
  frame.writeUInt16LE(crc16(bytes), bytes.length);
  return frame;
}
