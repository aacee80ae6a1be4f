/** Sold volumes, summed for tanks, demand and load. */
import type { Database } from 'better-sqlite3';
import { type Instant, type Millilitres, millilitres } from '../../model/units.ts';

export interface HourVolume {
  readonly fuellingPoint: string;
  readonly tank: string | null;
  readonly grade: string;
  /** Local hours since 1970: divided by 24 the rest is the hour of the day, and the whole the day. */
  readonly hour: number;
  readonly sales: number;
  readonly volume: Millilitres;
}

export interface Volumes {
  /** Of the sales after this id, by tank, with the highest id of each. */
  byTankAfter(id: number): { tank: string | null; volume: Millilitres; newest: number }[];
  /** Sold out of these tanks by sales that ended after `from` and not after `to`. */
  between(tanks: readonly string[], from: Instant, to: Instant): Millilitres;
  /** When the first sale of all ended; null: there is none. */
  firstSaleAt(): Instant | null;
  /** Of sales that ended from `from` on and before `to`, by place and hour; `offsetMs`: local time less UTC. */
  byHour(from: Instant, to: Instant, offsetMs: number): HourVolume[];
}

/** A number is bound as REAL: cast where whole hours are wanted. */
export function createVolumes(db: Database): Volumes {
  const byTank = db.prepare<[number], { tank: string | null; volume: Millilitres; newest: number }>(
    'SELECT tank, sum(volume) AS volume, max(id) AS newest FROM sales WHERE id > ? GROUP BY tank',
  );
  const byHour = db.prepare<[number, number, number], HourVolume>(
    `SELECT fuelling_point AS fuellingPoint, tank, grade, (ended_at + CAST(? AS INTEGER)) / 3600000 AS hour,
       count(*) AS sales, sum(volume) AS volume
     FROM sales WHERE ended_at >= ? AND ended_at < ? GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4`,
  );
  const between = db
    .prepare<[number, number, string], Millilitres | null>(
      `SELECT sum(volume) FROM sales
       WHERE ended_at > ? AND ended_at <= ? AND tank IN (SELECT value FROM json_each(?))`,
    )
    .pluck();
  const first = db.prepare<[], Instant | null>('SELECT min(ended_at) FROM sales').pluck();
  return {
    firstSaleAt: () => first.get() ?? null,
    between: (tanks, from, to) => between.get(from, to, JSON.stringify(tanks)) ?? millilitres(0),
    byTankAfter: (id) => byTank.all(id),
    byHour: (from, to, offsetMs) => byHour.all(offsetMs, from, to),
  };
}
