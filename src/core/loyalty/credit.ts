/** A sale, a member and a program become points, discounts and coupon statuses, with the reason for each. */
import type { Program } from '../../model/config/program.ts';
import type { Credit, Posting } from '../../model/sale.ts';
import { type Points, points } from '../../model/units.ts';
import { applyCampaignBonuses, applyCoupons } from './bonuses.ts';
import { discountLines } from './discounts.ts';
import {
  compare,
  type Fraction,
  fraction,
  fromDecimal,
  multiply,
  round,
  subtract,
  toText,
  zero,
} from './fraction.ts';
import type { CreditInput } from './input.ts';
import { applyOccasions, applyTier } from './multipliers.ts';
import { Tally } from './tally.ts';
import { amountUnknown, fixed, litresText, misfit, pointsText, type Terms, termsOf } from './terms.ts';

export type { CreditInput } from './input.ts';

/**
 * Computes one sale's credit; pure, so that the same sale gives the same credit at every retry. Exact until the one
 * rounding. Order: earn rules added, tier, member day and campaign multipliers, bonuses, rounding, maximum.
 * The points of the applied explanations add up to `earned`. Postings sum to zero and are absent when nothing is
 * earned. Never throws for a tier, coupon or grade it does not know: the explanation says so.
 */
export function credit(input: CreditInput): Credit {
  const { program, member } = input;
  const terms = termsOf(input);
  const tally = new Tally();

  const barred = belowMinimum(program, terms, tally);
  const campaigns = new Set<string>();
  if (barred === null) {
    applyEarnRules(program, terms, tally);
    applyTier(program, terms, tally);
    for (const id of applyOccasions(program, terms, tally)) campaigns.add(id);
    for (const id of applyCampaignBonuses(program, terms, tally)) campaigns.add(id);
  }
  const coupons = applyCoupons(input, terms, tally, barred);
  const earned = roundAndCap(program, tally);
  const discounts = discountLines(program, terms, tally);

  return {
    program: program.program,
    programVersion: program.version,
    member: member.id,
    tier: member.tier,
    earned,
    postings: postingsOf(program.program, member.id, earned),
    discounts,
    coupons,
    campaigns: [...campaigns],
    explanation: tally.explanation,
  };
}

/** Why the sale earns nothing at all; null when it may earn. */
function belowMinimum({ minimum }: Program, terms: Terms, tally: Tally): string | null {
  const refuse = (text: string): string => {
    tally.skip('minimum', text);
    return text;
  };
  if (compare(terms.litres, zero) <= 0) return refuse('nothing was dispensed');
  const short = misfit({ minimumLitres: minimum.litres }, terms);
  if (short !== null) return refuse(`an earning sale ${short}`);
  if (minimum.amount === undefined) return null;
  if (terms.amount === null) {
    tally.skip('minimum', `${amountUnknown}: the minimum of ${minimum.amount} is not asked for`);
    return null;
  }
  if (compare(terms.amount, fromDecimal(minimum.amount)) >= 0) return null;
  return refuse(
    `an earning sale needs ${minimum.amount}, this one comes to ${fixed(terms.amount, terms.currencyDecimals)}`,
  );
}

function applyEarnRules(program: Program, terms: Terms, tally: Tally): void {
  for (const earn of program.earn) {
    const rule = `earn:${earn.id}`;
    const reason = misfit(earn, terms);
    const base = basis(earn.per, terms);
    if (reason !== null) tally.skip(rule, reason);
    else if (base === null) tally.skip(rule, `${amountUnknown}, and the rule is by amount`);
    else if (compare(base.value, zero) <= 0) tally.skip(rule, `${base.text} earns nothing`);
    else {
      const rate = fromDecimal(earn.points);
      const change = multiply(base.value, rate);
      tally.apply(rule, change, `${base.text} x ${pointsText(rate)}${base.per} = ${toText(change)}`);
    }
  }
}

function basis(per: 'litre' | 'amount', terms: Terms): { value: Fraction; text: string; per: string } | null {
  if (per === 'litre') return { value: terms.litres, text: litresText(terms), per: '/L' };
  if (terms.amount === null) return null;
  return {
    value: terms.amount,
    text: fixed(terms.amount, terms.currencyDecimals),
    per: ' per currency unit',
  };
}

function roundAndCap({ rounding, maximumPointsPerSale }: Program, tally: Tally): Points {
  const whole = fraction(round(tally.total, rounding));
  if (compare(whole, tally.total) !== 0) {
    const text = `${toText(tally.total)} rounded ${rounding} = ${toText(whole)}`;
    tally.apply('rounding', subtract(whole, tally.total), text);
  }
  const cap = fraction(maximumPointsPerSale);
  if (compare(whole, cap) > 0) {
    tally.apply(
      'maximum',
      subtract(cap, whole),
      `${toText(whole)} held at the maximum of ${toText(cap)} points a sale`,
    );
  }
  return points(Number(tally.total.n));
}

/** Double entry: the program owes what the member gains. */
function postingsOf(program: string, member: string, earned: Points): Posting[] {
  if (earned === 0) return [];
  return [
    { account: `program:${program}`, points: points(-earned) },
    { account: `member:${member}`, points: earned },
  ];
}
