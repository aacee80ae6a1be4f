/** One sale in the terms of a program: exact numbers, the words they are told in, and whether a rule is for it. */
import { compare, type Fraction, fraction, fromDecimal, one, toText } from './fraction.ts';
import type { CreditInput } from './input.ts';

export interface Terms {
  readonly grade: string;
  readonly tier: string;
  /** YYYY-MM-DD, of the station's business day. */
  readonly date: string;
  readonly litres: Fraction;
  /** Currency units; null: nothing tells the amount. */
  readonly amount: Fraction | null;
  readonly currencyDecimals: number;
}

export function termsOf({ sale, member, currencyDecimals, businessDate }: CreditInput): Terms {
  return {
    grade: sale.grade,
    tier: member.tier,
    date: businessDate,
    litres: fraction(sale.volume, 1000),
    amount: sale.amount === null ? null : fraction(sale.amount, 10 ** currencyDecimals),
    currencyDecimals,
  };
}

export const amountUnknown = 'the amount of this recovered sale is not known';

interface Conditions {
  readonly grades?: readonly string[] | undefined;
  readonly tiers?: readonly string[] | undefined;
  readonly minimumLitres?: string | undefined;
  readonly from?: string;
  readonly to?: string;
}

/** Why a rule with these conditions is not for the sale; null when it is. Dates are whole business days, ends included. */
export function misfit(conditions: Conditions, terms: Terms): string | null {
  const { grades, tiers, minimumLitres, from, to } = conditions;
  if (from !== undefined && terms.date < from) return `begins on ${from}, the sale is of ${terms.date}`;
  if (to !== undefined && terms.date > to) return `ended on ${to}, the sale is of ${terms.date}`;
  if (grades && !grades.includes(terms.grade)) return `is for grade ${grades.join(', ')}, not ${terms.grade}`;
  if (tiers && !tiers.includes(terms.tier)) return `is for tier ${tiers.join(', ')}, not ${terms.tier}`;
  if (minimumLitres !== undefined && compare(terms.litres, fromDecimal(minimumLitres)) < 0) {
    return `needs ${minimumLitres} L, the sale has ${litresText(terms)}`;
  }
  return null;
}

/** At least `places` digits after the point: 45.2 is "45.20". */
export function fixed(value: Fraction, places: number): string {
  const [whole, decimals = ''] = toText(value).split('.');
  const padded = decimals.padEnd(places, '0');
  return padded === '' ? `${whole}` : `${whole}.${padded}`;
}

export const litresText = (terms: Terms): string => `${fixed(terms.litres, 2)} L`;

/** "1 point", "1.5 points". */
export function pointsText(value: Fraction): string {
  return `${toText(value)} point${compare(value, one) === 0 ? '' : 's'}`;
}
