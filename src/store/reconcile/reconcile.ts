/** The day's accounts: sales, credits, ledger, totalizers and journal must tell the same. */
import type { Database } from 'better-sqlite3';
import { walkBalances } from '../verify/balances.ts';
import { createFindings, slice } from '../verify/findings.ts';
import type { Progress } from '../verify/verify.ts';
import { walkCompleted } from './completed.ts';
import { createNozzles, type NozzleTotals } from './nozzles.ts';
import { type BookedSale, createCreditCheck } from './saleCredit.ts';
import {
  createTally,
  type DateRange,
  type DayTotals,
  type Difference,
  inRange,
  type Tally,
} from './tally.ts';

export interface Reconciliation extends DateRange {
  readonly agrees: boolean;
  readonly days: readonly DayTotals[];
  readonly nozzles: readonly NozzleTotals[];
  /** At most 1,000. */
  readonly differences: readonly Difference[];
  readonly differenceCount: number;
}

interface SaleRow extends BookedSale {
  readonly fuelling_point: string;
  readonly nozzle: string;
  readonly volume: number;
  readonly amount: number | null;
  readonly totalizer_start: number;
  readonly totalizer_end: number;
  readonly quality: string;
}

/** By the highest numbers, which costs nothing; exact enough for a progress line. */
const rowCount =
  'SELECT (SELECT 2 * coalesce(max(id), 0) FROM sales) + (SELECT 2 * coalesce(max(number), 0) FROM ledger_transactions)';

/** Sales of the business dates in `range`; balances always over all. Changes nothing; yields after each slice of a few milliseconds. */
export function* reconcile(db: Database, range: DateRange): Generator<Progress, Reconciliation> {
  const tally = createTally();
  const nozzles = createNozzles(tally);
  const creditOf = createCreditCheck(db, tally);
  const page = db.prepare<[number, number], SaleRow>(
    `SELECT id, key, fuelling_point, nozzle, volume, amount, totalizer_start, totalizer_end, quality, attribution, member,
       business_date FROM sales WHERE id > ? ORDER BY id LIMIT ?`,
  );
  const kept = db.prepare<[], Sums>('SELECT count, volume, amount FROM sale_totals');
  const sums = { count: 0, volume: 0, amount: 0 };
  const total = db.prepare<[], number>(rowCount).pluck().get() ?? 0;
  let done = 0;
  const progress = (more: number): Progress => {
    done += more;
    return { done, total: Math.max(done, total) };
  };

  for (let last = 0, full = true; full; ) {
    const sales = page.all(last, slice);
    for (const sale of sales) {
      last = sale.id;
      sums.count += 1;
      sums.volume += sale.volume;
      sums.amount += sale.amount ?? 0;
      if (!inRange(range, sale.business_date)) continue;
      const day = tally.day(sale.business_date);
      day.sales += 1;
      day.volumeMl += sale.volume;
      day.amount += sale.amount ?? 0;
      day.points += creditOf(sale);
      if (sale.attribution === 'unclaimed') day.unclaimed += 1;
      if (sale.attribution === 'ambiguous') day.ambiguous += 1;
      if (sale.quality === 'recovered') day.recovered += 1;
      nozzles.add(sale);
    }
    full = sales.length === slice;
    if (full) yield progress(sales.length);
    else compareTotals(kept.get(), sums, tally);
  }
  const totals = nozzles.close();
  for (const read of walkCompleted(db, range, tally)) yield progress(read);
  const findings = createFindings();
  for (const read of walkBalances(db, findings)) yield progress(read);
  for (const { table, row, problem } of findings.list) {
    const mend = 'Keep the database and run `forecourt verify`: a row was changed from outside.';
    tally.differ({
      businessDate: null,
      what: `${table === 'balances' ? 'balance' : table} ${row}`,
      problem,
      mend,
    });
  }
  return {
    ...range,
    agrees: tally.count === 0,
    days: tally.days(),
    nozzles: totals,
    differences: tally.differences,
    differenceCount: tally.count,
  };
}

interface Sums {
  readonly count: number;
  readonly volume: number;
  readonly amount: number;
}

/** The sums that are shown and kept from sale to sale. */
function compareTotals(kept: Sums | undefined, sums: Sums, tally: Tally): void {
  const text = ({ count, volume, amount }: Sums): string => `${count} sales, ${volume} ml, amount ${amount}`;
  if (kept !== undefined && text(kept) === text(sums)) return;
  tally.differ({
    businessDate: null,
    what: 'totals',
    problem: `kept as ${kept === undefined ? 'nothing' : text(kept)}, but the sales come to ${text(sums)}`,
    mend: 'Keep the database and run `forecourt verify`: a row was changed from outside.',
  });
}
