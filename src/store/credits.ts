/** What each sale earned, one credit at most, and the coupons it used up. */
import type { Database } from 'better-sqlite3';
import { ForecourtError } from '../model/errors.ts';
import type { SaleKey } from '../model/ids.ts';
import type { Credit } from '../model/sale.ts';
import type { Instant } from '../model/units.ts';

export interface Credits {
  /** Throws NOT_FOUND for an unknown sale, LEDGER_REFUSED when it has a credit already. */
  insert(sale: SaleKey, credit: Credit, at: Instant): void;
  get(sale: SaleKey): Credit | null;
}

export interface Coupons {
  /** How often the member has used each coupon. */
  uses(member: string): Record<string, number>;
  /** Notes one use; the same use noted again counts once. */
  add(member: string, coupon: string, sale: SaleKey): void;
}

export function createCredits(db: Database): Credits {
  const idOf = db.prepare<[string], number>('SELECT id FROM sales WHERE key = ?').pluck();
  const insert = db.prepare<[number, number, string]>(
    'INSERT INTO credits (sale, at, credit) VALUES (?, ?, ?) ON CONFLICT DO NOTHING',
  );
  const get = db
    .prepare<[string], string>('SELECT credit FROM credits WHERE sale = (SELECT id FROM sales WHERE key = ?)')
    .pluck();

  return {
    insert(sale, credit, at) {
      const id = idOf.get(sale);
      if (id === undefined) throw new ForecourtError('NOT_FOUND', `no sale has the key ${sale}`, { sale });
      if (insert.run(id, at, JSON.stringify(credit)).changes === 0) {
        throw new ForecourtError('LEDGER_REFUSED', `sale ${id} has its credit already`, { sale });
      }
    },
    get(sale) {
      const text = get.get(sale);
      return text === undefined ? null : (JSON.parse(text) as Credit);
    },
  };
}

export function createCoupons(db: Database): Coupons {
  const uses = db.prepare<[string], { coupon: string; count: number }>(
    'SELECT coupon, count(*) AS count FROM coupon_uses WHERE member = ? GROUP BY coupon',
  );
  const add = db.prepare<[string, string, string]>(
    'INSERT INTO coupon_uses (member, coupon, sale) VALUES (?, ?, ?) ON CONFLICT DO NOTHING',
  );
  return {
    uses: (member) => Object.fromEntries(uses.all(member).map(({ coupon, count }) => [coupon, count])),
    add(member, coupon, sale) {
      add.run(member, coupon, sale);
    },
  };
}
