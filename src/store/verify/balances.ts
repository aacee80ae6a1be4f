/** Each ledger transaction sums to zero, and each balance is the sum of its account's postings. */
import type { Database } from 'better-sqlite3';
import { type Findings, type Slices, slice } from './findings.ts';

interface PostingRow {
  readonly entry: number;
  readonly leg: number;
  readonly account: string;
  readonly points: number;
}

/** Balances are compared with the postings read so far, so each slice first reads what was posted meanwhile. */
export function* walkBalances(db: Database, findings: Findings): Slices {
  const page = db.prepare<[number, number, number], PostingRow>(
    'SELECT entry, leg, account, points FROM postings WHERE (entry, leg) > (?, ?) ORDER BY entry, leg LIMIT ?',
  );
  const known = db.prepare<[number], number>('SELECT 1 FROM ledger_transactions WHERE number = ?').pluck();
  const balances = db.prepare<[string, number], { account: string; points: number }>(
    'SELECT account, points FROM balances WHERE account > ? ORDER BY account LIMIT ?',
  );
  const sums = new Map<string, number>();
  const compared = new Set<string>();
  let last = { entry: -Number.MAX_SAFE_INTEGER, leg: 0 };
  let sum = 0;

  const closeEntry = (): void => {
    if (sum !== 0) findings.add('ledger_transactions', last.entry, `its postings sum to ${sum}, not to zero`);
  };
  const read = (limit: number): number => {
    const rows = page.all(last.entry, last.leg, limit);
    for (const posting of rows) {
      if (posting.entry !== last.entry) {
        closeEntry();
        sum = 0;
        if (known.get(posting.entry) === undefined) {
          findings.add('postings', posting.entry, 'put in: there is no such ledger transaction');
        }
      }
      sum += posting.points;
      sums.set(posting.account, (sums.get(posting.account) ?? 0) + posting.points);
      last = posting;
    }
    return rows.length;
  };
  const compare = (account: string, points: number): void => {
    compared.add(account);
    const posted = sums.get(account);
    if (posted === undefined) findings.add('balances', account, 'put in: nothing was posted to this account');
    else if (points !== posted)
      findings.add('balances', account, `${points} points, but the postings sum to ${posted}`);
  };

  while (read(slice) === slice) yield slice;
  closeEntry();
  for (let account = ''; ; ) {
    while (read(slice) === slice);
    const rows = balances.all(account, slice);
    for (const row of rows) compare(row.account, row.points);
    if (rows.length < slice) break;
    account = rows.at(-1)?.account ?? account;
    yield rows.length;
  }
  // An account that was opened since the walk passed its name is no finding.
  const balance = db.prepare<[string], number>('SELECT points FROM balances WHERE account = ?').pluck();
  for (const account of sums.keys()) {
    if (!compared.has(account) && balance.get(account) === undefined) {
      findings.add('balances', account, 'removed: there are postings of this account');
    }
  }
}
