import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { credit } from '../../../src/core/loyalty/credit.ts';
import { add, compare, fraction, fromDecimal, subtract, zero } from '../../../src/core/loyalty/fraction.ts';
import type { RuleExplanation } from '../../../src/model/sale.ts';
import { inputOf } from './support.ts';

const id = fc.integer({ min: 0, max: 999_999 }).map(String);
const decimal = (max: number) => fc.integer({ min: 0, max: max * 1000 }).map((n) => String(n / 1000));
const grades = fc.option(fc.subarray(['92', '95', 'diesel'], { minLength: 1 }), { nil: undefined });
const tiers = fc.option(fc.subarray(['ordinary', 'vip', 'svip'], { minLength: 1 }), { nil: undefined });
const span = fc.constantFrom(
  { from: '2026-01-01', to: '2026-12-31' },
  { from: '2026-12-02', to: '2026-12-02' },
  { from: '2026-12-31', to: '2026-01-01' },
);
const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });

const rule = { id, grades, tiers };
const earn = fc.record({ ...rule, per: fc.constantFrom('litre', 'amount'), points: decimal(20) });
const memberDay = fc.record({ ...rule, monthDays: fc.constantFrom([2], [8]), multiplier: decimal(4) });
const campaign = fc
  .tuple(
    fc.record({ ...rule, bonus: maybe(fc.integer({ min: 1, max: 500 })), multiplier: maybe(decimal(4)) }),
    span,
  )
  .map(([each, dates]) => ({ ...each, ...dates }));
const discount = fc.record({ ...rule, perLitre: maybe(decimal(12)), percent: maybe(decimal(150)) });
const code = fc.constantFrom('CODE-A', 'CODE-B');
const coupon = fc
  .tuple(fc.record({ id, grades, code, bonus: fc.integer({ min: 1, max: 500 }) }), span)
  .map(([each, dates]) => ({ ...each, ...dates }));

const anyProgram = fc.record({
  rounding: fc.constantFrom('down', 'half-up', 'half-even'),
  stacking: fc.constantFrom('add', 'highest', 'multiply'),
  minimum: fc.record({ litres: maybe(decimal(20)), amount: maybe(decimal(100)) }),
  earn: fc.array(earn, { minLength: 1, maxLength: 4 }),
  tiers: fc.constant([
    { id: 'ordinary' },
    { id: 'vip', multiplier: '1.333333' },
    { id: 'staff', multiplier: 0 },
  ]),
  memberDays: fc.array(memberDay, { maxLength: 3 }),
  campaigns: fc.array(campaign, { maxLength: 4 }),
  discounts: fc.array(discount, { maxLength: 3 }),
  coupons: fc.array(coupon, { maxLength: 2 }),
  maximumPointsPerSale: fc.integer({ min: 1, max: 10_000 }),
});

const anyCase = fc.record({
  program: anyProgram,
  ml: fc.integer({ min: 0, max: 2_000_000 }),
  amount: fc.option(fc.integer({ min: 0, max: 2_000_000 })),
  grade: fc.constantFrom('92', '95', 'diesel', 'lpg'),
  tier: fc.constantFrom('ordinary', 'vip', 'svip', 'staff', 'platinum'),
  scanned: fc.subarray(['CODE-A', 'CODE-B', 'NOT-ONE']),
});

/** What the explanations say was given, added up from their text form. */
function toldSum(explanation: readonly RuleExplanation[]) {
  return explanation.reduce((sum, { points }) => {
    if (points === null) return sum;
    const value = (text: string) => {
      const [n = '', d] = text.split('/');
      return d === undefined ? fromDecimal(n) : fraction(BigInt(n), BigInt(d));
    };
    return points.startsWith('-') ? subtract(sum, value(points.slice(1))) : add(sum, value(points));
  }, zero);
}

describe('any program on any sale', () => {
  it('M52: postings sum to zero and are there exactly when something is earned', () => {
    fc.assert(
      fc.property(anyCase, (given) => {
        const { earned, postings } = credit(inputOf(given));
        expect(postings.reduce((sum, posting) => sum + posting.points, 0)).toBe(0);
        expect(postings).toHaveLength(earned === 0 ? 0 : 2);
        if (earned !== 0) expect(postings[1]).toEqual({ account: 'member:m-1', points: earned });
      }),
    );
  });

  it('M40: earned is whole, not negative and not above the maximum', () => {
    fc.assert(
      fc.property(anyCase, (given) => {
        const input = inputOf(given);
        const { earned } = credit(input);
        expect(Number.isSafeInteger(earned)).toBe(true);
        expect(earned).toBeGreaterThanOrEqual(0);
        expect(earned).toBeLessThanOrEqual(input.program.maximumPointsPerSale);
      }),
    );
  });

  it('the explanations of applied rules add up to what is earned', () => {
    fc.assert(
      fc.property(anyCase, (given) => {
        const { earned, explanation } = credit(inputOf(given));
        expect(compare(toldSum(explanation), fraction(earned))).toBe(0);
        for (const each of explanation) if (!each.applied) expect(each.points).toBeNull();
      }),
    );
  });

  it('M52: the same input gives the same credit and is left as it was', () => {
    fc.assert(
      fc.property(anyCase, (given) => {
        const input = inputOf(given);
        const before = structuredClone(input);
        expect(credit(input)).toEqual(credit(input));
        expect(input).toEqual(before);
      }),
    );
  });

  it('M21: at most one discount, above zero and not above the amount', () => {
    fc.assert(
      fc.property(anyCase, (given) => {
        const { discounts } = credit(inputOf(given));
        expect(discounts.length).toBeLessThanOrEqual(1);
        for (const { amount } of discounts) {
          expect(amount).toBeGreaterThan(0);
          expect(amount).toBeLessThanOrEqual(given.amount ?? 0);
        }
      }),
    );
  });

  it('every earn rule of a sale that may earn is told, applied or not', () => {
    fc.assert(
      fc.property(anyCase, (given) => {
        const { explanation } = credit(inputOf({ ...given, ml: 50_000, amount: 50_000 }));
        const told = explanation.filter((each) => each.rule.startsWith('earn:'));
        expect(told).toHaveLength(inputOf(given).program.earn.length);
      }),
    );
  });
});

describe('a plain program', () => {
  it('M40: more litres never earn less', () => {
    const volume = fc.integer({ min: 1, max: 2_000_000 });
    fc.assert(
      fc.property(volume, volume, fc.constantFrom('ordinary', 'vip', 'svip'), (a, b, tier) => {
        const [less, more] = a < b ? [a, b] : [b, a];
        const earned = (ml: number) => credit(inputOf({ ml, tier })).earned;
        expect(earned(more)).toBeGreaterThanOrEqual(earned(less));
      }),
    );
  });
});
