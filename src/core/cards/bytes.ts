/** Bytes and hex digits that several card formats share. */
import { ForecourtError } from '../../model/errors.ts';

export const STX = 0x02;
export const ETX = 0x03;
export const LF = 0x0a;
export const CR = 0x0d;

/** XOR of all bytes: the check of RDM6300 frames and the BCC of binary ones. */
export function xor(bytes: Iterable<number>): number {
  let sum = 0;
  for (const byte of bytes) sum ^= byte;
  return sum;
}

/** Upper-case hex, two digits a byte. */
export function toHex(bytes: readonly number[]): string {
  return bytes.map((byte) => byte.toString(16).toUpperCase().padStart(2, '0')).join('');
}

/** Bytes of an even run of hex digits; @throws ForecourtError CARD_TEXT_INVALID for anything else. */
export function fromHex(hex: string): number[] {
  if (!/^([0-9A-Fa-f]{2})*$/.test(hex))
    throw new ForecourtError('CARD_TEXT_INVALID', 'not pairs of hex digits');
  const bytes: number[] = [];
  for (let index = 0; index < hex.length; index += 2)
    bytes.push(Number.parseInt(hex.slice(index, index + 2), 16));
  return bytes;
}

/** The same bytes last first, as readers with the other wiring order give them. */
export function reverseHex(hex: string): string {
  return toHex(fromHex(hex).reverse());
}

/** Codes of an ASCII text, one byte a character; @throws ForecourtError CARD_TEXT_INVALID. */
export function ascii(text: string): number[] {
  return [...text].map((character) => {
    const code = character.codePointAt(0) ?? 0;
    if (code > 0x7f) throw new ForecourtError('CARD_TEXT_INVALID', 'not ASCII');
    return code;
  });
}
