/** Deliveries as they are booked: from a rise, from the gauge's report, or from both. */
import type { Delivery } from '../../../model/tank.ts';
import { type Millilitres, millilitres } from '../../../model/units.ts';
import { at15 } from '../correction.ts';
import type { DeliverySpec, Report, Rise } from './types.ts';

export const grossOf = (each: Pick<Report, 'startVolume' | 'endVolume' | 'dispensed'>): number =>
  each.endVolume - each.startVolume + (each.dispensed ?? 0);

/** Report and rise of one delivery differ by more than waves and sales between their ends can explain. */
const differs = (a: number, b: number): boolean => Math.abs(a - b) > Math.max(150_000, 0.02 * Math.max(a, b));
/** All nozzles of a large station together, millilitres a minute: what may be dispensed during a drop. */
const mostSales = 400_000;

const reportKey = (spec: DeliverySpec, report: Report): string => `${spec.stock}:gauge:${report.id}`;
export const riseKey = (spec: DeliverySpec, rise: Pick<Rise, 'startedAt'>): string =>
  `${spec.stock}:rise:${rise.startedAt}`;

export function fromRise(spec: DeliverySpec, rise: Rise): Delivery {
  const { startVolume, endVolume, dispensed } = rise;
  return {
    key: riseKey(spec, rise),
    stock: spec.stock,
    source: 'rise',
    ...rise,
    volume: millilitres(grossOf({ startVolume, endVolume, dispensed })),
  };
}

/** A report by itself. */
export function fromReport(spec: DeliverySpec, report: Report, flags: readonly string[]): Delivery {
  const { startVolume, endVolume, startTemperature, endTemperature, startedAt, endedAt } = report;
  const dispensed = report.dispensed ?? millilitres(0);
  const corrected = (volume: Millilitres, celsius: Report['endTemperature']) =>
    spec.density === null || celsius === null ? null : at15(volume, spec.density, celsius);
  const end = corrected(endVolume, endTemperature);
  const start = corrected(startVolume, startTemperature);
  const out = corrected(dispensed, endTemperature);
  return {
    key: reportKey(spec, report),
    stock: spec.stock,
    source: 'gauge',
    ...{ startedAt, endedAt, startVolume, endVolume, dispensed },
    volume: millilitres(grossOf(report)),
    volumeAt15: end === null || start === null || out === null ? null : millilitres(end - start + out),
    temperature: endTemperature,
    flags: report.dispensed === null ? [...flags, 'sales-unknown'] : flags,
  };
}

export interface Booking {
  readonly deliveries: readonly Delivery[];
  /** Part of the rise that no report claims and that is a delivery of its own. */
  readonly rest: Delivery | null;
}

/**
 * The reports of one rise, each booked under its own key. Where the station watched the whole rise, the sum is the rise's:
 * only the station knows what was dispensed meanwhile, and its levels are means of a quiet surface. Where it did not, the
 * reports stand as they are, and a rest that sales cannot explain is booked besides.
 */
export function fromBoth(spec: DeliverySpec, rise: Rise, reports: readonly Report[]): Booking {
  const whole = grossOf(rise);
  const sum = reports.reduce((all, report) => all + grossOf(report), 0);
  const rest = whole - sum;
  const inDoubt = rise.flags.includes('gap') || rise.flags.includes('sales-unknown');
  const isApart = rest >= spec.minVolume && !explainedBySales(rise, reports, rest);
  const flags = differs(whole, sum) && !isApart && !inDoubt ? ['differs'] : [];
  if (isApart || (inDoubt && rest < 0)) {
    const deliveries = reports.map((report) => fromReport(spec, report, rise.flags));
    return { deliveries, rest: isApart ? restOf(spec, rise, rest) : null };
  }
  let left = whole;
  let out: number = rise.dispensed;
  const deliveries = reports.map((report, index): Delivery => {
    const isLast = index === reports.length - 1;
    const volume = isLast ? left : Math.round((whole * grossOf(report)) / sum);
    const dispensed = isLast ? out : Math.round((rise.dispensed * grossOf(report)) / sum);
    left -= volume;
    out -= dispensed;
    const startVolume = reports.length === 1 ? rise.startVolume : report.startVolume;
    return {
      ...fromReport(spec, report, []),
      ...{ startVolume, dispensed: millilitres(dispensed), volume: millilitres(volume) },
      endVolume: millilitres(startVolume + volume - dispensed),
      volumeAt15:
        rise.volumeAt15 === null ? null : millilitres(Math.round((rise.volumeAt15 * volume) / whole)),
      temperature: report.endTemperature ?? rise.temperature,
      flags: [...rise.flags, ...flags],
    };
  });
  return { deliveries, rest: null };
}

/** Reports that do not know what was dispensed may be short by as much as was. */
function explainedBySales(rise: Rise, reports: readonly Report[], rest: number): boolean {
  const blind = reports.filter((report) => report.dispensed === null);
  const minutes = blind.reduce((sum, { startedAt, endedAt }) => sum + (endedAt - startedAt) / 60_000, 0);
  return blind.length > 0 && rest <= Math.min(rise.dispensed, minutes * mostSales);
}

function restOf(spec: DeliverySpec, rise: Rise, rest: number): Delivery {
  const { startVolume, volumeAt15 } = rise;
  const whole = grossOf(rise);
  return {
    ...fromRise(spec, rise),
    dispensed: millilitres(0),
    endVolume: millilitres(startVolume + rest),
    volume: millilitres(rest),
    volumeAt15: volumeAt15 === null ? null : millilitres(Math.round((volumeAt15 * rest) / whole)),
    flags: [...rise.flags, 'rest'],
  };
}
