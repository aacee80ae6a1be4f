/** One read of a reader: a claim in the books, and at once the credit of the sale it surely belongs to, if one just ended. */
import { attributeScan, joinClaim } from '../core/matching/attribute.ts';
import type { CardRead } from '../model/readings.ts';
import type { Attribution, Claim, FuellingSale } from '../model/sale.ts';
import { instant } from '../model/units.ts';
import { rfc3339 } from './businessDay.ts';
import { claimsKeptMs } from './claims.ts';
import type { StationContext } from './context.ts';
import { creditSale, type PostedCredit } from './creditSale.ts';

export interface RecordedScan {
  readonly claim: Claim;
  /** The sale that ended before the scan and is now this member's. */
  readonly attributed: {
    readonly id: number;
    readonly sale: FuellingSale;
    readonly attribution: Attribution;
    readonly posted: PostedCredit;
  } | null;
}

/** `coupons` are codes scanned here just before the card. Throws what the store throws; nothing is changed then. */
export function recordScan(
  context: StationContext,
  read: CardRead,
  fuellingPoints: readonly string[],
  coupons: readonly string[],
): RecordedScan {
  const { store, members, board, policy } = context;
  const identified = members.identify(read);
  const fresh: Claim = {
    id: `${read.reader}-${read.at}-${identified.card.slice(0, 8)}`,
    card: identified.card,
    member: identified.member?.id ?? null,
    refusal: identified.refusal,
    reader: read.reader,
    fuellingPoints: [...fuellingPoints],
    at: read.at,
    coupons: [...coupons],
    sale: null,
  };
  const again = creditedJustNow(context, fresh);
  const recorded = store.transaction((): RecordedScan => {
    const before = store.claims.open(instant(read.at - claimsKeptMs));
    const claims = again ? before : joinClaim(before, fresh);
    for (const claim of claims) if (!before.includes(claim)) store.claims.put(claim);
    const claim =
      again ??
      claims.find(
        (each) => each.reader === fresh.reader && each.card === fresh.card && each.at === fresh.at,
      ) ??
      fresh;
    store.journal.append('card.scanned', read.reader, read.at, context.businessDate(read.at), {
      claim: claim.id,
      card: claim.card,
      member: claim.member,
      refusal: claim.refusal,
      reader: read.reader,
      fuellingPoints: [...fuellingPoints],
      at: rfc3339(read.at),
    });
    if (again) return { claim, attributed: null };
    const found = attributeScan({ claim, fuellings: board.fuellings(), claims, policy });
    const record = found && store.sales.get(found.sale);
    if (
      !found ||
      !record ||
      record.attribution.kind === 'attributed' ||
      found.attribution.kind !== 'attributed'
    ) {
      return { claim, attributed: null };
    }
    store.sales.setAttribution(record.key, found.attribution);
    const posted = creditSale(context, record, found.attribution, context.clock.now());
    return { claim, attributed: { id: record.id, sale: record, attribution: found.attribution, posted } };
  });
  if (recorded.attributed) board.attributed(recorded.attributed.sale.key);
  return recorded;
}

/**
 * The claim that this card has just used here: a driver who scans once more after the sale makes no second claim, which
 * the next driver's fuelling would fall to.
 */
function creditedJustNow({ store, board, policy }: StationContext, scan: Claim): Claim | null {
  const fuellings = board.fuellings();
  for (const { sale, attributed, endedAt, fuellingPoint } of fuellings) {
    if (sale === null || !attributed || endedAt === null) continue;
    const goneOn = fuellings.some(
      (each) => each.fuellingPoint === fuellingPoint && (each.liftedAt ?? each.startedAt ?? 0) > endedAt,
    );
    if (goneOn) continue;
    if (scan.at < endedAt || scan.at > endedAt + policy.afterS * 1000) continue;
    if (!scan.fuellingPoints.includes(fuellingPoint)) continue;
    const attribution = store.sales.get(sale)?.attribution;
    const claim = attribution?.kind === 'attributed' ? store.claims.get(attribution.claim) : null;
    if (claim?.card === scan.card) return claim;
  }
  return null;
}
