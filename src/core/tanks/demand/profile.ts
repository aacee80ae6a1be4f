/** How much is usually sold in each hour of the week. Statistics: floats, no sums of money or stock. */
import { type Millilitres, millilitres } from '../../../model/units.ts';
import { type Bag, bag, finite, integer, invalid, list, version } from '../stored.ts';

const demandVersion = 1;
const cellsOfWeek = 168;
/** A week counts three quarters of the week after it. */
const newShare = 0.25;
/** From so many hours on there is a demand at all, and from so many on there is one for each hour of the week. */
const fewest = 24;
const wholeWeek = 168;

/** An hour of the station's week by its local time: weekday 0 (Monday) to 6, hour 0 to 23. */
export interface WeekHour {
  readonly weekday: number;
  readonly hour: number;
}

export interface DemandProfile {
  readonly version: number;
  /** By weekday * 24 + hour: mean millilitres of the hour, and how many of them were learned. */
  readonly cells: readonly { readonly mean: number; readonly count: number }[];
}

export const freshDemand = (): DemandProfile => ({
  version: demandVersion,
  cells: Array.from({ length: cellsOfWeek }, () => ({ mean: 0, count: 0 })),
});

const indexOf = ({ weekday, hour }: WeekHour): number => weekday * 24 + hour;

/** One whole hour is over, of which all sales are known. Newer weeks count more. */
export function learnDemand(profile: DemandProfile, hour: WeekHour, sold: Millilitres): DemandProfile {
  const index = indexOf(hour);
  const cells = profile.cells.map((cell, at) => {
    if (at !== index) return cell;
    const share = Math.max(newShare, 1 / (cell.count + 1));
    return { mean: cell.mean + share * (sold - cell.mean), count: cell.count + 1 };
  });
  return { ...profile, cells };
}

/** `none`: too little was learned; `flat`: every hour is the mean hour; `week`: each hour of the week by itself. */
export type DemandBasis = 'none' | 'flat' | 'week';

export function demandBasis({ cells }: DemandProfile): DemandBasis {
  const learned = cells.reduce((sum, cell) => sum + cell.count, 0);
  if (learned < fewest) return 'none';
  return learned >= wholeWeek && cells.every((cell) => cell.count > 0) ? 'week' : 'flat';
}

/** Millilitres expected in an hour; 0 when nothing is known. */
export function hourlyDemand(profile: DemandProfile): (hour: WeekHour) => number {
  const basis = demandBasis(profile);
  if (basis === 'none') return () => 0;
  if (basis === 'week') return (hour) => profile.cells[indexOf(hour)]?.mean ?? 0;
  const count = profile.cells.reduce((sum, cell) => sum + cell.count, 0);
  const mean = profile.cells.reduce((sum, cell) => sum + cell.mean * cell.count, 0) / count;
  return () => mean;
}

/** Of a mean day. */
export function dailyDemand(profile: DemandProfile): Millilitres {
  const at = hourlyDemand(profile);
  let sum = 0;
  for (let index = 0; index < cellsOfWeek; index++)
    sum += at({ weekday: Math.floor(index / 24), hour: index % 24 });
  return millilitres(Math.round(sum / 7));
}

/** Throws TANK_STATE_INVALID for anything that `learnDemand` did not make. */
export function parseDemand(json: unknown): DemandProfile {
  const from = bag(json, 'object');
  version(from, demandVersion);
  const cells = list(from, 'cells', (value) => cell(bag(value, 'cell')), cellsOfWeek);
  if (cells.length !== cellsOfWeek) throw invalid('cells', cells);
  return { version: demandVersion, cells };
}

function cell(from: Bag): DemandProfile['cells'][number] {
  const [mean, count] = [finite(from, 'mean'), integer(from, 'count')];
  if (mean < 0 || count < 0) throw invalid('cell', mean);
  return { mean, count };
}
