/** Dates and times as gauges print them for people. */
import { gaugeTime } from './times.ts';

const months = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'] as const;
const clockPattern = String.raw`(\d{1,2}):(\d{2})(?::\d{2})?(?:\s*([AP]M))?`;
const monthPattern = months.join('|');

interface Form {
  readonly pattern: RegExp;
  /** Year, month, day out of the first three groups. */
  readonly date: (groups: readonly [string, string, string]) => readonly [number, number, number];
}

const monthOf = (name: string): number => months.findIndex((month) => name.startsWith(month)) + 1;

const forms: readonly Form[] = [
  // JAN 22, 1996  3:06 PM
  {
    pattern: new RegExp(
      String.raw`\b((?:${monthPattern})[A-Z]*)\.?\s+(\d{1,2}),?\s+(\d{4})\s+${clockPattern}`,
      'i',
    ),
    date: ([month, day, year]) => [Number(year), monthOf(month.toUpperCase()), Number(day)],
  },
  // 22-JAN-1996 15:06
  {
    pattern: new RegExp(
      String.raw`\b(\d{1,2})[-. ]((?:${monthPattern})[A-Z]*)[-. ](\d{2,4})\s+${clockPattern}`,
      'i',
    ),
    date: ([day, month, year]) => [Number(year), monthOf(month.toUpperCase()), Number(day)],
  },
  // 1996-01-22 15:06
  {
    pattern: new RegExp(String.raw`\b(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})[T ]\s*${clockPattern}`, 'i'),
    date: ([year, month, day]) => [Number(year), Number(month), Number(day)],
  },
  // 22.01.1996 15:06
  {
    pattern: new RegExp(String.raw`\b(\d{1,2})\.(\d{1,2})\.(\d{2,4})\s+${clockPattern}`, 'i'),
    date: ([day, month, year]) => [Number(year), Number(month), Number(day)],
  },
  // 01-22-96 3:06 PM, 01/22/1996 15:06: the month first, unless it can only be the day
  {
    pattern: new RegExp(String.raw`\b(\d{1,2})[-/](\d{1,2})[-/](\d{2,4})\s+${clockPattern}`, 'i'),
    date: ([first, second, year]) =>
      Number(first) > 12
        ? [Number(year), Number(second), Number(first)]
        : [Number(year), Number(first), Number(second)],
  },
];

/** The first time on a line: `YYYYMMDDHHmm`, and the characters it is written with; null where there is none. */
export function findTime(line: string): { readonly time: string; readonly text: string } | null {
  for (const { pattern, date } of forms) {
    const match = pattern.exec(line);
    if (!match) continue;
    const [text, one = '', two = '', three = '', hour = '', minute = '', half] = match;
    const [year, month, day] = date([one, two, three]);
    const time = gaugeTime(year, month, day, hourOf(Number(hour), half), Number(minute));
    if (time !== null) return { time, text };
  }
  return null;
}

function hourOf(hour: number, half: string | undefined): number {
  if (half === undefined) return hour;
  if (hour < 1 || hour > 12) return -1;
  return (hour % 12) + (half.toUpperCase() === 'PM' ? 12 : 0);
}
