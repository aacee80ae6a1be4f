/** Columns of numbers in a printed report. */

const number = /^[-+]?(\d+(\.\d*)?|\.\d+|\d{1,3}(,\d{3})+(\.\d*)?|\d+,\d{1,2})$/;
const absent = /^(\?+(\.\?+)?|-{2,}|\*+|N\/?A)$/i;

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
