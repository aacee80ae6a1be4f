import { describe, expect, it } from 'vitest';
import { creditOf, explained } from './support.ts';

const perAmount = { earn: [{ id: 'spend', per: 'amount', points: 0.1 }] };
const byGrade = {
  earn: [
    { id: 'petrol', per: 'litre', points: 1, grades: ['92', '95'] },
    { id: 'diesel', per: 'litre', points: 0.5, grades: ['diesel'] },
    { id: 'vip-extra', per: 'litre', points: 0.25, tiers: ['vip'] },
  ],
};

describe('earning', () => {
  it('M40: one point a litre, told with its numbers', () => {
    const result = creditOf();
    expect(result.earned).toBe(45);
    expect(explained(result, 'earn:litres')).toEqual({
      rule: 'earn:litres',
      applied: true,
      text: '45.20 L x 1 point/L = 45.2',
      points: '45.2',
    });
    expect(explained(result, 'rounding')?.points).toBe('-0.2');
  });

  it.each([
    ['petrol', { grade: '92' }, 45],
    ['diesel', { grade: 'diesel' }, 22],
    ['a grade that no rule names', { grade: 'lpg' }, 0],
    ['petrol, with a rule for the tier added', { grade: '92', tier: 'vip' }, Math.floor(1.25 * 45.2 * 1.5)],
  ])('M19, M40: by the grade and volume of the fill: %s', (_, given, earned) => {
    expect(creditOf({ program: byGrade, ...given }).earned).toBe(earned);
  });

  it.each([
    [2, 35_482, 35],
    [0, 354, 35],
    [3, 354_820, 35],
  ])('M19, M40: by the amount, in a currency of %i decimals', (currencyDecimals, amount, earned) => {
    expect(creditOf({ program: perAmount, currencyDecimals, amount }).earned).toBe(earned);
  });

  it('a recovered sale without amount earns by the litre, and says that the rule by amount could not', () => {
    const both = {
      earn: [{ id: 'litres', per: 'litre', points: 1 }, ...perAmount.earn],
      minimum: { amount: 100 },
    };
    const result = creditOf({ program: both, amount: null });
    expect(result.earned).toBe(45);
    expect(explained(result, 'earn:spend')).toMatchObject({ applied: false, points: null });
    expect(explained(result, 'earn:spend')?.text).toContain('amount of this recovered sale is not known');
    expect(explained(result, 'minimum')?.text).toContain('is not asked for');
  });

  it('rounds once, on the sum: three rules of 0.4 points give 1, not 0', () => {
    const thrice = { earn: ['a', 'b', 'c'].map((id) => ({ id, per: 'litre', points: 0.4 })) };
    expect(creditOf({ program: thrice, ml: 1000 }).earned).toBe(1);
  });

  it.each([
    ['down', 2],
    ['half-up', 3],
    ['half-even', 2],
  ])('rounds 2.5 points %s to %i', (rounding, earned) => {
    expect(creditOf({ program: { rounding }, ml: 2500 }).earned).toBe(earned);
  });

  it.each([
    ['too few litres', { minimum: { litres: 50 } }, 'an earning sale needs 50 L, the sale has 45.20 L'],
    [
      'too small an amount',
      { minimum: { amount: 400 } },
      'an earning sale needs 400, this one comes to 354.82',
    ],
  ])('a sale below the minimum earns nothing: %s', (_, parts, text) => {
    const result = creditOf({ program: parts });
    expect(result).toMatchObject({ earned: 0, postings: [] });
    expect(result.explanation).toEqual([{ rule: 'minimum', applied: false, text, points: null }]);
  });

  it('a sale exactly at the minimum earns', () => {
    expect(creditOf({ program: { minimum: { litres: 45.2, amount: 354.82 } } }).earned).toBe(45);
  });

  it('nothing dispensed earns nothing, bonuses included', () => {
    const campaign = { id: 'any', from: '2026-01-01', to: '2026-12-31', bonus: 10 };
    expect(creditOf({ program: { campaigns: [campaign] }, ml: 0 })).toMatchObject({
      earned: 0,
      campaigns: [],
    });
  });

  it('holds a sale at the maximum and says so', () => {
    const result = creditOf({ program: { maximumPointsPerSale: 40 } });
    expect(result.earned).toBe(40);
    expect(explained(result, 'maximum')).toMatchObject({ applied: true, points: '-5' });
  });
});

describe('postings', () => {
  it('M22, M52: double entry in the name of program and member', () => {
    expect(creditOf().postings).toEqual([
      { account: 'program:test', points: -45 },
      { account: 'member:m-1', points: 45 },
    ]);
  });

  it('M52: the same sale gives the same credit, and names the program that made it', () => {
    expect(creditOf({ tier: 'vip' })).toEqual(creditOf({ tier: 'vip' }));
    expect(creditOf()).toMatchObject({ program: 'test', programVersion: 3, member: 'm-1', tier: 'ordinary' });
  });
});

describe('tiers', () => {
  it.each([
    ['ordinary', 45, '45.2 x 1 = 45.2'],
    ['vip', 67, '45.2 x 1.5 = 67.8'],
    ['svip', 90, '45.2 x 2 = 90.4'],
  ])('M27-M28: the tier %s multiplies to %i', (tier, earned, text) => {
    const result = creditOf({ tier });
    expect(result.earned).toBe(earned);
    expect(explained(result, `tier:${tier}`)?.text).toContain(text);
  });

  it('M27-M28: a tier that the program does not know counts as x1 and is told', () => {
    const result = creditOf({ tier: 'platinum' });
    expect(result.earned).toBe(45);
    expect(explained(result, 'tier:platinum')).toMatchObject({ applied: false, points: null });
  });

  it('M27-M28: a tier may earn nothing', () => {
    expect(creditOf({ program: { tiers: [{ id: 'staff', multiplier: 0 }] }, tier: 'staff' })).toMatchObject({
      earned: 0,
      postings: [],
    });
  });
});
