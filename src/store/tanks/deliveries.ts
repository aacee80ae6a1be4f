/** Deliveries as booked: each once, by its key. */
import type { Database } from 'better-sqlite3';
import type { Delivery } from '../../model/tank.ts';
import type { CentiCelsius, Instant, Millilitres } from '../../model/units.ts';

export interface StoredDelivery extends Delivery {
  readonly number: number;
  readonly grade: string;
  readonly businessDate: string;
}

export interface Deliveries {
  /** Its number, or null when one with this key is there already. */
  add(delivery: Delivery, more: { grade: string; businessDate: string }): number | null;
  /** Newest first. */
  recent(query: { limit: number; stock?: string }): StoredDelivery[];
  /** Of one stock, booked after the delivery of this number, oldest first. */
  after(stock: string, number: number): StoredDelivery[];
  /** The highest number of any stock; 0 when there is none. */
  newest(): number;
}

interface Row {
  number: number;
  key: string;
  stock: string;
  grade: string;
  source: Delivery['source'];
  startedAt: Instant;
  endedAt: Instant;
  businessDate: string;
  startVolume: Millilitres;
  endVolume: Millilitres;
  dispensed: Millilitres;
  volume: Millilitres;
  volumeAt15: Millilitres | null;
  temperature: CentiCelsius | null;
  flags: string;
}

export function createDeliveries(db: Database): Deliveries {
  const columns = `number, key, stock, grade, source, started_at AS startedAt, ended_at AS endedAt,
    business_date AS businessDate, start_volume AS startVolume, end_volume AS endVolume, dispensed, volume,
    volume_at15 AS volumeAt15, temperature, flags`;
  const add = db.prepare<[Omit<Row, 'number'>]>(
    `INSERT INTO deliveries (key, stock, grade, source, started_at, ended_at, business_date, start_volume, end_volume,
       dispensed, volume, volume_at15, temperature, flags)
     VALUES (@key, @stock, @grade, @source, @startedAt, @endedAt, @businessDate, @startVolume, @endVolume,
       @dispensed, @volume, @volumeAt15, @temperature, @flags)
     ON CONFLICT (key) DO NOTHING`,
  );
  const recent = db.prepare<[string | null, string | null, number], Row>(
    `SELECT ${columns} FROM deliveries WHERE (? IS NULL OR stock = ?) ORDER BY number DESC LIMIT ?`,
  );
  const after = db.prepare<[string, number], Row>(
    `SELECT ${columns} FROM deliveries WHERE stock = ? AND number > ? ORDER BY number`,
  );
  const newest = db.prepare<[], number | null>('SELECT max(number) FROM deliveries').pluck();
  const stored = (row: Row): StoredDelivery => ({ ...row, flags: JSON.parse(row.flags) as string[] });
  return {
    add(delivery, { grade, businessDate }) {
      const flags = JSON.stringify(delivery.flags);
      const { changes, lastInsertRowid } = add.run({ ...delivery, grade, businessDate, flags });
      return changes === 0 ? null : Number(lastInsertRowid);
    },
    recent: ({ limit, stock = null }) => recent.all(stock, stock, limit).map(stored),
    after: (stock, number) => after.all(stock, number).map(stored),
    newest: () => newest.get() ?? 0,
  };
}
