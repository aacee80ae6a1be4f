/** The tag field of a Modbus card reader to the text of a card read, and back for simulators. */
import type { ReaderProfile } from '../../model/config/readerProfile.ts';
import { ForecourtError } from '../../model/errors.ts';
import type { RegisterImage, RegisterRange } from './image.ts';
import { bitsToWords, textBytes, textWords, type WordOrder, wordsToBits } from './words.ts';

export type DecodedTag =
  | { readonly ok: true /** null: no tag. */; readonly text: string | null }
  | { readonly ok: false; readonly reason: string };

/** Digits of formats that have a fixed length. */
const hexDigits: Partial<Record<ReaderProfile['format'], number>> = { em40: 10, em32: 8, wiegand26: 6 };

const orderOf = (profile: ReaderProfile): WordOrder => profile.tag.order ?? profile.order;

export function tagRange({ tag, addressBase }: ReaderProfile): RegisterRange {
  return { table: tag.table, address: tag.address - addressBase, count: tag.registers, whole: true };
}

/** Text as `CardFormat` describes it; hex in capitals. Zeros or blanks mean that there is no tag. */
export function decodeTag(profile: ReaderProfile, image: RegisterImage): DecodedTag {
  const { address, count } = tagRange(profile);
  const words = Array.from({ length: count }, (_, n) => image.register(profile.tag.table, address + n));
  const order = orderOf(profile);
  switch (profile.tag.encoding) {
    case 'ascii':
      return asciiTag(profile, textBytes(words, order));
    case 'binary':
      return hexTag(
        profile,
        wordsToBits(words, order)
          .toString(16)
          .padStart(4 * count, '0'),
      );
    case 'low-bytes': {
      if (words.some((word) => word > 0xff))
        return { ok: false, reason: 'a register holds more than one byte' };
      return hexTag(profile, words.map((word) => word.toString(16).padStart(2, '0')).join(''));
    }
  }
}

function asciiTag(profile: ReaderProfile, bytes: readonly number[]): DecodedTag {
  const used = bytes.slice(0, bytes.findLastIndex((byte) => byte !== 0) + 1);
  if (used.some((byte) => byte < 0x20 || byte > 0x7e)) return { ok: false, reason: 'not printable text' };
  const text = String.fromCharCode(...used).trim();
  if (/^0*$/.test(text)) return { ok: true, text: null };
  return { ok: true, text: profile.format === 'number' ? text : text.toUpperCase() };
}

function hexTag(profile: ReaderProfile, digits: string): DecodedTag {
  if (/^0*$/.test(digits)) return { ok: true, text: null };
  const hex = shortened(digits, profile.tag.lengths).toUpperCase();
  if (profile.format === 'number') return { ok: true, text: BigInt(`0x${hex}`).toString() };
  const length = hexDigits[profile.format];
  if (length === undefined) return { ok: true, text: hex };
  const significant = hex.replace(/^0+/, '');
  if (significant.length > length) return { ok: false, reason: `longer than ${length} hex digits` };
  return { ok: true, text: significant.padStart(length, '0') };
}

/** The shortest of `lengths` (bytes) that holds everything up to the last byte that is not zero. */
function shortened(digits: string, lengths: readonly number[] | undefined): string {
  if (lengths === undefined) return digits;
  const used = Math.ceil(digits.replace(/0+$/, '').length / 2);
  const length = lengths.toSorted((a, b) => a - b).find((each) => each >= used);
  return length === undefined ? digits : digits.slice(0, 2 * length);
}

/** Registers that a reader shows for a tag; null: no tag. Throws FIELD_UNENCODABLE when the text does not fit. */
export function encodeTag(profile: ReaderProfile, text: string | null): number[] {
  const { encoding, registers, lengths } = profile.tag;
  const refuse = () => new ForecourtError('FIELD_UNENCODABLE', `the tag does not fit ${profile.profile}`);
  if (text === null) return Array.from({ length: registers }, () => 0);
  const order = orderOf(profile);
  if (encoding === 'ascii') {
    if (text.length > 2 * registers) throw refuse();
    return textWords(
      Array.from(text.padEnd(2 * registers, '\0'), (c) => c.charCodeAt(0)),
      order,
    );
  }
  const hex = profile.format === 'number' && /^\d+$/.test(text) ? BigInt(text).toString(16) : text;
  const bytes = encoding === 'binary' ? 2 * registers : registers;
  if (!/^[0-9a-f]+$/i.test(hex) || hex.length > 2 * bytes) throw refuse();
  const digits = lengths === undefined ? hex.padStart(2 * bytes, '0') : hex.padEnd(2 * bytes, '0');
  if (encoding === 'binary') return bitsToWords(BigInt(`0x${digits}`), registers, order);
  return Array.from({ length: registers }, (_, n) => Number.parseInt(digits.slice(2 * n, 2 * n + 2), 16));
}
