import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  add,
  compare,
  fraction,
  fromDecimal,
  multiply,
  round,
  subtract,
  toText,
} from '../../../src/core/loyalty/fraction.ts';

describe('exact fractions', () => {
  it('adds tenths without the error that floats have', () => {
    const tenths = [0.1, 0.2, 0.3].map((tenth) => fromDecimal(String(tenth)));
    expect(toText(tenths.reduce(add))).toBe('0.6');
  });

  it.each([
    ['45.20', '45.2'],
    ['0.000001', '0.000001'],
    ['007', '7'],
    ['120', '120'],
  ])('reads %s and writes %s', (text, written) => {
    expect(toText(fromDecimal(text))).toBe(written);
  });

  it('writes what has no decimal as n/d, and a negative one with its sign', () => {
    expect(toText(fraction(4, 6))).toBe('2/3');
    expect(toText(subtract(fraction(1, 8), fraction(1, 4)))).toBe('-0.125');
  });

  it.each([
    ['down', [0, 0, 1, 2, 2]],
    ['half-up', [0, 1, 2, 3, 3]],
    ['half-even', [0, 0, 2, 2, 3]],
  ] as const)('rounds 0.4, 0.5, 1.5, 2.5 and 2.51 %s', (rounding, whole) => {
    const values = ['0.4', '0.5', '1.5', '2.5', '2.51'].map(fromDecimal);
    expect(values.map((value) => Number(round(value, rounding)))).toEqual(whole);
  });

  it('agrees with whole-number arithmetic', () => {
    const part = fc.bigInt({ min: -(10n ** 12n), max: 10n ** 12n });
    const whole = fc.bigInt({ min: 1n, max: 10n ** 9n });
    fc.assert(
      fc.property(part, whole, part, whole, (a, b, c, d) => {
        const [x, y] = [fraction(a, b), fraction(c, d)];
        const sum = add(x, y);
        expect(sum.n * b * d).toBe((a * d + c * b) * sum.d);
        const product = multiply(x, y);
        expect(product.n * b * d).toBe(a * c * product.d);
        expect(compare(subtract(sum, y), x)).toBe(0);
      }),
    );
  });
});
