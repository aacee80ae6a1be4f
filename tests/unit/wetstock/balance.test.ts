import { describe, expect, it } from 'vitest';
import { type BalanceFigures, judgeBalance } from '../../../src/core/wetstock/balance.ts';

const policy = { investigatePercent: 0.5, escalatePercent: 1, usRule: false };
const litre = 1000;
/** Litres. */
const balance = (opening: number, deliveries: number, sales: number, gauge: number): BalanceFigures => ({
  ...{ period: 'day', opening: opening * litre, deliveries: deliveries * litre },
  ...{ sales: sales * litre, gauge: gauge * litre },
});

describe('M174: a balance of gauge against book', () => {
  it.each([
    ['nothing missing', balance(10_000, 0, 6_000, 4_000), 'within'],
    ['0.5 % of the sales and no more', balance(20_000, 0, 10_000, 9_950), 'within'],
    ['more than 0.5 %', balance(20_000, 0, 10_000, 9_949), 'investigate'],
    ['more than 1 %', balance(20_000, 0, 10_000, 9_899), 'escalate'],
    ['too much is as wrong as too little', balance(20_000, 0, 10_000, 10_101), 'escalate'],
    ['10 % of little, which no gauge can measure', balance(10_000, 0, 200, 9_780), 'within'],
    ['nothing sold and 31 L gone', balance(10_000, 0, 0, 9_969), 'escalate'],
    ['what a delivery may be measured wrong by is allowed', balance(5_000, 20_000, 1_000, 23_911), 'within'],
    ['and no more than that', balance(5_000, 20_000, 1_000, 23_909), 'escalate'],
  ] as const)('%s', (_, figures, verdict) => {
    expect(judgeBalance(policy, figures)).toEqual({ verdict, reasons: [] });
  });

  it('what was not measured is not judged, and neither is what is in doubt', () => {
    const figures = balance(10_000, 0, 1_000, 8_000);
    expect(judgeBalance(policy, { ...figures, gauge: null })).toEqual({
      verdict: 'unknown',
      reasons: ['not-measured'],
    });
    expect(judgeBalance(policy, { ...figures, opening: null }).verdict).toBe('unknown');
    expect(judgeBalance(policy, figures, ['not-at-rest']).verdict).toBe('unknown');
  });

  it.each([
    ['1 % of 30,000 L + 492.1 L', 792, 'escalate', []],
    ['a litre more', 793, 'escalate', ['over 1 % + 130 gal']],
  ] as const)('the US rule of a month: %s', (_, missing, verdict, reasons) => {
    const month = { ...balance(40_000, 0, 30_000, 10_000 - missing), period: 'month' as const };
    expect(judgeBalance({ ...policy, usRule: true }, month)).toEqual({ verdict, reasons });
    const day = { ...month, period: 'day' as const };
    expect(judgeBalance({ ...policy, usRule: true }, day).reasons).toEqual([]);
  });
});
