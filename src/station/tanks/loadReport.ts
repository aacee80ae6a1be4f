/** M163: how busy each pump is, by hour of the day and grade. */
import { ForecourtError } from '../../model/errors.ts';
import type { StationContext } from '../context.ts';
import { type LocalTime, volumesByHour } from './localTime.ts';
import type { LoadReportView } from './view.ts';

/** The sums are made in one go while the pumps wait: some ten milliseconds for a quarter. */
const mostDays = 93;

/** `from` and `to` are business dates, both included. Throws USAGE for a range that is too long. */
export function loadReport(
  { store, site }: StationContext,
  local: LocalTime,
  zone: string,
  range: { from: string; to: string },
): LoadReportView {
  const first = local.day(range.from);
  const last = local.day(range.to);
  const days = Math.round((last.to - first.from) / (24 * 3_600_000));
  if (days > mostDays)
    throw new ForecourtError('USAGE', `${days} days are too many at once: ask for ${mostDays} or fewer`);
  const rows = new Map<string, LoadReportView['rows'][number]>();
  for (const each of volumesByHour(store.tanks.volumes, zone, first.from, last.to)) {
    const { fuellingPoint, grade } = each;
    const hour = each.hour % 24;
    const key = `${fuellingPoint} ${grade} ${hour}`;
    const { sales, volumeMl } = rows.get(key) ?? { sales: 0, volumeMl: 0 };
    rows.set(key, {
      ...{ fuellingPoint, grade, hour },
      sales: sales + each.sales,
      volumeMl: volumeMl + each.volume,
    });
  }
  const inOrder = [...rows.values()].sort(
    (a, b) =>
      a.fuellingPoint.localeCompare(b.fuellingPoint, 'en', { numeric: true }) ||
      a.grade.localeCompare(b.grade, 'en', { numeric: true }) ||
      a.hour - b.hour,
  );
  return { site, ...range, days, rows: inOrder };
}
