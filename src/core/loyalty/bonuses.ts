/** Points that are given whole and never multiplied: for taking part in a campaign, and for a coupon. */
import type { Program } from '../../model/config/program.ts';
import type { CouponUse } from '../../model/sale.ts';
import { compare, fraction } from './fraction.ts';
import type { CreditInput } from './input.ts';
import type { Tally } from './tally.ts';
import { misfit, pointsText, type Terms } from './terms.ts';

type Coupon = Program['coupons'][number];

/** Returns the ids of the campaigns that gave a bonus. */
export function applyCampaignBonuses(program: Program, terms: Terms, tally: Tally): string[] {
  const joined: string[] = [];
  for (const campaign of program.campaigns) {
    if (campaign.bonus === undefined) continue;
    const rule = `campaign:${campaign.id}`;
    const reason = misfit(campaign, terms);
    if (reason !== null) {
      tally.skip(rule, reason);
      continue;
    }
    const bonus = fraction(campaign.bonus);
    tally.apply(rule, bonus, `${pointsText(bonus)} for taking part`);
    joined.push(campaign.id);
  }
  return joined;
}

/**
 * Redeems or refuses each scanned coupon. A code counts once a sale; a coupon that could give nothing is refused
 * rather than used up. `barred`: the sale earns nothing at all, for this reason.
 */
export function applyCoupons(
  input: CreditInput,
  terms: Terms,
  tally: Tally,
  barred: string | null,
): CouponUse[] {
  const uses: CouponUse[] = [];
  for (const code of new Set(input.couponsScanned)) {
    const coupon = input.program.coupons.find((candidate) => candidate.code === code);
    const name = coupon?.id ?? masked(code);
    const outcome =
      coupon === undefined
        ? 'unknown code'
        : (barred ?? couponRefusal(coupon, input, terms, tally) ?? fraction(coupon.bonus));
    if (typeof outcome === 'string') {
      tally.skip(`coupon:${name}`, outcome);
      uses.push({ coupon: name, status: 'refused', reason: outcome });
    } else {
      const bonus = pointsText(outcome);
      tally.apply(`coupon:${name}`, outcome, `${bonus} for the coupon`);
      uses.push({ coupon: name, status: 'redeemed', reason: bonus });
    }
  }
  return uses;
}

function couponRefusal(coupon: Coupon, input: CreditInput, terms: Terms, tally: Tally): string | null {
  const reason = misfit(coupon, terms);
  if (reason !== null) return reason;
  const used = input.couponUses[coupon.id] ?? 0;
  if (used >= coupon.usesPerMember) return `used up: ${used} of ${coupon.usesPerMember} uses`;
  const cap = input.program.maximumPointsPerSale;
  if (compare(tally.total, fraction(cap)) >= 0)
    return `the sale has its maximum of ${cap} points already; kept for another`;
  return null;
}

/** An unknown code may be a payment or a personal one: only its end is told, for whoever looks for a misprint. */
const masked = (code: string): string => `...${code.slice(-4)}`;
