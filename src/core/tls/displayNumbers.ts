/** Columns of numbers in a printed report. */

const number = /^[-+]?(\d+(\.\d*)?|\.\d+|\d{1,3}(,\d{3})+(\.\d*)?|\d+,\d{1,2})$/;
const absent = /^(\?+(\.\?+)?|-+|\*+|N\/?A)$/i;

/** `null`: the gauge has no value; undefined: no number at all. A comma is a decimal one unless three digits follow. */
export function readNumber(token: string): number | null | undefined {
  if (absent.test(token)) return null;
  if (!number.test(token)) return undefined;
  const plain = /,\d{1,2}$/.test(token) ? token.replace(',', '.') : token.replace(/,/g, '');
  const value = Number(plain);
  return Number.isFinite(value) && Math.abs(value) <= 1e9 ? value : undefined;
}

/** The numbers at the end of a line, at most `most` of them, and what stands before. */
export function numbersAtEnd(
  line: string,
  most: number,
): { readonly before: string; readonly numbers: readonly (number | null)[] } {
  const tokens = line.trim().split(/\s+/);
  const numbers: (number | null)[] = [];
  while (numbers.length < most && tokens.length > 0) {
    const value = readNumber(tokens.at(-1) ?? '');
    if (value === undefined) break;
    numbers.unshift(value);
    tokens.pop();
  }
  return { before: tokens.join(' '), numbers };
}

/** A number, or the gauge's sign for none. */
export interface Printed {
  readonly value: number | null;
  /** The place behind its last character. */
  readonly end: number;
  /** Blanks before it. */
  readonly gap: number;
}

/** All numbers at the end of a line but its first word, with their places. */
export function printedAtEnd(line: string): readonly Printed[] {
  const words = Array.from(line.matchAll(/(\s*)(\S+)/g)).slice(1);
  const printed: Printed[] = [];
  for (const { 0: whole, 1: blanks = '', 2: word = '', index } of words.toReversed()) {
    const value = readNumber(word);
    if (value === undefined) break;
    printed.unshift({ value, end: index + whole.length, gap: blanks.length });
  }
  return printed;
}
