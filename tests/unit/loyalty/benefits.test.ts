import { describe, expect, it } from 'vitest';
import { creditOf, explained } from './support.ts';

describe('discounts', () => {
  const litre = { id: 'litre', perLitre: 0.2, tiers: ['svip'] };
  const percent = { id: 'percent', percent: 3 };

  it('M21: a line with its rule, rounded half up to the minor unit', () => {
    // 3 % of 354.82 is 10.6446; of 354.83, 10.6449; of 0.50, 0.015.
    expect(creditOf({ program: { discounts: [percent] } }).discounts).toEqual([
      { rule: 'percent', amount: 1064, text: '3 % of 354.82 = 10.64' },
    ]);
    expect(creditOf({ program: { discounts: [percent] }, amount: 50 }).discounts[0]?.amount).toBe(2);
  });

  it('M21: so much off each litre', () => {
    const [line] = creditOf({ program: { discounts: [litre] }, tier: 'svip' }).discounts;
    expect(line).toEqual({ rule: 'litre', amount: 904, text: '45.20 L x 0.2/L = 9.04' });
  });

  it('M21: the best line for the member counts, the first of equals, and the others say why not', () => {
    const discounts = [litre, percent, { ...percent, id: 'again' }];
    const result = creditOf({ program: { discounts }, tier: 'svip' });
    expect(result.discounts.map((line) => line.rule)).toEqual(['percent']);
    expect(explained(result, 'discount:litre')).toMatchObject({ applied: false });
    expect(explained(result, 'discount:litre')?.text).toContain('only one counts');
    expect(explained(result, 'discount:percent')).toMatchObject({ applied: true, points: null });
  });

  it('M21: another tier has no line', () => {
    const result = creditOf({ program: { discounts: [litre] }, tier: 'vip' });
    expect(result.discounts).toEqual([]);
    expect(explained(result, 'discount:litre')?.text).toBe('is for tier svip, not vip');
  });

  it('M21: never above the amount', () => {
    const generous = [{ id: 'generous', perLitre: 9 }];
    const [line] = creditOf({ program: { discounts: generous } }).discounts;
    expect(line).toMatchObject({ amount: 35_482 });
    expect(line?.text).toContain('held at the amount');
  });

  it('M21: none where nothing tells the amount, or where it comes to nothing', () => {
    for (const amount of [null, 0]) {
      expect(creditOf({ program: { discounts: [litre, percent] }, tier: 'svip', amount }).discounts).toEqual(
        [],
      );
    }
  });

  it('M21: holds also on a sale that is too small to earn', () => {
    const program = { discounts: [percent], minimum: { litres: 50 } };
    expect(creditOf({ program })).toMatchObject({ earned: 0, discounts: [{ rule: 'percent' }] });
  });
});

describe('coupons', () => {
  const coupon = {
    id: 'welcome',
    code: 'WELCOME',
    from: '2026-12-01',
    to: '2026-12-31',
    bonus: 100,
    minimumLitres: 20,
    grades: ['92'],
  };
  const coupons = [coupon];
  const scanned = ['WELCOME'];

  it('M20, M22: a coupon is redeemed: its bonus is added after tier and day', () => {
    const memberDays = [{ id: 'second', monthDays: [2], multiplier: 2 }];
    const result = creditOf({ program: { coupons, memberDays }, scanned, tier: 'vip', ml: 40_000 });
    expect(result.earned).toBe(220);
    expect(result.coupons).toEqual([{ coupon: 'welcome', status: 'redeemed', reason: '100 points' }]);
    expect(explained(result, 'coupon:welcome')).toMatchObject({ applied: true, points: '100' });
  });

  it.each([
    ['not yet', { date: '2026-11-30' }, 'begins on 2026-12-01, the sale is of 2026-11-30'],
    ['over', { date: '2027-01-01' }, 'ended on 2026-12-31, the sale is of 2027-01-01'],
    ['too few litres', { ml: 19_990 }, 'needs 20 L, the sale has 19.99 L'],
    ['another grade', { grade: '95' }, 'is for grade 92, not 95'],
    ['used up', { uses: { welcome: 1 } }, 'used up: 1 of 1 uses'],
  ])('M20, M22: refused with its reason: %s', (_, given, reason) => {
    const result = creditOf({ program: { coupons }, scanned, ...given });
    expect(result.coupons).toEqual([{ coupon: 'welcome', status: 'refused', reason }]);
    expect(result.earned).toBeLessThan(46);
  });

  it.each(['2026-12-01', '2026-12-31'])('M20: holds on its first and its last day: %s', (date) => {
    expect(creditOf({ program: { coupons }, scanned, date }).coupons[0]?.status).toBe('redeemed');
  });

  it('M20, M22: an unknown code is refused and only its end is told', () => {
    const result = creditOf({ program: { coupons }, scanned: ['2840123456789012'] });
    expect(result.coupons).toEqual([{ coupon: '...9012', status: 'refused', reason: 'unknown code' }]);
    expect(JSON.stringify(result)).not.toContain('28401234');
  });

  it('M22: a code scanned twice counts once', () => {
    const result = creditOf({ program: { coupons }, scanned: ['WELCOME', 'WELCOME'] });
    expect(result.coupons).toHaveLength(1);
    expect(result.earned).toBe(145);
  });

  it('M22: may be used as often as it says', () => {
    const thrice = [{ ...coupon, usesPerMember: 3 }];
    expect(creditOf({ program: { coupons: thrice }, scanned, uses: { welcome: 2 } }).earned).toBe(145);
    expect(creditOf({ program: { coupons: thrice }, scanned, uses: { welcome: 3 } }).earned).toBe(45);
  });

  it.each([
    [
      'on a sale below the minimum',
      { minimum: { litres: 50 } },
      'an earning sale needs 50 L, the sale has 45.00 L',
    ],
    [
      'on a sale at its maximum',
      { maximumPointsPerSale: 45 },
      'the sale has its maximum of 45 points already',
    ],
  ])('M22: is not used up for nothing %s', (_, parts, reason) => {
    const result = creditOf({ program: { coupons, ...parts }, scanned, ml: 45_000 });
    expect(result.coupons[0]?.status).toBe('refused');
    expect(result.coupons[0]?.reason).toContain(reason);
  });
});
