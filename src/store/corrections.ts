/** What people corrected of sales: who, when, why, before and after. Rows are only added; the database refuses anything else. */
import type { Database } from 'better-sqlite3';
import { ForecourtError } from '../model/errors.ts';
import { type SaleKey, saleKey } from '../model/ids.ts';
import type { Attribution, Credit } from '../model/sale.ts';
import { type Instant, instant } from '../model/units.ts';
import { type BookRow, contentOf, type Seals } from './seals.ts';
import type { Transactions } from './transactions.ts';

export type CorrectionKind = 'assigned' | 'reassigned' | 'voided';

/** A correction as it is added; its number comes from the store. */
export interface NewCorrection {
  /** The asker's own id of the request, so that a repeated one is known; null: none was given. */
  readonly request: string | null;
  readonly sale: SaleKey;
  readonly kind: CorrectionKind;
  readonly at: Instant;
  readonly by: string;
  /** Of the operating system; null: not told. */
  readonly user: string | null;
  readonly reason: string;
  readonly before: Standing;
  readonly after: Standing;
  /** What could not be known and was taken instead. */
  readonly notes: readonly string[];
}
export interface Correction extends NewCorrection {
  readonly number: number;
}

/** Whose a sale is and what it earned. */
export interface Standing {
  readonly attribution: Attribution;
  readonly credit: Credit | null;
}

export interface Corrections {
  /** The number that the next one gets. */
  next(): number;
  /** Returns the number. */
  add(correction: NewCorrection): number;
  /** Oldest first. */
  of(sale: SaleKey): Correction[];
  byRequest(request: string): Correction | null;
}

interface Row {
  number: number;
  request: string | null;
  sale: string;
  kind: CorrectionKind;
  at: number;
  decided_by: string;
  user: string | null;
  reason: string;
  before: string;
  after: string;
  notes: string;
}

export function createCorrections(db: Database, transactions: Transactions, seals: Seals): Corrections {
  const next = db.prepare<[], number>('SELECT coalesce(max(number), 0) + 1 FROM corrections').pluck();
  const add = db.prepare<[Omit<Row, 'number'> & { credit: string | null; seal: number }], Row & BookRow>(
    `INSERT INTO corrections (request, sale, kind, at, decided_by, user, reason, before, after, notes, credit, seal)
     VALUES (@request, @sale, @kind, @at, @decided_by, @user, @reason, @before, @after, @notes, @credit, @seal) RETURNING *`,
  );
  const columns = 'number, request, sale, kind, at, decided_by, user, reason, before, after, notes';
  const of = db.prepare<[string], Row>(`SELECT ${columns} FROM corrections WHERE sale = ? ORDER BY number`);
  const byRequest = db.prepare<[string], Row>(`SELECT ${columns} FROM corrections WHERE request = ?`);

  return {
    next: () => next.get() ?? 1,
    add(correction) {
      const values = {
        request: correction.request,
        sale: correction.sale,
        kind: correction.kind,
        at: correction.at,
        decided_by: correction.by,
        user: correction.user,
        reason: correction.reason,
        before: JSON.stringify(correction.before),
        after: JSON.stringify(correction.after),
        notes: JSON.stringify(correction.notes),
        credit: correction.after.credit && JSON.stringify(correction.after.credit),
      };
      return transactions.atomic(() => {
        const row = add.get({ ...values, seal: seals.next() });
        if (row === undefined) throw new ForecourtError('INTERNAL', 'a correction was not added');
        seals.add('correction', row.number, contentOf(row));
        return row.number;
      });
    },
    of: (sale) => of.all(sale).map(correctionOf),
    byRequest(request) {
      const row = byRequest.get(request);
      return row === undefined ? null : correctionOf(row);
    },
  };
}

const correctionOf = (row: Row): Correction => ({
  number: row.number,
  request: row.request,
  sale: saleKey(row.sale),
  kind: row.kind,
  at: instant(row.at),
  by: row.decided_by,
  user: row.user,
  reason: row.reason,
  before: JSON.parse(row.before) as Standing,
  after: JSON.parse(row.after) as Standing,
  notes: JSON.parse(row.notes) as string[],
});
