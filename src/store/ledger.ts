/** Points in double entry: each credit is one transaction whose legs sum to zero, and balances follow in the same commit. */
import type { Database } from 'better-sqlite3';
import { ForecourtError } from '../model/errors.ts';
import type { SaleKey } from '../model/ids.ts';
import type { Posting } from '../model/sale.ts';
import { type Instant, type Points, points } from '../model/units.ts';
import { contentOf, type Seals } from './seals.ts';
import type { Transactions } from './transactions.ts';

export interface LedgerTransaction {
  /** Made from what it credits, so that a second try is known as such. */
  readonly id: string;
  readonly sale: SaleKey;
  readonly at: Instant;
  readonly postings: readonly Posting[];
}

export interface Ledger {
  /** Throws LEDGER_REFUSED when the id was posted before or the legs do not sum to zero; nothing is written then. */
  post(transaction: LedgerTransaction): void;
  /** 0 for an account that was never posted to. */
  balance(account: string): Points;
  /** Of all balances; anything but 0 is damage. */
  sum(): number;
}

export function createLedger(db: Database, transactions: Transactions, seals: Seals): Ledger {
  const enter = db.prepare<[string, string, number, number]>(
    'INSERT INTO ledger_transactions (id, sale, at, seal) VALUES (?, ?, ?, ?) ON CONFLICT (id) DO NOTHING',
  );
  const addLeg = db.prepare<[string, number, number, number]>(
    'INSERT INTO postings (account, entry, leg, points) VALUES (?, ?, ?, ?)',
  );
  const addToBalance = db.prepare<[string, number]>(
    'INSERT INTO balances (account, points) VALUES (?, ?) ON CONFLICT DO UPDATE SET points = points + excluded.points',
  );
  const balance = db.prepare<[string], number>('SELECT points FROM balances WHERE account = ?').pluck();
  const sum = db.prepare<[], number>('SELECT coalesce(sum(points), 0) FROM balances').pluck();

  return {
    post({ id, sale, at, postings }) {
      const total = postings.reduce((all, posting) => points(all + points(posting.points)), points(0));
      if (total !== 0) {
        throw new ForecourtError('LEDGER_REFUSED', `the legs of ${id} sum to ${total}`, { id, postings });
      }
      transactions.atomic(() => {
        const { changes, lastInsertRowid } = enter.run(id, sale, at, seals.next());
        if (changes === 0) throw new ForecourtError('LEDGER_REFUSED', `${id} was posted before`, { id });
        const number = Number(lastInsertRowid);
        const legs = postings.map((posting, leg) => ({ leg, ...posting }));
        for (const { leg, account, points } of legs) {
          addLeg.run(account, number, leg, points);
          addToBalance.run(account, points);
        }
        seals.add('ledger', number, contentOf({ number, id, sale, at }, legs));
      });
    },
    balance: (account) => points(balance.get(account) ?? 0),
    sum: () => sum.get() ?? 0,
  };
}
