/** I201: a line a tank under a head that names the columns. */
import { numbersAtEnd } from './displayNumbers.ts';
import { badReply } from './fields.ts';
import { allAmounts } from './layouts.ts';
import type { TlsInventory } from './records.ts';

const full = ['volume', 'tcVolume', 'ullage', 'height', 'water', 'temperature'] as const;
const withoutTc = full.filter((name) => name !== 'tcVolume');
const nothing = Object.fromEntries(allAmounts.map((name) => [name, null])) as Record<
  (typeof allAmounts)[number],
  null
>;

/** The head may be in any language; a tank's line is a number, a label, and five or six numbers. */
export function displayInventory(lines: readonly string[]): TlsInventory[] {
  const head = lines.findIndex(
    (line) => /^\s*(TAN[KQ]|REC|CUVE|DEP)\b/i.test(line) && /\S\s+\S/.test(line.trim()),
  );
  if (head < 0) throw badReply('has no head of an inventory');
  const columns = columnsOf(lines[head] ?? '');
  return lines.slice(head + 1).flatMap((line): TlsInventory[] => {
    const match = /^\s*(\d{1,2})\s+(.*)$/.exec(line);
    if (!match) return [];
    const { numbers } = numbersAtEnd(match[2] ?? '', full.length);
    const names = columns ?? (numbers.length === withoutTc.length ? withoutTc : full);
    if (numbers.length < names.length) return [];
    const kept = numbers.slice(numbers.length - names.length);
    const values = Object.fromEntries(names.map((name, index) => [name, kept[index] ?? null]));
    return [{ ...nothing, ...values, tank: Number(match[1]), product: '', status: null, rejected: [] }];
  });
}

/** null: a head in words that are not known. */
function columnsOf(head: string): readonly (typeof full)[number][] | null {
  if (!/HEIGHT/i.test(head)) return null;
  return /\bTC\b/i.test(head) ? full : withoutTc;
}
