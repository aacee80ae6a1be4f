/** A look at a stock: the tanks of one manifold together, with what the meters say. */
import type { StockSample } from '../../model/tank.ts';
import {
  type CentiCelsius,
  centiCelsius,
  type Millilitres,
  type MonoMs,
  millilitres,
} from '../../model/units.ts';
import type { TankLevel } from './level.ts';

export interface StockMember {
  readonly tank: string;
  /** The newest; null: none yet. */
  readonly level: TankLevel | null;
}

/** What the station knows besides; as in StockSample. */
export type Outflow = Pick<StockSample, 'dispensed' | 'active'>;

/** `sample` null: some tank is not known, `why` says which. */
export type StockLook =
  | { readonly sample: StockSample; readonly why: null }
  | { readonly sample: null; readonly why: string };

/** Levels of one stock that lie further apart are no look at one moment. */
const farthestApartMs = 120_000;

/** Levels older than `staleMs` on the monotonic clock are none. The sample's time is that of the newest level. */
export function stockSample(
  members: readonly StockMember[],
  outflow: Outflow,
  now: MonoMs,
  staleMs: number,
): StockLook {
  const levels: (TankLevel & { volume: Millilitres })[] = [];
  for (const { tank, level } of members) {
    if (!level) return { sample: null, why: `tank ${tank} was not read yet` };
    const { volume } = level;
    if (level.quality === 'bad' || volume === null)
      return { sample: null, why: `tank ${tank}: ${level.reason}` };
    if (now - level.mono > staleMs) return { sample: null, why: `tank ${tank} is not read any more` };
    levels.push({ ...level, volume });
  }
  const newest = levels.reduce((a, b) => (b.at > a.at ? b : a), levels[0] as TankLevel);
  if (!newest) return { sample: null, why: 'the stock has no tanks' };
  const apart = newest.mono - Math.min(...levels.map((level) => level.mono));
  if (apart > farthestApartMs)
    return { sample: null, why: `the tanks were read ${Math.round(apart / 1000)} s apart` };
  const flags = levels.map((level) => level.deliveryInProgress);
  const volume = levels.reduce((sum, level) => sum + level.volume, 0);
  return {
    why: null,
    sample: {
      at: newest.at,
      volume: millilitres(volume),
      temperature: meanTemperature(levels, volume),
      volumeAt15: levels.some((level) => level.volumeAt15 === null)
        ? null
        : millilitres(levels.reduce((sum, level) => sum + (level.volumeAt15 ?? 0), 0)),
      ...outflow,
      deliveryInProgress: flags.includes(true) ? true : flags.includes(null) ? null : false,
    },
  };
}

/** Weighted by volume. */
function meanTemperature(
  levels: readonly (TankLevel & { volume: Millilitres })[],
  total: number,
): CentiCelsius | null {
  let sum = 0;
  for (const { temperature, volume } of levels) {
    if (temperature === null) return null;
    sum += total > 0 ? (temperature * volume) / total : temperature / levels.length;
  }
  return centiCelsius(Math.round(sum));
}
