/**
 * Registers to bits and back. The order's letters are the bytes of a 32-bit value as they come, A the most significant:
 * ABCD as it is, CDAB words reversed, BADC bytes swapped in each word, DCBA both. Longer values follow the same two rules.
 */
import type { wordOrders } from '../../model/config/field.ts';

export type WordOrder = (typeof wordOrders)[number];

const swapBytes = (word: number): number => ((word & 0xff) << 8) | (word >> 8);

/** Words in the order of the wire to most significant first, or the other way: the rule is its own inverse. */
export function arrange(words: readonly number[], order: WordOrder): number[] {
  const swapped = order === 'BADC' || order === 'DCBA' ? words.map(swapBytes) : [...words];
  return order === 'CDAB' || order === 'DCBA' ? swapped.reverse() : swapped;
}

/** Bytes of text: registers stay in order, only bytes may be swapped (a little-endian device stores characters upwards). */
export function textBytes(words: readonly number[], order: WordOrder): number[] {
  const swapped = arrange(words, order === 'BADC' || order === 'DCBA' ? 'BADC' : 'ABCD');
  return swapped.flatMap((word) => [word >> 8, word & 0xff]);
}

export function textWords(bytes: readonly number[], order: WordOrder): number[] {
  const words = Array.from(
    { length: bytes.length / 2 },
    (_, n) => ((bytes[2 * n] ?? 0) << 8) | (bytes[2 * n + 1] ?? 0),
  );
  return arrange(words, order === 'BADC' || order === 'DCBA' ? 'BADC' : 'ABCD');
}

export const wordsToBits = (words: readonly number[], order: WordOrder): bigint =>
  arrange(words, order).reduce((bits, word) => (bits << 16n) | BigInt(word), 0n);

export function bitsToWords(bits: bigint, count: number, order: WordOrder): number[] {
  const words = Array.from({ length: count }, (_, n) =>
    Number((bits >> BigInt(16 * (count - 1 - n))) & 0xffffn),
  );
  return arrange(words, order);
}
