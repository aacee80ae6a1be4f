/**
 * Meters that err, told from a leak. The variance of a day is made of what the meters gave too much or too little, in
 * proportion to what was sold; of what leaks, in proportion to the time; and of errors of measurement. Sales are much the
 * same from day to day, so that their variance alone cannot tell the two apart: the leak's part is what the idle hours
 * say of it, with the doubt they leave. Statistics: floats.
 */
import type { LeakEstimate } from './leak.ts';

/** A closed day, litres; at 15 degC where temperatures are known, for fuel that warms or cools errs like a meter. */
export interface BalancedDay {
  /** Gauge less book. */
  readonly variance: number;
  readonly sales: number;
  readonly hours: number;
}

/** Of the sales; positive: the meters show more than they give. `plusMinus` is two standard errors. */
export interface MeterEstimate {
  readonly share: number;
  readonly plusMinus: number;
  readonly days: number;
  readonly sales: number;
}

const fewestDays = 21;
/** As far back as the rate of the idle hours is of: a leak of other days would be booked on the meters. */
const mostDays = 30;
/** A day so far off is a theft, a delivery booked wrong, or a gauge that jumped: a step, not a slope. */
const outlying = 4;
/** The first and the last look, and a chart that errs with the level. */
const endsLitres = 40;

/** Oldest first. `rate`: what is taken off as leaked, litres an hour. null: too few days. */
export function meterEstimate(
  days: readonly BalancedDay[],
  leak: LeakEstimate | null,
  rate = sureRate(leak),
): MeterEstimate | null {
  const rest = days.slice(-mostDays).map((day) => ({ ...day, rest: day.variance - rate * day.hours }));
  const kept = withoutSteps(rest);
  const sales = kept.reduce((sum, day) => sum + day.sales, 0);
  if (kept.length < fewestDays || sales <= 0) return null;
  const share = kept.reduce((sum, day) => sum + day.rest, 0) / sales;
  const scatter = Math.sqrt(
    kept.reduce((sum, day) => sum + (day.rest - share * day.sales) ** 2, 0) / (kept.length - 1),
  );
  const hours = kept.reduce((sum, day) => sum + day.hours, 0);
  // What one day has too much the next has too little, for the most part: a look that errs is in both.
  const error = Math.hypot(
    endsLitres,
    scatter * Math.sqrt(kept.length) * 0.5,
    ((leak?.plusMinus ?? 0) / 2) * hours,
  );
  return { share, plusMinus: (2 * error) / sales, days: kept.length, sales };
}

/** Only what the idle hours are sure of: a rate within its own doubt would be taken for an error of the meters. */
function sureRate(leak: LeakEstimate | null): number {
  if (!leak) return 0;
  const { litresPerHour, plusMinus } = leak;
  return Math.sign(litresPerHour) * Math.max(0, Math.abs(litresPerHour) - plusMinus);
}

function withoutSteps<Day extends BalancedDay & { readonly rest: number }>(days: readonly Day[]): Day[] {
  const shares = days.map((day) => day.rest).sort((a, b) => a - b);
  const median = shares[Math.floor(shares.length / 2)] ?? 0;
  const distances = shares.map((each) => Math.abs(each - median)).sort((a, b) => a - b);
  const typical = Math.max(10, 1.4826 * (distances[Math.floor(distances.length / 2)] ?? 0));
  return days.filter((day) => Math.abs(day.rest - median) <= outlying * typical);
}

/**
 * `alarmShare`: the smallest error that is told, in parts of the sales. It is that large whether what the idle hours are sure
 * of is taken off or all that they say, and surely more than two thirds of it; less than half clears.
 */
export function meterFinding(
  days: readonly BalancedDay[],
  leak: LeakEstimate | null,
  alarmShare: number,
  standing: boolean,
): { readonly standing: boolean; readonly text: string } {
  const estimate = meterEstimate(days, leak);
  if (!estimate) return { standing, text: '' };
  const { share, plusMinus, days: count, sales } = estimate;
  const size = Math.abs(share);
  const withoutLeak = meterEstimate(days, leak, leak?.litresPerHour ?? 0)?.share ?? 0;
  const least = Math.min(size, Math.sign(share) * withoutLeak);
  const holds = standing
    ? size > alarmShare / 2
    : least > alarmShare && size - plusMinus > (alarmShare * 2) / 3;
  const percent = (part: number): string => (part * 100).toFixed(2);
  const text = `the meters ${share < 0 ? 'give more than they show' : 'show more than they give'}: ${percent(size)} % (+/- ${percent(plusMinus)}) of ${Math.round(sales)} L in ${count} days. Have them checked with a proving can.`;
  return { standing: holds, text };
}
