/** Whether the database is sound and its books agree. */
import type { Database } from 'better-sqlite3';
import { asForecourtError } from '../model/errors.ts';
import { streams } from '../model/events.ts';
import { assertDurable, quickCheck } from './file.ts';

/** Each finds what must not be, one text a row. */
const questions: readonly string[] = [
  `SELECT 'table ' || "table" || ' row ' || rowid || ' points at nothing in ' || parent FROM pragma_foreign_key_check`,
  `SELECT 'ledger transaction ' || id || ' sums to ' || sum(points)
     FROM ledger_transactions JOIN postings ON entry = number GROUP BY number HAVING sum(points) <> 0`,
  `SELECT 'account ' || account || ' has balance ' || coalesce(b.points, 0) || ' but postings of ' || coalesce(p.points, 0)
     FROM balances b FULL JOIN (SELECT account, sum(points) AS points FROM postings GROUP BY account) p USING (account)
     WHERE coalesce(b.points, 0) <> coalesce(p.points, 0)`,
  `SELECT 'the totals of all sales are kept as ' || t.count || ', ' || t.volume || ', ' || t.amount || ' but are ' || s.count || ', ' || s.volume || ', ' || s.amount
     FROM sale_totals t, (SELECT count(*) AS count, coalesce(sum(volume), 0) AS volume, coalesce(sum(amount), 0) AS amount FROM sales) s
     WHERE (t.count, t.volume, t.amount) <> (s.count, s.volume, s.amount)`,
  ...streams.flatMap((stream) => [
    `SELECT 'journal ${stream} has ' || count(*) || ' rows from ' || min(seq) || ' to ' || max(seq)
       FROM journal_${stream} HAVING count(*) <> max(seq) - min(seq) + 1`,
    `SELECT 'cursor ' || name || ' of ${stream} stands beyond the journal' FROM cursors
       WHERE stream = '${stream}' AND seq > (SELECT coalesce(max(seq), 0) FROM journal_${stream})`,
  ]),
];

/** Reads the whole database: seconds on a large one. At most ten problems of each kind. */
export function audit(db: Database): { ok: boolean; problems: string[] } {
  const problems = quickCheck(db);
  try {
    assertDurable(db);
  } catch (error) {
    problems.push(asForecourtError(error).message);
  }
  for (const question of questions) {
    problems.push(...db.prepare<[], string>(`${question} LIMIT 10`).pluck().all());
  }
  return { ok: problems.length === 0, problems };
}
