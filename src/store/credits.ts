/** What each sale earned, one credit at most, and the coupons it used up. */
import type { Database } from 'better-sqlite3';
import { ForecourtError } from '../model/errors.ts';
import type { SaleKey } from '../model/ids.ts';
import type { Credit } from '../model/sale.ts';
import type { Instant } from '../model/units.ts';
import { contentOf, type Seals } from './seals.ts';
import type { Transactions } from './transactions.ts';

export interface Credits {
  /** Throws NOT_FOUND for an unknown sale, LEDGER_REFUSED when it has a credit already. */
  insert(sale: SaleKey, credit: Credit, at: Instant): void;
  /** The credit in force: that of the sale's last correction, or else the one inserted. */
  get(sale: SaleKey): Credit | null;
  /** One was inserted, whatever came of it. */
  has(sale: SaleKey): boolean;
}

export interface Coupons {
  /** How often the member has used each coupon. */
  uses(member: string): Record<string, number>;
  /** Notes one use; the same use noted again counts once. */
  add(member: string, coupon: string, sale: SaleKey): void;
  /** The member may use the coupons of this sale again. */
  release(member: string, sale: SaleKey): void;
}

export function createCredits(db: Database, transactions: Transactions, seals: Seals): Credits {
  const idOf = db.prepare<[string], number>('SELECT id FROM sales WHERE key = ?').pluck();
  const insert = db.prepare<[number, number, string, number]>(
    'INSERT INTO credits (sale, at, credit, seal) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING',
  );
  const corrected = db
    .prepare<[string], string | null>(
      'SELECT credit FROM corrections WHERE sale = ? ORDER BY number DESC LIMIT 1',
    )
    .pluck();
  const get = db
    .prepare<[string], string>('SELECT credit FROM credits WHERE sale = (SELECT id FROM sales WHERE key = ?)')
    .pluck();

  return {
    insert(sale, credit, at) {
      const id = idOf.get(sale);
      if (id === undefined) throw new ForecourtError('NOT_FOUND', `no sale has the key ${sale}`, { sale });
      const text = JSON.stringify(credit);
      transactions.atomic(() => {
        if (insert.run(id, at, text, seals.next()).changes === 0) {
          throw new ForecourtError('LEDGER_REFUSED', `sale ${id} has its credit already`, { sale });
        }
        seals.add('credit', id, contentOf({ sale: id, at, credit: text }));
      });
    },
    get(sale) {
      const last = corrected.get(sale);
      const text = last === undefined ? get.get(sale) : last;
      return text === undefined || text === null ? null : (JSON.parse(text) as Credit);
    },
    has: (sale) => get.get(sale) !== undefined,
  };
}

export function createCoupons(db: Database): Coupons {
  const uses = db.prepare<[string], { coupon: string; count: number }>(
    'SELECT coupon, count(*) AS count FROM coupon_uses WHERE member = ? GROUP BY coupon',
  );
  const add = db.prepare<[string, string, string]>(
    'INSERT INTO coupon_uses (member, coupon, sale) VALUES (?, ?, ?) ON CONFLICT DO NOTHING',
  );
  const release = db.prepare<[string, string]>('DELETE FROM coupon_uses WHERE member = ? AND sale = ?');
  return {
    uses: (member) => Object.fromEntries(uses.all(member).map(({ coupon, count }) => [coupon, count])),
    add(member, coupon, sale) {
      add.run(member, coupon, sale);
    },
    release(member, sale) {
      release.run(member, sale);
    },
  };
}
