/** Local time of the station: business days as instants, hours of sales, and gauges that print local time. */
import { DateTime } from 'luxon';
import { type Instant, instant } from '../../model/units.ts';
import type { HourVolume, Volumes } from '../../store/tanks/volumes.ts';

export interface LocalTime {
  /** First instant of a business date, and of the one after it. */
  day(date: string): { from: Instant; to: Instant };
  /** `count` business dates later (earlier where negative). */
  shift(date: string, count: number): string;
  weekdayAndHour(at: Instant): { weekday: number; hour: number };
  /** As `HourVolume.hour`. */
  hourNumber(at: Instant): number;
  /** Local calendar fields to an instant; what a change of the clocks makes double is the first of the two. */
  toInstant(fields: LocalFields): Instant | null;
  toLocal(at: Instant): LocalFields;
}

/** month and day from 1. */
export interface LocalFields {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second?: number;
}

export function localTime(zone: string, dayStart: string): LocalTime {
  const [hour = 0, minute = 0] = dayStart.split(':').map(Number);
  const startOf = (date: string): DateTime => DateTime.fromISO(date, { zone }).set({ hour, minute });
  const shift = (date: string, count: number): string =>
    DateTime.fromISO(date, { zone: 'utc' }).plus({ days: count }).toISODate() ?? date;
  return {
    day: (date) => ({
      from: instant(startOf(date).toMillis()),
      to: instant(startOf(shift(date, 1)).toMillis()),
    }),
    shift,
    weekdayAndHour(at) {
      const local = DateTime.fromMillis(at, { zone });
      // from Monday
      return { weekday: local.weekday - 1, hour: local.hour };
    },
    hourNumber: (at) => Math.floor((at + offsetMs(zone, at)) / 3_600_000),
    toInstant(fields) {
      const local = DateTime.fromObject(fields, { zone });
      return local.isValid ? instant(local.toMillis()) : null;
    },
    toLocal(at) {
      const { year, month, day, hour: h, minute: m, second } = DateTime.fromMillis(at, { zone });
      return { year, month, day, hour: h, minute: m, second };
    },
  };
}

/** Volumes by local hour, over changes of the clocks; `hour` as in `HourVolume`. */
export function volumesByHour(volumes: Volumes, zone: string, from: Instant, to: Instant): HourVolume[] {
  const rows: HourVolume[] = [];
  let begin: number = from;
  while (begin < to) {
    const offset = offsetMs(zone, begin);
    let end = begin;
    // days first, then half hours: no zone changes its clocks twice in a day or between them
    for (const step of [24 * 3_600_000, halfHourMs])
      while (end < to && offsetMs(zone, end + step - 1) === offset) end += step;
    // clocks change at whole half hours of UTC
    if (end < to && offsetMs(zone, end) === offset) end = Math.ceil((end + 1) / halfHourMs) * halfHourMs;
    rows.push(...volumes.byHour(instant(begin), instant(Math.min(end, to)), offset));
    begin = end;
  }
  return rows;
}

const halfHourMs = 1_800_000;
const offsetMs = (zone: string, at: number): number => DateTime.fromMillis(at, { zone }).offset * 60_000;
