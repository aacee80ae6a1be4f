/** M172: how long the fuel in the ground lasts at the usual demand. */
import { type Millilitres, millilitres } from '../../../model/units.ts';
import { type DemandProfile, demandBasis, hourlyDemand, type WeekHour } from './profile.ts';

/** The station's local time as data. */
export interface WeekMoment extends WeekHour {
  /** 0 to 59. */
  readonly minute: number;
}

export interface Cover {
  /** Until only what cannot be pumped is left; null: not known, or longer than `longestHours`. */
  readonly hours: number | null;
  readonly text: string;
}

export const longestHours = 60 * 24;

/** Hours in words, as a manager says them. */
export function span(hours: number): string {
  if (hours < 1) return 'less than an hour';
  const whole = Math.floor(hours);
  if (whole < 48) return whole === 1 ? 'an hour' : `${whole} hours`;
  return `${Math.floor(hours / 24)} days`;
}

/** Walks from now on over the hours of the week, the first of them a part; `visit` returns true to end. */
function walk(now: WeekMoment, visit: (hour: WeekHour, share: number, passed: number) => boolean): void {
  const first = now.weekday * 24 + now.hour;
  let passed = 0;
  for (let index = 0; passed < longestHours; index++) {
    const share = index === 0 ? (60 - now.minute) / 60 : 1;
    const hour = (first + index) % 168;
    if (visit({ weekday: Math.floor(hour / 24), hour: hour % 24 }, share, passed)) return;
    passed += share;
  }
}

/** Millilitres that are usually sold in the next `hours`. */
export function demandOver(profile: DemandProfile, now: WeekMoment, hours: number): Millilitres {
  const demand = hourlyDemand(profile);
  let sum = 0;
  walk(now, (hour, share, passed) => {
    if (passed >= hours) return true;
    sum += demand(hour) * Math.min(share, hours - passed);
    return false;
  });
  return millilitres(Math.round(sum));
}

/** Hours until `volume` is sold; null: not within `longestHours`. */
export function hoursUntilSold(profile: DemandProfile, now: WeekMoment, volume: number): number | null {
  if (volume <= 0) return 0;
  const demand = hourlyDemand(profile);
  let left = volume;
  let found: number | null = null;
  walk(now, (hour, share, passed) => {
    const sold = demand(hour) * share;
    if (sold >= left && sold > 0) {
      found = passed + share * (left / sold);
      return true;
    }
    left -= sold;
    return false;
  });
  return found;
}

/** `unusable`: what is to stay in the tank, the critical level for example. */
export function cover(
  stock: Millilitres,
  unusable: Millilitres,
  profile: DemandProfile,
  now: WeekMoment,
): Cover {
  const basis = demandBasis(profile);
  if (basis === 'none') return { hours: null, text: 'less than a day of sales is known' };
  if (stock <= unusable) return { hours: 0, text: 'it is down to the critical level' };
  const hours = hoursUntilSold(profile, now, stock - unusable);
  if (hours === null) return { hours: null, text: `longer than ${longestHours / 24} days` };
  const how = basis === 'flat' ? 'at the mean demand, for less than a week is known' : 'at the usual demand';
  return { hours, text: `${span(hours)} ${how}` };
}
