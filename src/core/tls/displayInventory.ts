/** I201: a line a tank under a head that names the columns. */
import { type Printed, printedAtEnd } from './displayNumbers.ts';
import { findTime } from './displayTime.ts';
import { badReply } from './fields.ts';
import { allAmounts } from './layouts.ts';
import type { TlsInventory } from './records.ts';

const full = ['volume', 'tcVolume', 'ullage', 'height', 'water', 'temperature'] as const;
const withoutTc = full.filter((name) => name !== 'tcVolume');
type Column = (typeof full)[number];
const nothing = Object.fromEntries(allAmounts.map((name) => [name, null])) as Record<
  (typeof allAmounts)[number],
  null
>;

/** The columns of numbers; `edges` where each one ends on the line. */
interface Head {
  readonly columns: readonly Column[];
  /** null: the words of the head are not understood. */
  readonly edges: readonly number[] | null;
  /** Where the first of them begins. */
  readonly start: number;
}

/** The head may be in any language; a tank's line is a number, a label, and a number under each of its words. */
export function displayInventory(lines: readonly string[]): TlsInventory[] {
  const at = headAt(lines);
  if (at < 0) {
    // A gauge without tanks prints its clock and nothing else.
    const printed = lines.map((line) => line.trim()).filter((line) => line !== '');
    if (printed.length === 1 && findTime(printed[0] ?? '')?.text === printed[0]) return [];
    throw badReply('has no head of an inventory');
  }
  const head = headOf(lines[at] ?? '');
  return lines.slice(at + 1).flatMap((line): TlsInventory[] => {
    const match = /^\s*(\d{1,2})\s+\S/.exec(line);
    if (!match || printedAtEnd(line).length === 0) return [];
    const values = valuesOf(line, head);
    const rejected = values ? [] : ['volume: the numbers of the line do not stand under the head'];
    return [{ ...nothing, ...values, tank: Number(match[1]), product: '', status: null, rejected }];
  });
}

/** It ends with the temperature in every language that is known; else it begins with a word for a tank. */
function headAt(lines: readonly string[]): number {
  const byEnd = lines.findIndex(
    (line) => /\bTEMP\S*\s*$/i.test(line) && line.trim().split(/\s+/).length >= 5,
  );
  if (byEnd >= 0) return byEnd;
  return lines.findIndex((line) => /^\s*(TAN[KQ]|REC|CUVE|DEP)\b/i.test(line) && /\S\s+\S/.test(line.trim()));
}

/** Two words for one column: `TC VOLUME`, `VOL CT`, `VOLUMEN T`, `POR LL`. */
const pair = /^(TC\s+\S+|VOL\S*\s+(CT|TC|T|C)|POR\s+LL)$/i;

function headOf(line: string): Head {
  const words = Array.from(line.matchAll(/\S+/g), ({ 0: word, index }) => ({
    word,
    end: index + word.length,
    index,
  }));
  const names: { word: string; end: number; index: number }[] = [];
  for (const each of words) {
    const last = names.at(-1);
    if (last && pair.test(`${last.word} ${each.word}`)) {
      last.word += ` ${each.word}`;
      last.end = each.end;
    } else names.push({ ...each });
  }
  // The tank's number and its label come first.
  const numbers = names.slice(2);
  const columns = numbers.length === withoutTc.length ? withoutTc : full;
  const known = numbers.length === columns.length;
  const guessed = /HEIGHT/i.test(line) && !/\bTC\b/i.test(line) ? withoutTc : full;
  return {
    columns: known ? columns : guessed,
    edges: known ? numbers.map(({ end }) => end) : null,
    start: numbers[0]?.index ?? 0,
  };
}

/** null: which number is what cannot be told. */
function valuesOf(line: string, head: Head): Partial<Record<Column, number | null>> | null {
  const printed = printedAtEnd(line);
  return underTheHead(printed, head) ?? inTheirOrder(printed, head);
}

/** Numbers end where the words of the head do, or so near: the words are translated, the columns are not moved. */
const slack = 1;

/** So many numbers in a row do not stand under its words by chance. */
const fewest = 3;

/** By place: a column that is left empty, as water where no float measures it, and numbers in a label are told apart. */
function underTheHead(
  printed: readonly Printed[],
  { columns, edges, start }: Head,
): Partial<Record<Column, number | null>> | null {
  if (!edges) return null;
  const values: Partial<Record<Column, number | null>> = {};
  let column = columns.length - 1;
  // What is left of the first column belongs to the label.
  const measured = printed.filter((each) => each.end > start);
  if (measured.length === 0) return values;
  for (const { end, value } of measured.toReversed()) {
    while (column >= 0 && Math.abs((edges[column] ?? 0) - end) > slack) column -= 1;
    const name = columns[column];
    if (name === undefined) return null;
    values[name] = value;
    column -= 1;
  }
  return Object.keys(values).length < fewest ? null : values;
}

/** By order: a gauge whose numbers do not stand under its head must print all of them. */
function inTheirOrder(
  printed: readonly Printed[],
  { columns }: Head,
): Partial<Record<Column, number | null>> | null {
  const kept = printed.slice(-columns.length);
  const [first, second] = kept;
  if (kept.length < columns.length || !first || !second) return null;
  // Close to the label and far from the others: it may be the label's, and then a column is empty.
  if (printed.length === columns.length && first.gap === 1 && second.gap > 2) return null;
  return Object.fromEntries(columns.map((name, index) => [name, kept[index]?.value ?? null]));
}
