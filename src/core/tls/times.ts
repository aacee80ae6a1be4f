/** Times as a gauge prints them: `YYMMDDHHmm` by its own clock. Here always `YYYYMMDDHHmm`, with the century. */

/** Gauges of before 1980 spoke no such protocol. */
const firstYear = 1980;

/** Calendar fields to `YYYYMMDDHHmm`; null when there is no such minute. month and day from 1. */
export function gaugeTime(
  year: number,
  month: number,
  day: number,
  hour: number,
  minute: number,
): string | null {
  const full = year >= 100 ? year : year + (year < firstYear % 100 ? 2000 : 1900);
  const date = new Date(Date.UTC(full, month - 1, day, hour, minute));
  const real =
    date.getUTCFullYear() === full &&
    date.getUTCMonth() === month - 1 &&
    date.getUTCDate() === day &&
    date.getUTCHours() === hour &&
    date.getUTCMinutes() === minute;
  return real ? date.toISOString().replace(/\D/g, '').slice(0, 12) : null;
}

/** `YYMMDDHHmm` to `YYYYMMDDHHmm`; null when it is no time. */
export function readTime(text: string): string | null {
  if (!/^\d{10}$/.test(text)) return null;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0] = (text.match(/\d\d/g) ?? []).map(Number);
  return gaugeTime(year, month, day, hour, minute);
}

/** `YYYYMMDDHHmm` to `YYMMDDHHmm`. */
export const writeTime = (time: string): string => time.slice(2);

/** month and day from 1. */
export interface TimeFields {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
}

/** Fields of `YYYYMMDDHHmm`. */
export function timeFields(time: string): TimeFields {
  const at = (from: number, to: number): number => Number(time.slice(from, to));
  return { year: at(0, 4), month: at(4, 6), day: at(6, 8), hour: at(8, 10), minute: at(10, 12) };
}
