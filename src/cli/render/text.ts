/** Text of others on a terminal: nothing that steers it, and its width in columns. */
import { stripVTControlCharacters } from 'node:util';

/** What could move the cursor, hide text or turn its direction. */
const steering = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/gu;
const wide =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u;
const combining = /\p{M}/u;

/** `value` with every character that could steer a terminal shown as U+FFFD, in all its texts. */
export function printable<T>(value: T): T {
  if (typeof value === 'string') return value.replace(steering, '\ufffd') as T;
  if (Array.isArray(value)) return value.map((each: unknown) => printable(each)) as T;
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, printable(each)])) as T;
}

const columnsOf = (character: string): number =>
  combining.test(character) ? 0 : wide.test(character) ? 2 : 1;

/** Columns that `text` takes; colours take none. */
export const columns = (text: string): number =>
  [...stripVTControlCharacters(text)].reduce((sum, character) => sum + columnsOf(character), 0);

/** `text` with spaces up to `width` columns. */
export const padded = (text: string, width: number): string =>
  text + ' '.repeat(Math.max(0, width - columns(text)));

/** Where a line may end: not within a grouped number, nor between a number and its unit. */
const gaps = / (?!(?:L\/h|L|%|°C|mm)(?!\p{L}))(?!(?<=\d )\d{3}(?!\d))/u;

/** Uncoloured `text` in lines of at most `width` columns, broken at spaces where there are some. */
export function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(gaps).filter((each) => each !== '')) {
    if (line !== '' && columns(line) + 1 + columns(word) <= width) line += ` ${word}`;
    else {
      if (line !== '') lines.push(line);
      const parts = broken(word, width);
      lines.push(...parts.slice(0, -1));
      line = parts.at(-1) ?? '';
    }
  }
  return line === '' ? lines : [...lines, line];
}

/** A long word in parts of at most `width` columns. */
function broken(word: string, width: number): string[] {
  const parts = [''];
  for (const character of word) {
    const last = parts.at(-1) ?? '';
    if (last !== '' && columns(last + character) > width) parts.push(character);
    else parts[parts.length - 1] = last + character;
  }
  return parts;
}

/** Uncoloured `text` in at most `width` columns; what is cut is told by an ellipsis. */
export function cut(text: string, width: number): string {
  if (columns(text) <= width) return text;
  return `${broken(text, Math.max(1, width - 1))[0] ?? ''}…`;
}

/** Blocks of lines side by side, each padded to its `width`; blank columns at the end of a line are left out. */
export function beside(blocks: readonly { readonly lines: readonly string[]; readonly width: number }[]) {
  const height = Math.max(0, ...blocks.map(({ lines }) => lines.length));
  return Array.from({ length: height }, (_, row) =>
    blocks
      .map(({ lines, width }) => padded(lines[row] ?? '', width))
      .join('')
      .trimEnd(),
  );
}
