/** Rows as SQLite writes them: https://www.sqlite.org/fileformat2.html#record_format */

export type Value = number | string | Buffer | null;

/** A varint of at most 9 bytes at `at`; null where it runs over the end or is beyond 2^53. */
export function varint(bytes: Buffer, at: number): { value: number; next: number } | null {
  let value = 0n;
  for (let n = 0; n < 9; n++) {
    const byte = bytes[at + n];
    if (byte === undefined) return null;
    if (n === 8) value = (value << 8n) | BigInt(byte);
    else value = (value << 7n) | BigInt(byte & 0x7f);
    if (n === 8 || byte < 0x80) {
      const signed = Number(BigInt.asIntN(64, value));
      return Number.isSafeInteger(signed) ? { value: signed, next: at + n + 1 } : null;
    }
  }
  return null;
}

const integerSizes = [0, 1, 2, 3, 4, 6, 8] as const;
const float = 7;

/** The values of a record; null where it makes no sense or holds what no station writes. */
export function decodeRecord(payload: Buffer): Value[] | null {
  const header = varint(payload, 0);
  if (header === null || header.value < header.next || header.value > payload.length) return null;
  const values: Value[] = [];
  let at = header.next;
  let body = header.value;
  while (at < header.value) {
    const type = varint(payload, at);
    if (type === null || type.next > header.value) return null;
    at = type.next;
    const size = sizeOf(type.value);
    if (size === null || body + size > payload.length) return null;
    const value = decoded(type.value, payload.subarray(body, body + size));
    if (value === undefined) return null;
    values.push(value);
    body += size;
  }
  return body === payload.length ? values : null;
}

function sizeOf(type: number): number | null {
  if (type >= 12) return (type - (type % 2) - 12) / 2;
  if (type >= 0 && type <= 6) return integerSizes[type] ?? null;
  if (type === float) return 8;
  return type === 8 || type === 9 ? 0 : null;
}

function decoded(type: number, bytes: Buffer): Value | undefined {
  if (type === 0) return null;
  if (type === 8 || type === 9) return type - 8;
  if (type >= 12) return type % 2 === 0 ? Buffer.from(bytes) : bytes.toString('utf8');
  if (type === float) {
    const real = bytes.readDoubleBE(0);
    return Number.isFinite(real) ? real : undefined;
  }
  if (bytes.length <= 6) return bytes.readIntBE(0, bytes.length);
  const wide = Number(bytes.readBigInt64BE(0));
  return Number.isSafeInteger(wide) ? wide : undefined;
}
