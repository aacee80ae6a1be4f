/** Levels of tanks over time, as thin as they were told. */
import type { Database } from 'better-sqlite3';
import type { TankQuality } from '../../model/tank.ts';
import type { CentiCelsius, Instant, Millilitres, TenthMillimetres } from '../../model/units.ts';

export interface StoredLevel {
  readonly tank: string;
  readonly at: Instant;
  readonly quality: TankQuality;
  readonly volume: Millilitres | null;
  readonly volumeAt15: Millilitres | null;
  readonly height: TenthMillimetres | null;
  readonly water: TenthMillimetres | null;
  readonly temperature: CentiCelsius | null;
}

export interface TankLevels {
  /** One that is there already for this tank and time stays. */
  add(level: StoredLevel): void;
  /** null: there is none. */
  newest(tank: string): StoredLevel | null;
  /** Oldest first; of more than `most` every n-th. */
  between(tank: string, from: Instant, to: Instant, most: number): StoredLevel[];
  /** Deletes at most `limit` of the oldest before this instant; returns how many. */
  prune(before: Instant, limit: number): number;
}

export function createTankLevels(db: Database): TankLevels {
  const columns = 'tank, at, quality, volume, volume_at15 AS volumeAt15, height, water, temperature';
  const add = db.prepare<[StoredLevel]>(
    `INSERT OR IGNORE INTO tank_levels (tank, at, quality, volume, volume_at15, height, water, temperature)
     VALUES (@tank, @at, @quality, @volume, @volumeAt15, @height, @water, @temperature)`,
  );
  const newest = db.prepare<[string], StoredLevel>(
    `SELECT ${columns} FROM tank_levels WHERE tank = ? ORDER BY at DESC LIMIT 1`,
  );
  const between = db.prepare<[string, number, number], StoredLevel>(
    `SELECT ${columns} FROM tank_levels WHERE tank = ? AND at BETWEEN ? AND ? ORDER BY at`,
  );
  const prune = db.prepare<[number, number]>(
    `DELETE FROM tank_levels WHERE (tank, at) IN
       (SELECT tank, at FROM tank_levels WHERE at < ? ORDER BY at LIMIT ?)`,
  );
  return {
    add: (level) => void add.run(level),
    newest: (tank) => newest.get(tank) ?? null,
    between(tank, from, to, most) {
      const all = between.all(tank, from, to);
      const step = Math.max(1, Math.ceil(all.length / most));
      // counted from the newest, which is always shown
      return all.filter((_, index) => (all.length - 1 - index) % step === 0);
    },
    prune: (before, limit) => prune.run(before, limit).changes,
  };
}
