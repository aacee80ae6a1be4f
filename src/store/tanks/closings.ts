/** The balances of days and months that are over, one for each stock. */
import type { Database } from 'better-sqlite3';
import type { Verdict } from '../../model/tankEvents.ts';
import type { Instant, Millilitres } from '../../model/units.ts';

export interface Closing {
  readonly stock: string;
  readonly period: 'day' | 'month';
  /** Business dates, both included. */
  readonly from: string;
  readonly to: string;
  readonly grade: string;
  readonly opening: Millilitres | null;
  readonly deliveries: Millilitres;
  readonly sales: Millilitres;
  /** Measured at the end. */
  readonly gauge: Millilitres | null;
  /** Variance and sales at 15 degC; null: temperatures are not known. Months have none. */
  readonly variance15: number | null;
  readonly sales15: number | null;
  /** From the first look to the last. */
  readonly hours: number;
  readonly verdict: Verdict;
  readonly reasons: readonly string[];
  readonly closedAt: Instant;
}

export interface Closings {
  /** false: it is closed already. */
  add(closing: Closing): boolean;
  /** Days of a stock, oldest first, at most the last `count`. */
  lastDays(stock: string, count: number): Closing[];
  /** Whose first date lies in the range, by stock and date. */
  between(period: 'day' | 'month', from: string, to: string): Closing[];
}

interface Row extends Omit<Closing, 'reasons'> {
  reasons: string;
}

export function createClosings(db: Database): Closings {
  const columns = `stock, period, first_date AS "from", last_date AS "to", grade, opening, deliveries, sales, gauge,
    variance15, sales15, hours, verdict, reasons, closed_at AS closedAt`;
  const add = db.prepare<[Row]>(
    `INSERT INTO balances_closed (stock, period, first_date, last_date, grade, opening, deliveries, sales, gauge,
       variance15, sales15, hours, verdict, reasons, closed_at)
     VALUES (@stock, @period, @from, @to, @grade, @opening, @deliveries, @sales, @gauge,
       @variance15, @sales15, @hours, @verdict, @reasons, @closedAt)
     ON CONFLICT DO NOTHING`,
  );
  const lastDays = db.prepare<[string, number], Row>(
    `SELECT ${columns} FROM balances_closed WHERE stock = ? AND period = 'day' ORDER BY first_date DESC LIMIT ?`,
  );
  const between = db.prepare<[string, string, string], Row>(
    `SELECT ${columns} FROM balances_closed WHERE period = ? AND first_date BETWEEN ? AND ? ORDER BY stock, first_date`,
  );
  const closing = (row: Row): Closing => ({ ...row, reasons: JSON.parse(row.reasons) as string[] });
  return {
    add: (each) => add.run({ ...each, reasons: JSON.stringify(each.reasons) }).changes === 1,
    lastDays: (stock, count) => lastDays.all(stock, count).reverse().map(closing),
    between: (period, from, to) => between.all(period, from, to).map(closing),
  };
}
