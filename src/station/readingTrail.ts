/** The readings of each point's running fuelling, thinned as they grow, and of the last sales: evidence, kept in memory only. */
import type { SaleKey } from '../model/ids.ts';
import type { DispenserReading, LiveReading } from '../model/readings.ts';
import type { FuellingSale } from '../model/sale.ts';
import { rfc3339 } from './businessDay.ts';

export interface TrailReading {
  readonly at: string;
  readonly state: string;
  readonly volumeMl: number | null;
  readonly amount: number | null;
}

export interface ReadingTrail {
  note(fuellingPoint: string, reading: DispenserReading): void;
  /** Keeps the readings of a sale that was just recorded. */
  sold(sale: FuellingSale): void;
  /** null: not kept (any more). */
  of(sale: SaleKey): readonly TrailReading[] | null;
}

const mostReadings = 120;
const mostSales = 50;
const aroundMs = 5000;

interface Series {
  readings: LiveReading[];
  /** Each so-manieth reading is kept. */
  stride: number;
  skipped: number;
}
const fresh = (): Series => ({ readings: [], stride: 1, skipped: 0 });
const atRest = (state: LiveReading['state']): boolean =>
  state === 'idle' || state === 'closed' || state === 'inoperative' || state === 'completed';

export function createReadingTrail(): ReadingTrail {
  const points = new Map<string, { now: Series; before: readonly LiveReading[]; rested: boolean }>();
  const sales = new Map<SaleKey, readonly TrailReading[]>();

  return {
    note(fuellingPoint, reading) {
      if (reading.kind !== 'live') return;
      const point = points.get(fuellingPoint) ?? { now: fresh(), before: [], rested: true };
      points.set(fuellingPoint, point);
      const rests = atRest(reading.state);
      if (rests && point.rested) return;
      if (!rests && point.rested) [point.before, point.now] = [point.now.readings, fresh()];
      point.rested = rests;
      add(point.now, reading, rests);
    },
    sold(sale) {
      const point = points.get(sale.fuellingPoint);
      const from = (sale.liftedAt ?? sale.startedAt ?? sale.endedAt) - aroundMs;
      const readings = [...(point?.before ?? []), ...(point?.now.readings ?? [])].filter(
        ({ at }) => at >= from && at <= sale.endedAt + aroundMs,
      );
      if (readings.length > 0) sales.set(sale.key, readings.map(trailReading));
      const [oldest] = sales.keys();
      if (sales.size > mostSales && oldest !== undefined) sales.delete(oldest);
    },
    of: (sale) => sales.get(sale) ?? null,
  };
}

/** `last`: the reading that ends it is always kept. */
function add(series: Series, reading: LiveReading, last: boolean): void {
  series.skipped += 1;
  if (series.skipped < series.stride && !last) return;
  series.skipped = 0;
  if (series.readings.length >= mostReadings) {
    series.readings = series.readings.filter((_, n) => n % 2 === 0);
    series.stride *= 2;
  }
  series.readings.push(reading);
}

const trailReading = ({ at, state, volume, amount }: LiveReading): TrailReading => ({
  at: rfc3339(at),
  state,
  volumeMl: volume,
  amount,
});
