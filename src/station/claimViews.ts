/** What is left to a person: sales of nobody with the cards that may be theirs, and cards that no sale stands on. */
import { type Claim, isVoided } from '../model/sale.ts';
import { type Instant, instant } from '../model/units.ts';
import type { SaleRecord } from '../store/sales.ts';
import { scansAround } from './beneficiary.ts';
import { rfc3339 } from './businessDay.ts';
import type { StationContext } from './context.ts';
import { saleView } from './saleViews.ts';
import type { CandidateView, ClaimsView } from './view.ts';

const mostOpen = 200;

export interface ClaimsQuery {
  readonly since?: Instant | undefined;
  readonly fuellingPoint?: string | undefined;
  /** Sales for which no card is free, and voided ones, too. */
  readonly all: boolean;
  readonly limit: number;
}

/** By default of the time in which sales can be corrected. */
export function claimsView(context: StationContext, query: ClaimsQuery): ClaimsView {
  const { store, clock, corrections } = context;
  const open = instant(clock.now() - corrections.hours * 3_600_000);
  const since = query.since ?? open;
  const point = query.fuellingPoint;
  const sales = store.sales
    .unattributed({ since, limit: query.limit, ...(point === undefined ? {} : { fuellingPoint: point }) })
    .map((sale) => ({
      sale: saleView(sale, null),
      candidates: scansAround(context, sale).map((claim) => candidateView(context, sale, claim)),
      voided: isVoided(sale.attribution),
      correctable: Math.max(sale.endedAt, sale.recordedAt) >= open,
    }))
    .filter((each) => query.all || (!each.voided && each.candidates.some((scan) => scan.takenFor === null)));
  const cards = store.claims
    .open(since)
    .filter(
      (claim) =>
        claim.refusal === null &&
        claim.member !== null &&
        (point === undefined || claim.fuellingPoints.includes(point)),
    )
    .slice(-mostOpen)
    .map((claim) => ({
      claim: claim.id,
      reader: claim.reader,
      fuellingPoints: claim.fuellingPoints,
      at: rfc3339(claim.at),
      member: claim.member ?? '',
    }));
  return { since: rfc3339(since), sales, open: cards };
}

/** One scan as seen from a sale. */
export function candidateView(context: StationContext, sale: SaleRecord, claim: Claim): CandidateView {
  return {
    claim: claim.id,
    reader: claim.reader,
    at: rfc3339(claim.at),
    member: claim.member,
    refusal: claim.refusal,
    takenFor: otherSale(context, sale, claim)?.id ?? null,
    why: why(context, sale, claim),
  };
}

/** The sale that the scan was used for, where it is another. */
function otherSale({ store }: StationContext, sale: SaleRecord, claim: Claim): SaleRecord | null {
  return claim.sale === null || claim.sale === sale.key ? null : store.sales.get(claim.sale);
}

function why(context: StationContext, sale: SaleRecord, claim: Claim): string {
  const begin = sale.liftedAt ?? sale.startedAt ?? sale.endedAt;
  const seconds = (ms: number) => `${Math.round(ms / 1000)} s`;
  const when =
    claim.at < begin
      ? `${seconds(begin - claim.at)} before the lift`
      : claim.at <= sale.endedAt
        ? 'during the fuelling'
        : `${seconds(claim.at - sale.endedAt)} after the end`;
  const shared = claim.fuellingPoints.filter((point) => point !== sale.fuellingPoint);
  const other = otherSale(context, sale, claim);
  return [
    when,
    ...(claim.refusal === null ? [] : [`card refused: ${claim.refusal}`]),
    ...(other ? [`taken for sale ${other.id} at ${other.fuellingPoint}`] : []),
    ...(shared.length > 0 ? [`reader also serves ${shared.join(', ')}`] : []),
  ].join('; ');
}
