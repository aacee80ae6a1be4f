/** The Modbus server side of one unit: a request's PDU in, an answer's PDU out. Modbus Application Protocol V1.1b3, section 6. */

import type { Table } from '../core/registers/image.ts';

export type Refusal = 'illegal-address' | 'illegal-value';

/** What one unit holds; coils and discretes are 0 or 1. */
export interface RegisterBank {
  read(table: Table, address: number, count: number): readonly number[] | Refusal;
  write(table: 'coil' | 'holding', address: number, values: readonly number[]): Refusal | null;
  /** The block spans registers that the map does not have: a strict device would refuse it. */
  hasHoles(table: Table, address: number, count: number): boolean;
  /** false: it does not answer at all. */
  powered(): boolean;
}

const exceptionCodes = { function: 1, 'illegal-address': 2, 'illegal-value': 3 } as const;
export type ExceptionName = keyof typeof exceptionCodes;

const readTables: Readonly<Record<number, Table>> = { 1: 'coil', 2: 'discrete', 3: 'holding', 4: 'input' };
const maxBits = 2000;
const maxRegisters = 125;
const maxBitsWritten = 1968;
const maxRegistersWritten = 123;

export function exceptionReply(functionCode: number, name: ExceptionName): Uint8Array {
  return Uint8Array.of(functionCode | 0x80, exceptionCodes[name]);
}

export const isException = (pdu: Uint8Array): boolean => ((pdu[0] ?? 0) & 0x80) !== 0;

/** The block that a read request asks for; null for other requests. */
export function readBlock(pdu: Uint8Array): { table: Table; address: number; count: number } | null {
  const table = readTables[pdu[0] ?? 0];
  return table === undefined || pdu.length !== 5
    ? null
    : { table, address: word(pdu, 1), count: word(pdu, 3) };
}

/** Answers functions 1-6, 15 and 16; never throws, whatever the PDU holds. */
export function answer(bank: RegisterBank, pdu: Uint8Array): Uint8Array {
  const functionCode = pdu[0] ?? 0;
  const block = readBlock(pdu);
  if (block !== null) return read(bank, functionCode, block);
  switch (functionCode) {
    case 5:
    case 6:
      return writeOne(bank, functionCode, pdu);
    case 15:
    case 16:
      return writeMany(bank, functionCode, pdu);
    default:
      return exceptionReply(
        functionCode,
        readTables[functionCode] === undefined ? 'function' : 'illegal-value',
      );
  }
}

function read(
  bank: RegisterBank,
  functionCode: number,
  block: { table: Table; address: number; count: number },
) {
  const { table, address, count } = block;
  const bits = table === 'coil' || table === 'discrete';
  if (count < 1 || count > (bits ? maxBits : maxRegisters))
    return exceptionReply(functionCode, 'illegal-value');
  if (address + count > 0x1_0000) return exceptionReply(functionCode, 'illegal-address');
  const values = bank.read(table, address, count);
  if (typeof values === 'string') return exceptionReply(functionCode, values);
  const data = bits ? packBits(values) : values.flatMap((value) => [value >>> 8, value & 0xff]);
  return Uint8Array.of(functionCode, data.length, ...data);
}

function writeOne(bank: RegisterBank, functionCode: number, pdu: Uint8Array): Uint8Array {
  const value = word(pdu, 3);
  const coil = functionCode === 5;
  if (pdu.length !== 5 || (coil && value !== 0 && value !== 0xff00))
    return exceptionReply(functionCode, 'illegal-value');
  const refusal = bank.write(coil ? 'coil' : 'holding', word(pdu, 1), [coil ? Number(value !== 0) : value]);
  return refusal === null ? pdu.slice() : exceptionReply(functionCode, refusal);
}

function writeMany(bank: RegisterBank, functionCode: number, pdu: Uint8Array): Uint8Array {
  const address = word(pdu, 1);
  const count = word(pdu, 3);
  const bits = functionCode === 15;
  const bytes = bits ? Math.ceil(count / 8) : count * 2;
  const tooMany = count < 1 || count > (bits ? maxBitsWritten : maxRegistersWritten);
  if (tooMany || pdu[5] !== bytes || pdu.length !== 6 + bytes)
    return exceptionReply(functionCode, 'illegal-value');
  if (address + count > 0x1_0000) return exceptionReply(functionCode, 'illegal-address');
  const values = Array.from({ length: count }, (_, index) =>
    bits ? ((pdu[6 + (index >> 3)] ?? 0) >> (index & 7)) & 1 : word(pdu, 6 + 2 * index),
  );
  const refusal = bank.write(bits ? 'coil' : 'holding', address, values);
  return refusal === null ? pdu.slice(0, 5) : exceptionReply(functionCode, refusal);
}

/** Eight to a byte, the first in the lowest bit. */
function packBits(values: readonly number[]): number[] {
  const bytes = new Array<number>(Math.ceil(values.length / 8)).fill(0);
  for (const [index, value] of values.entries()) {
    if (value !== 0) bytes[index >> 3] = (bytes[index >> 3] ?? 0) | (1 << (index & 7));
  }
  return bytes;
}

const word = (bytes: Uint8Array, at: number): number => ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
