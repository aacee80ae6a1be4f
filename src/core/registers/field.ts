/** One field of a profile to and from registers. What the number means is `scale.ts`. */
import { type Field, registersOf } from '../../model/config/field.ts';
import { ForecourtError } from '../../model/errors.ts';
import { floatBits, floatText } from './float.ts';
import { isBitTable, type RegisterImage, type RegisterRange, type Table } from './image.ts';
import { bitsToWords, textBytes, textWords, type WordOrder, wordsToBits } from './words.ts';

/** Where a field's address counts from, and the profile's word order. */
export interface Place {
  readonly order: WordOrder;
  readonly addressBase: number;
  /** (point - 1) x stride of the fuelling points. */
  readonly pointOffset: number;
  /** 0 for the first hose. */
  readonly hoseIndex: number;
}

/** Integers, BCD and bits as bigint; floats and text as text; null: absent. */
export type FieldValue = bigint | string | null;
export type DecodedField =
  | { readonly ok: true; readonly value: FieldValue }
  | { readonly ok: false; readonly reason: string };

/** `mask`: the bits of the register that belong to the field. */
export interface RegisterWrite {
  readonly table: Table;
  readonly address: number;
  readonly value: number;
  readonly mask: number;
}

const bad = (reason: string): DecodedField => ({ ok: false, reason });
const good = (value: FieldValue): DecodedField => ({ ok: true, value });
const isAbsent = (field: Field, raw: bigint): boolean => field.absent.some((value) => BigInt(value) === raw);

/** What must be read for a field: always one whole range. */
export function fieldRange(field: Field, place: Place): RegisterRange {
  const address = field.address - place.addressBase + place.pointOffset + place.hoseIndex * field.hoseStride;
  return { table: field.table, address, count: registersOf(field), whole: true };
}

/** Reads a field. An error tells why the registers hold no value of its type. */
export function decodeField(field: Field, place: Place, image: RegisterImage): DecodedField {
  const { table, address, count } = fieldRange(field, place);
  if (isBitTable(table)) return integer(field, image.bit(table, address) ? 1n : 0n);
  const words = Array.from({ length: count }, (_, n) => image.register(table, address + n));
  if (field.type === 'bit') return integer(field, (BigInt(words[0] ?? 0) >> BigInt(field.bit ?? 0)) & 1n);
  const order = field.order ?? place.order;
  if (field.type === 'ascii') return text(textBytes(words, order));
  const bits = wordsToBits(words, order);
  if (field.type === 'f32' || field.type === 'f64') {
    if (isAbsent(field, bits)) return good(null);
    const number = floatText(bits, field.type === 'f32' ? 4 : 8);
    return number === null ? bad('not a number') : good(number);
  }
  const masked = (field.mask === undefined ? bits : bits & BigInt(field.mask)) >> BigInt(field.shift);
  if (field.type === 'bcd') {
    if (isAbsent(field, masked)) return good(null);
    const digits = masked.toString(16);
    return /^\d+$/.test(digits) ? good(BigInt(digits)) : bad(`0x${digits} is not BCD`);
  }
  const signed = field.type.startsWith('i') && field.mask === undefined;
  return integer(field, signed ? BigInt.asIntN(16 * count, bits) >> BigInt(field.shift) : masked);
}

const integer = (field: Field, raw: bigint): DecodedField => good(isAbsent(field, raw) ? null : raw);

function text(bytes: readonly number[]): DecodedField {
  const used = bytes.slice(0, bytes.findLastIndex((byte) => byte !== 0) + 1);
  if (used.some((byte) => byte < 0x20 || byte > 0x7e)) return bad('not printable text');
  const trimmed = String.fromCharCode(...used).trim();
  return good(trimmed === '' ? null : trimmed);
}

/**
 * The inverse of `decodeField`. null writes the first of `absent`, or zero (blanks for text) where there is none.
 * Throws FIELD_UNENCODABLE when the value does not fit.
 */
export function encodeField(field: Field, place: Place, value: FieldValue): RegisterWrite[] {
  const { table, address, count } = fieldRange(field, place);
  if (field.type === 'bit') {
    const raw = value === null ? BigInt(field.absent[0] ?? 0) : value;
    if (raw !== 0n && raw !== 1n) throw unfit(field, value);
    const bit = isBitTable(table) ? 0 : (field.bit ?? 0);
    return [{ table, address, value: Number(raw) << bit, mask: 1 << bit }];
  }
  const order = field.order ?? place.order;
  if (field.type === 'ascii') {
    const words = textWords(encodeText(field, value, 2 * count), order);
    return words.map((word, n) => ({ table, address: address + n, value: word, mask: 0xffff }));
  }
  const width = 16 * count;
  const all = (1n << BigInt(width)) - 1n;
  const mask = field.mask === undefined ? all : BigInt(field.mask) & all;
  const bits = encodeBits(field, value, width);
  if ((bits & mask) !== bits) throw unfit(field, value);
  const masks = bitsToWords(mask, count, order);
  return bitsToWords(bits, count, order).map((word, n) => ({
    table,
    address: address + n,
    value: word,
    mask: masks[n] ?? 0xffff,
  }));
}

function encodeBits(field: Field, value: FieldValue, width: number): bigint {
  const float = field.type === 'f32' || field.type === 'f64';
  const shift = BigInt(field.shift);
  if (value === null && (float || field.type === 'bcd')) return BigInt(field.absent[0] ?? 0) << shift;
  if (float) {
    const bits = floatBits(String(value), field.type === 'f32' ? 4 : 8);
    if (bits === null) throw unfit(field, value);
    return bits;
  }
  const raw = value === null ? BigInt(field.absent[0] ?? 0) : value;
  if (typeof raw !== 'bigint') throw unfit(field, value);
  const signed = field.type.startsWith('i') && field.mask === undefined;
  if (raw < 0n && !signed) throw unfit(field, value);
  if (field.type === 'bcd') return BigInt(`0x${raw}`) << shift;
  const bits = raw << shift;
  if (!signed) return bits;
  if (BigInt.asIntN(width, bits) !== bits) throw unfit(field, value);
  return BigInt.asUintN(width, bits);
}

/** Numbers fill the field with leading zeros, text with blanks behind it. */
function encodeText(field: Field, value: FieldValue, length: number): number[] {
  const characters =
    typeof value === 'bigint' ? String(value).padStart(length, '0') : (value ?? '').padEnd(length, ' ');
  const bytes = Array.from(characters, (character) => character.charCodeAt(0));
  if (bytes.length !== length || bytes.some((byte) => byte < 0x20 || byte > 0x7e)) throw unfit(field, value);
  return bytes;
}

function unfit(field: Field, value: FieldValue): ForecourtError {
  return new ForecourtError(
    'FIELD_UNENCODABLE',
    `${value} does not fit the ${field.type} at ${field.address}`,
  );
}
