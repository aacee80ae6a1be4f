import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toMillilitres, toMoney, toUnitPrice } from '../../../src/core/registers/scale.ts';

const ok = (value: number, rounded = false) => ({ ok: true, value, rounded });

describe('volume', () => {
  it.each([
    [12345n, 3, 12345, false],
    [12345n, 2, 123450, false],
    [12345n, 4, 1235, true], // 1234.5 ml: half up
    [12344n, 4, 1234, true],
    ['12.34', 0, 12340, false],
    ['1234', 2, 12340, false],
    ['0.0005', 0, 1, true],
    ['1e+3', 0, 1_000_000, false],
    ['1.5e-3', 0, 2, true],
  ])('%s with %i decimals of a litre is %i ml', (value, decimals, ml, rounded) => {
    expect(toMillilitres(value, decimals, 'litre')).toEqual(ok(ml, rounded));
  });

  it('gallons are exact by definition', () => {
    expect(toMillilitres(1_000_000n, 0, 'us-gallon')).toEqual(ok(3_785_411_784));
    expect(toMillilitres(1n, 0, 'us-gallon')).toEqual(ok(3785, true));
    expect(toMillilitres(100n, 0, 'imperial-gallon')).toEqual(ok(454_609));
  });

  it('never more than half a millilitre from the exact value, and told when it is not exact', () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: 0n, max: 10n ** 15n }),
        fc.integer({ min: 0, max: 9 }),
        (raw, decimals) => {
          const scaled = toMillilitres(raw, decimals, 'us-gallon');
          const exact = { n: raw * 3_785_411_784n, d: 10n ** BigInt(decimals + 6) };
          if (!scaled.ok) {
            expect(exact.n / exact.d).toBeGreaterThan(BigInt(Number.MAX_SAFE_INTEGER) - 1n);
            return;
          }
          const error = BigInt(scaled.value) * exact.d - exact.n;
          expect(2n * error <= exact.d && 2n * error > -exact.d).toBe(true);
          expect(scaled.rounded).toBe(error !== 0n);
        },
      ),
    );
  });
});

describe('money', () => {
  it('follows the decimals of the device and of the currency', () => {
    expect(toMoney(27036n, 3, 2)).toEqual(ok(2704, true));
    expect(toMoney(50000n, 3, 2)).toEqual(ok(5000));
    expect(toMoney(50n, 0, 2)).toEqual(ok(5000));
    expect(toMoney(1500n, 0, 0)).toEqual(ok(1500));
    expect(toMoney('1.005', 0, 2)).toEqual(ok(101, true));
  });
});

describe('price', () => {
  it('is per litre, in thousandths', () => {
    expect(toUnitPrice(219n, 2, 'litre')).toEqual(ok(2190));
    expect(toUnitPrice('7.849', 0, 'litre')).toEqual(ok(7849));
  });
  it('comes per gallon where the device counts gallons', () => {
    // 3.785411784 per US gallon is exactly 1 per litre; 4.54609 per imperial gallon too
    expect(toUnitPrice(3_785_411_784n, 9, 'us-gallon')).toEqual(ok(1000));
    expect(toUnitPrice(454_609n, 5, 'imperial-gallon')).toEqual(ok(1000));
    expect(toUnitPrice(3499n, 3, 'us-gallon')).toEqual(ok(924, true));
  });
});

describe('no value', () => {
  it.each([
    [-1n, 'negative'],
    ['-0.01', 'negative'],
    ['12,34', 'the text is not a number'],
    ['', 'the text is not a number'],
    [2n ** 53n, 'too large'],
    ['1e300', 'too large'],
  ])('%s: %s', (value, reason) => {
    expect(toMillilitres(value, 3, 'litre')).toEqual({ ok: false, reason });
    expect(toMoney(value, 0, 0)).toEqual({ ok: false, reason });
  });
  it('the largest safe integer still is one', () => {
    expect(toMillilitres(2n ** 53n - 1n, 3, 'litre')).toEqual(ok(Number.MAX_SAFE_INTEGER));
  });
});
