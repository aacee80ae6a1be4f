/** A fuelling that became a sale, whose it is, and what it earned. */
import type { CardKey, SaleKey } from './ids.ts';
import type { Instant, Millilitres, Money, Points, UnitPrice } from './units.ts';

/** `seen`: watched to its end. `recovered`: told by totalizers or the dispenser's record after we had not seen it. */
export type SaleQuality = 'seen' | 'recovered';

/** What does not fit and was left as the dispenser said it. */
export type SaleFlag =
  | 'amount-differs' // amount is not volume x price
  | 'amount-rounded' // the device gave a finer amount than the currency has
  | 'volume-differs' // totalizer span is not the sale's volume
  | 'totalizer-late' // totalizer had not moved when the sale was recorded
  | 'start-derived' // no baseline: start of the span computed from its end
  | 'price-changed' // price moved during the fuelling
  | 'link-lost' // the device was silent during the fuelling
  | 'clock-unsynchronised'; // recorded while nobody knew the date: its times may be of another day

/** A sale as the fuelling machine concludes it: facts of the device only. */
export interface FuellingSale {
  readonly key: SaleKey;
  readonly fuellingPoint: string;
  /** The station's nozzle name, resolved from the hose. */
  readonly nozzle: string;
  readonly grade: string;
  readonly tank: string | null;
  readonly volume: Millilitres;
  /** null only for a recovered sale of which nothing tells the amount. */
  readonly amount: Money | null;
  readonly price: UnitPrice | null;
  /** null: not seen. */
  readonly liftedAt: Instant | null;
  readonly startedAt: Instant | null;
  readonly endedAt: Instant;
  readonly totalizerStart: Millilitres;
  readonly totalizerEnd: Millilitres;
  readonly saleNumber: number | null;
  readonly endCode: number | null;
  readonly quality: SaleQuality;
  readonly flags: readonly SaleFlag[];
}

/** A scan that may own a sale. One card at one reader, refreshed when scanned again. */
export interface Claim {
  readonly id: string;
  readonly card: CardKey;
  readonly member: string | null;
  /** Why the card cannot be credited (`unknown`, `blocked`, `lost`, `expired`, `alias-collision`); null: it can. */
  readonly refusal: CardRefusal | null;
  readonly reader: string;
  readonly fuellingPoints: readonly string[];
  readonly at: Instant;
  /** Coupons scanned with the card. */
  readonly coupons: readonly string[];
  readonly sale: SaleKey | null;
}
export type CardRefusal = 'unknown' | 'blocked' | 'lost' | 'expired' | 'alias-collision';

export type Attribution =
  | {
      readonly kind: 'attributed';
      readonly claim: string;
      readonly member: string;
      readonly card: CardKey;
      readonly reason: string;
    }
  /** `claim`: the scan of a card that cannot be credited, when it surely was this sale's; it is used up by it. */
  | { readonly kind: 'unclaimed'; readonly reason: string; readonly claim?: string }
  | { readonly kind: 'ambiguous'; readonly reason: string; readonly claims: readonly string[] };

/** How the reason of a sale begins that a person decided to be nobody's: no scan may take it any more. */
export const voidedReason = 'voided: ';
export const isVoided = (attribution: Attribution): boolean =>
  attribution.kind === 'unclaimed' && attribution.reason.startsWith(voidedReason);

/** One leg of a double-entry transaction in points; the legs of one credit sum to zero. */
export interface Posting {
  readonly account: string;
  readonly points: Points;
}

export interface DiscountLine {
  readonly rule: string;
  readonly amount: Money;
  readonly text: string;
}

export interface CouponUse {
  readonly coupon: string;
  readonly status: 'redeemed' | 'refused';
  readonly reason: string;
}

/** One rule that was considered, in order, and what came of it. */
export interface RuleExplanation {
  readonly rule: string;
  readonly applied: boolean;
  readonly text: string;
  /** What it added (points, before rounding, as an exact decimal or fraction text), null where it adds none. */
  readonly points: string | null;
}

export interface Credit {
  readonly program: string;
  readonly programVersion: number;
  readonly member: string;
  readonly tier: string;
  readonly earned: Points;
  readonly postings: readonly Posting[];
  readonly discounts: readonly DiscountLine[];
  readonly coupons: readonly CouponUse[];
  readonly campaigns: readonly string[];
  readonly explanation: readonly RuleExplanation[];
}
