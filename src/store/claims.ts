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
  /** Claims of no sale that were made at or after this instant, oldest first. */
  open(since: Instant): Claim[];
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
       coupons = excluded.coupons, sale = excluded.sale`,
  );
  const get = db.prepare<[string], ClaimRow>('SELECT * FROM claims WHERE id = ?');
  const open = db.prepare<[number], ClaimRow>(
    'SELECT * FROM claims WHERE sale IS NULL AND at >= ? ORDER BY at',
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
