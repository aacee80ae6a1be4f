/** Credits one attributed sale. Called inside the transaction that attributes it; the ledger refuses a second time. */
import { credit as compute } from '../core/loyalty/credit.ts';
import { afterEndS } from '../core/matching/windows.ts';
import type { CardKey } from '../model/ids.ts';
import type { Attribution, Credit, FuellingSale } from '../model/sale.ts';
import { type Instant, instant, type Points } from '../model/units.ts';
import { claimsKeptMs } from './claims.ts';
import type { StationContext } from './context.ts';

export type Attributed = Extract<Attribution, { kind: 'attributed' }>;

export interface PostedCredit {
  readonly credit: Credit;
  readonly balance: Points;
}

/**
 * Attribution and credit of `sale` in the books and the journal: claim used, postings, coupons, events.
 * The program and the member's tier are those in force now.
 */
export function creditSale(
  context: StationContext,
  sale: FuellingSale,
  attribution: Attributed,
  at: Instant,
): PostedCredit {
  const { store, program } = context;
  const coupons = store.claims.get(attribution.claim)?.coupons ?? [];
  const businessDate = context.businessDate(sale.endedAt);
  const tier = context.members.member(attribution.member)?.tier ?? '';
  const credit = compute({
    sale,
    currencyDecimals: context.currencyDecimals,
    member: { id: attribution.member, tier },
    program,
    businessDate,
    couponsScanned: coupons,
    couponUses: coupons.length === 0 ? {} : store.coupons.uses(attribution.member),
  });
  store.claims.use(attribution.claim, sale.key);
  // The same card read at another reader of this point was for this sale too: it must not fall to the next driver. Read long
  // after, while the sale waited for its credit, it is for another one.
  const latest = sale.endedAt + afterEndS(context.policy) * 1000;
  for (const claim of store.claims.open(instant(Math.min(sale.endedAt, at) - claimsKeptMs))) {
    const sameDriver = claim.card === attribution.card && claim.fuellingPoints.includes(sale.fuellingPoint);
    if (sameDriver && claim.sale === null && claim.at <= latest) store.claims.use(claim.id, sale.key);
  }
  store.credits.insert(sale.key, credit, at);
  store.journal.append('sale.attributed', sale.fuellingPoint, at, context.businessDate(at), {
    sale: sale.key,
    fuellingPoint: sale.fuellingPoint,
    nozzle: sale.nozzle,
    member: attribution.member,
    card: attribution.card,
    claim: attribution.claim,
    reason: attribution.reason,
  });
  return postCredit(context, { id: `credit:${sale.key}`, sale, card: attribution.card, credit, at });
}

/** Posts a computed credit under the ledger's `id`: postings, coupons, event. Throws LEDGER_REFUSED for an id posted before. */
export function postCredit(
  context: StationContext,
  {
    id,
    sale,
    card,
    credit,
    at,
  }: { id: string; sale: FuellingSale; card: CardKey; credit: Credit; at: Instant },
): PostedCredit {
  const { store } = context;
  if (credit.postings.length > 0) {
    store.ledger.post({ id, sale: sale.key, at, postings: credit.postings });
  }
  for (const use of credit.coupons) {
    if (use.status === 'redeemed') store.coupons.add(credit.member, use.coupon, sale.key);
  }
  const balance = store.ledger.balance(`member:${credit.member}`);
  store.journal.append('credit.posted', sale.fuellingPoint, at, context.businessDate(at), {
    sale: sale.key,
    fuellingPoint: sale.fuellingPoint,
    nozzle: sale.nozzle,
    member: credit.member,
    card,
    program: credit.program,
    programVersion: credit.programVersion,
    tier: credit.tier,
    points: credit.earned,
    balance,
    postings: [...credit.postings],
    discounts: [...credit.discounts],
    coupons: [...credit.coupons],
    campaigns: [...credit.campaigns],
  });
  return { credit, balance };
}
