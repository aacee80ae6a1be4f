/** I101 and I205: what stands, in words. */
import { printedType, tankCategory } from './alarms.ts';
import { badReply } from './fields.ts';
import type { TlsAlarm, TlsTankAlarms } from './records.ts';

const normal = /\bNORMAL\b/i;

/** `T 2:HIGH WATER ALARM`, `D 8:ALARM CLEAR WARNING`, or `ALL FUNCTIONS NORMAL`. */
export function displayAlarms(lines: readonly string[]): TlsAlarm[] {
  const alarms: TlsAlarm[] = [];
  for (const line of lines) {
    const match = /^\s*([A-Z])\s*(\d{1,2})\s*:\s*(.+)$/i.exec(line);
    if (!match || normal.test(match[3] ?? '')) continue;
    const device = Number(match[2]);
    if (match[1]?.toUpperCase() === 'T')
      alarms.push({ category: tankCategory, type: printedType(match[3] ?? '') ?? 0, device });
    else alarms.push({ category: categoryOf(match[1] ?? ''), type: 0, device });
  }
  if (alarms.length === 0 && !lines.some((line) => normal.test(line) || /STATUS/i.test(line)))
    throw badReply('has no head of a status report');
  return alarms;
}

/** Liquid sensors, vapour sensors, inputs, auto-dial, line leak detectors; every other letter is the system's. */
const categories: Readonly<Record<string, number>> = { L: 3, V: 4, I: 5, D: 14, Q: 21, W: 26, s: 28 };
const categoryOf = (letter: string): number => categories[letter] ?? categories[letter.toUpperCase()] ?? 1;

const troubled = /\b(ALARM|WARN\w*|FAIL\w*|NEEDED|OUT)\b/i;

/** What stands behind the label, which may be `NORMAL 92` or `SOUTH`: a column of its own. */
const statusOf = (words: string): string =>
  words
    .trim()
    .split(/\s{2,}/)
    .at(-1) ?? '';

/** A tank's line is its number, its label and its status; further alarms stand on lines of their own below. */
export function displayTankAlarms(lines: readonly string[]): TlsTankAlarms[] {
  const head = lines.findIndex((line) => /TANK/i.test(line) && /STATUS/i.test(line));
  if (head < 0) throw badReply('has no head of a tank status report');
  const tanks: { tank: number; types: number[] }[] = [];
  for (const line of lines.slice(head + 1)) {
    const match = /^\s*(\d{1,2})\s+(.+)$/.exec(line);
    if (match) tanks.push({ tank: Number(match[1]), types: [] });
    const words = statusOf(match ? (match[2] ?? '') : line);
    const type = printedType(words);
    if (type === null && (normal.test(words) || !troubled.test(words))) continue;
    tanks.at(-1)?.types.push(type ?? 0);
  }
  return tanks;
}
