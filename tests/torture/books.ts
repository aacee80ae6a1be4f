/** The database as it lies on the disk after the daemon has ended. */
import Database from 'better-sqlite3';
import type { Stream } from '../../src/model/events.ts';

export interface BookedSale {
  readonly key: string;
  readonly fuellingPoint: string;
  readonly nozzle: string;
  readonly volume: number;
  readonly amount: number | null;
  readonly saleNumber: number | null;
  readonly quality: 'seen' | 'recovered';
  readonly flags: readonly string[];
  readonly attribution: string;
  readonly reason: string;
  readonly member: string | null;
  readonly liftedAt: number | null;
  readonly recordedAt: number;
  /** Posted to the member's account for this sale; null: it has no member. */
  readonly points: number | null;
}

export interface JournalEntry {
  readonly stream: Stream;
  readonly seq: number;
  readonly type: string;
  readonly at: number;
  readonly data: Record<string, unknown>;
}

export interface Books {
  readonly epoch: string;
  /** In the order of recording. */
  readonly sales: readonly BookedSale[];
  readonly journal: readonly JournalEntry[];
  /** By account: the kept balance, and the sum of its postings. */
  readonly accounts: readonly { readonly account: string; readonly kept: number; readonly posted: number }[];
  readonly setAside: number;
  /** What SQLite says of the file; `ok` alone when it is sound. */
  readonly integrity: readonly string[];
}

interface SaleRow {
  key: string;
  fuelling_point: string;
  nozzle: string;
  volume: number;
  amount: number | null;
  sale_number: number | null;
  quality: 'seen' | 'recovered';
  flags: string;
  attribution: string;
  reason: string;
  member: string | null;
  lifted_at: number | null;
  recorded_at: number;
  points: number | null;
}

export function readBooks(path: string): Books {
  const db = new Database(path, { readonly: true });
  try {
    const sales = db.prepare<[], SaleRow>(
      `SELECT s.*, (SELECT sum(p.points) FROM ledger_transactions t JOIN postings p ON p.entry = t.number
         WHERE t.sale = s.key AND p.account = 'member:' || s.member) AS points FROM sales s ORDER BY s.id`,
    );
    const journal = (stream: Stream): JournalEntry[] =>
      db
        .prepare<[], { seq: number; type: string; at: number; data: string }>(
          `SELECT seq, type, at, data FROM journal_${stream} ORDER BY seq`,
        )
        .all()
        .map(({ data, ...row }) => ({ stream, ...row, data: JSON.parse(data) as Record<string, unknown> }));
    return {
      epoch: String(db.prepare("SELECT value FROM meta WHERE name = 'epoch'").pluck().get()),
      sales: sales.all().map((row) => ({
        key: row.key,
        fuellingPoint: row.fuelling_point,
        nozzle: row.nozzle,
        volume: row.volume,
        amount: row.amount,
        saleNumber: row.sale_number,
        quality: row.quality,
        flags: JSON.parse(row.flags) as string[],
        attribution: row.attribution,
        reason: row.reason,
        member: row.member,
        liftedAt: row.lifted_at,
        recordedAt: row.recorded_at,
        // A few hundred millilitres earn nothing, and nothing is posted then.
        points: row.member === null ? row.points : (row.points ?? 0),
      })),
      journal: [...journal('business'), ...journal('telemetry')],
      accounts: db
        .prepare<[], { account: string; kept: number; posted: number }>(
          `SELECT b.account, b.points AS kept,
             (SELECT coalesce(sum(p.points), 0) FROM postings p WHERE p.account = b.account) AS posted FROM balances b`,
        )
        .all(),
      setAside: Number(db.prepare('SELECT count(*) FROM set_aside').pluck().get()),
      integrity: db.prepare<[], string>('PRAGMA integrity_check').pluck().all(),
    };
  } finally {
    db.close();
  }
}
