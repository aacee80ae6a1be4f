/** Dates and times as gauges print them for people. */
import { gaugeTime, timeFields } from './times.ts';

/** Three letters in English, German, French, Spanish, Italian and Portuguese; the same letters mean the same month in all. */
const months = [
  ['JAN', 'GEN', 'ENE'],
  ['FEB', 'FEV'],
  ['MAR', 'MRZ'],
  ['APR', 'AVR', 'ABR'],
  ['MAY', 'MAI', 'MAG'],
  ['JUN', 'GIU'],
  ['JUL', 'LUG'],
  ['AUG', 'AOU', 'AGO'],
  ['SEP', 'SET'],
  ['OCT', 'OKT', 'OTT', 'OUT'],
  ['NOV'],
  ['DEC', 'DEZ', 'DIC'],
] as const;
const clockPattern = String.raw`(\d{1,2}):(\d{2})(?::\d{2})?(?:\s*([AP]M))?`;
const monthPattern = months.flat().join('|');

/** What the numbers of `01-07-16` are: gauges are set to one of these and do not say which. */
export const dateOrders = ['month-day-year', 'day-month-year', 'year-month-day'] as const;
export type DateOrder = (typeof dateOrders)[number];

interface Form {
  readonly pattern: RegExp;
  /** Year, month, day out of the first three groups. */
  readonly date: (groups: readonly [string, string, string]) => readonly [number, number, number];
}

const monthOf = (name: string): number =>
  months.findIndex((names) => names.some((each) => name.startsWith(each))) + 1;

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
];

const ambiguous = new RegExp(String.raw`\b(\d{1,2})[-/](\d{1,2})[-/](\d{2,4})\s+${clockPattern}`, 'i');

/** 01-22-96 3:06 PM, 22-01-96 15:06, 96-01-22 15:06 */
const ordered: Readonly<Record<DateOrder, Form>> = {
  'month-day-year': {
    pattern: ambiguous,
    date: ([month, day, year]) => [Number(year), Number(month), Number(day)],
  },
  'day-month-year': {
    pattern: ambiguous,
    date: ([day, month, year]) => [Number(year), Number(month), Number(day)],
  },
  'year-month-day': {
    pattern: ambiguous,
    date: ([year, month, day]) => [Number(year), Number(month), Number(day)],
  },
};

/** The first time on a line: `YYYYMMDDHHmm`, and the characters it is written with; null where there is none. */
export function findTime(
  line: string,
  orders: readonly DateOrder[] = dateOrders,
): { readonly time: string; readonly text: string } | null {
  for (const { pattern, date } of [...forms, ...orders.map((order) => ordered[order])]) {
    const match = pattern.exec(line);
    if (!match) continue;
    const [text, one = '', two = '', three = '', hour = '', minute = '', half] = match;
    const [year, month, day] = date([one, two, three]);
    const time = gaugeTime(year, month, day, hourOf(Number(hour), half), Number(minute));
    if (time !== null) return { time, text };
  }
  return null;
}

/**
 * The order of numbers in a report's dates: one that makes a date of each, and of those the one by which the head's time is
 * nearest to what the gauge's clock should show.
 * @param expected `YYYYMMDDHHmm`; null: not known, then as they stand in `dateOrders`
 */
export function dateOrderOf(lines: readonly string[], expected: string | null): DateOrder {
  const written = lines.flatMap((line) => ambiguous.exec(line)?.[0] ?? []);
  const [head] = written;
  const possible = dateOrders.filter((order) => written.every((text) => findTime(text, [order])));
  const distance = (order: DateOrder): number => {
    const time = head === undefined ? null : (findTime(head, [order])?.time ?? null);
    return time === null || expected === null ? 0 : Math.abs(minutesOf(time) - minutesOf(expected));
  };
  return possible.toSorted((one, other) => distance(one) - distance(other))[0] ?? dateOrders[0];
}

function minutesOf(time: string): number {
  const { year, month, day, hour, minute } = timeFields(time);
  return Date.UTC(year, month - 1, day, hour, minute) / 60_000;
}

function hourOf(hour: number, half: string | undefined): number {
  if (half === undefined) return hour;
  if (hour < 1 || hour > 12) return -1;
  return (hour % 12) + (half.toUpperCase() === 'PM' ? 12 : 0);
}
