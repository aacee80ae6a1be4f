/** Modbus replies once more, in the fewest lines: what the framings accept is held against this, which shares nothing with them. */

/** CRC-16/MODBUS, bit by bit. */
function crcOf(bytes: Uint8Array): number {
  let crc = 0xffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >> 1) ^ 0xa001 : crc >> 1;
  }
  return crc;
}

export const isFrame = (frame: Buffer): boolean =>
  frame.length >= 5 && frame.readUInt16LE(frame.length - 2) === crcOf(frame.subarray(0, -2));

/** Whether `frame` (RTU form) answers `request` (RTU form). */
export function isAnswer(request: Buffer, frame: Buffer): boolean {
  if (!isFrame(frame) || frame[0] !== request[0]) return false;
  const fn = request[1] ?? 0;
  if (frame[1] === fn + 128) return frame.length === 5;
  if (frame[1] !== fn) return false;
  if (fn > 4) return frame.length === 8 && frame.subarray(0, 6).equals(request.subarray(0, 6));
  const count = request.readUInt16BE(4);
  const data = fn < 3 ? Math.floor((count + 7) / 8) : count + count;
  return frame[2] === data && frame.length === data + 5;
}
