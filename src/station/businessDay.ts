/** Business dates and times as the feed writes them. */
import { DateTime } from 'luxon';
import type { Instant } from '../model/units.ts';

export type BusinessDate = (at: Instant) => string;

/** The business date (YYYY-MM-DD) of an instant: the local date of the day that began at `dayStart` ("06:00"). */
export function businessDay(zone: string, dayStart: string): BusinessDate {
  const [hours, minutes] = dayStart.split(':').map(Number);
  const reckon = (at: number): string => {
    const local = DateTime.fromMillis(at, { zone });
    // Wall-clock comparison, not subtraction: on the day of a DST change the business day still starts at its time.
    const early = local.hour < (hours ?? 0) || (local.hour === hours && local.minute < (minutes ?? 0));
    return (early ? local.minus({ days: 1 }) : local).toISODate() ?? '';
  };
  // Days start and offsets change at whole minutes, and a sale asks several times for the same one.
  let minute = Number.NaN;
  let date = '';
  return (at) => {
    const asked = Math.floor(at / 60_000);
    if (asked !== minute) [minute, date] = [asked, reckon(at)];
    return date;
  };
}

/** RFC 3339 UTC with milliseconds. */
export const rfc3339 = (at: Instant): string => new Date(at).toISOString();
