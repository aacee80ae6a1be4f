/** Scans that may own a sale. */
import type { Database } from 'better-sqlite3';
import { ForecourtError } from '../model/errors.ts';
import { cardKey, type SaleKey, saleKey } from '../model/ids.ts';
import type { CardRefusal, Claim } from '../model/sale.ts';
import { type Instant, instant } from '../model/units.ts';

export interface Claims {
  /** Writes the claim, new or refreshed. */
  put(claim: Claim): void;
  get(id: string): Claim | null;
  /** Claims of no sale that were made at or after this instant, oldest first; `at` in the time that is in force now. */
  open(since: Instant): Claim[];
  /** The clock was set: `open` tells claims made at or after `since` so much later. What was recorded stays for `get`. */
  move(since: Instant, deltaMs: number): void;
  /** All claims made from `from` to `to`, oldest first, with or without a sale. */
  between(from: Instant, to: Instant): Claim[];
  /** Deletes the oldest claims of no sale made before this instant, at most `limit`; returns how many. */
  forget(before: Instant, limit: number): number;
  /** Gives the claim to a sale that is recorded. Throws NOT_FOUND when no open claim has this id. */
  use(claimId: string, sale: SaleKey): void;
}

interface ClaimRow {
  id: string;
  card: string;
  member: string | null;
  refusal: CardRefusal | null;
  reader: string;
  fuelling_points: string;
  at: number;
  coupons: string;
  sale: string | null;
}

export function createClaims(db: Database): Claims {
  const put = db.prepare<[ClaimRow]>(
    `INSERT INTO claims (id, card, member, refusal, reader, fuelling_points, at, coupons, sale)
     VALUES (@id, @card, @member, @refusal, @reader, @fuelling_points, @at, @coupons, @sale)
     ON CONFLICT DO UPDATE SET card = excluded.card, member = excluded.member, refusal = excluded.refusal,
       reader = excluded.reader, fuelling_points = excluded.fuelling_points, at = excluded.at,
       coupons = excluded.coupons, sale = excluded.sale, moved = 0`,
  );
  const get = db.prepare<[string], ClaimRow>('SELECT * FROM claims WHERE id = ?');
  const open = db.prepare<[number], ClaimRow>(
    `SELECT id, card, member, refusal, reader, fuelling_points, at + moved AS at, coupons, sale
       FROM claims WHERE sale IS NULL AND at + moved >= ? ORDER BY at + moved`,
  );
  const move = db.prepare<[number, number]>(
    'UPDATE claims SET moved = moved + ? WHERE sale IS NULL AND at + moved >= ?',
  );
  const between = db.prepare<[number, number], ClaimRow>(
    `SELECT id, card, member, refusal, reader, fuelling_points, at, coupons, sale
       FROM claims WHERE at BETWEEN ? AND ? ORDER BY at`,
  );
  const forget = db.prepare<[number, number]>(
    `DELETE FROM claims WHERE id IN (
       SELECT id FROM claims WHERE sale IS NULL AND at + moved < ? ORDER BY at + moved LIMIT ?)`,
  );
  const use = db.prepare<[string, string]>('UPDATE claims SET sale = ? WHERE id = ? AND sale IS NULL');

  return {
    put(claim) {
      put.run({
        id: claim.id,
        card: claim.card,
        member: claim.member,
        refusal: claim.refusal,
        reader: claim.reader,
        fuelling_points: JSON.stringify(claim.fuellingPoints),
        at: claim.at,
        coupons: JSON.stringify(claim.coupons),
        sale: claim.sale,
      });
    },
    get(id) {
      const row = get.get(id);
      return row === undefined ? null : claimOf(row);
    },
    open: (since) => open.all(since).map(claimOf),
    between: (from, to) => between.all(from, to).map(claimOf),
    move(since, deltaMs) {
      move.run(deltaMs, since);
    },
    forget: (before, limit) => forget.run(before, limit).changes,
    use(claimId, sale) {
      if (use.run(sale, claimId).changes === 0) {
        throw new ForecourtError('NOT_FOUND', `no open claim has the id ${claimId}`, {
          claim: claimId,
          sale,
        });
      }
    },
  };
}

function claimOf(row: ClaimRow): Claim {
  return {
    id: row.id,
    card: cardKey(row.card),
    member: row.member,
    refusal: row.refusal,
    reader: row.reader,
    fuellingPoints: JSON.parse(row.fuelling_points) as string[],
    at: instant(row.at),
    coupons: JSON.parse(row.coupons) as string[],
    sale: row.sale === null ? null : saleKey(row.sale),
  };
}
