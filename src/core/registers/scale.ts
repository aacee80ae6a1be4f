/**
 * A field's number to the product's units and back, in exact integer arithmetic.
 * Prices of the device are per its volume unit; ours are per litre.
 */
import type { VolumeUnit } from '../../model/config/field.ts';
import type { Millilitres, Money, UnitPrice } from '../../model/units.ts';
import { millilitres, money, unitPrice } from '../../model/units.ts';

/** `rounded`: the device gave a finer value than the unit has. Halves are rounded up. */
export type Scaled<U> =
  | { readonly ok: true; readonly value: U; readonly rounded: boolean }
  | { readonly ok: false; readonly reason: string };

/** A number as a fraction, `d` > 0, not reduced. */
export interface Ratio {
  readonly n: bigint;
  readonly d: bigint;
}

/** Millilitres in one volume unit, exact by definition: US gallon 231 cubic inches; imperial gallon 4.54609 litres. */
export const millilitresPer: Readonly<Record<VolumeUnit, Ratio>> = {
  litre: { n: 1000n, d: 1n },
  'us-gallon': { n: 3_785_411_784n, d: 1_000_000n },
  'imperial-gallon': { n: 454_609n, d: 100n },
};

/** The value of a field (bigint or decimal text) with its implied decimals; null when the text is no number. */
export function ratioOf(value: bigint | string, decimals: number): Ratio | null {
  const scale = 10n ** BigInt(decimals);
  if (typeof value === 'bigint') return { n: value, d: scale };
  const match = /^([+-]?)(\d+)(?:\.(\d+))?(?:e([+-]?\d{1,3}))?$/i.exec(value);
  if (match === null) return null;
  const [, sign, whole = '', places = '', exponent = '0'] = match;
  const digits = BigInt(whole + places) * (sign === '-' ? -1n : 1n);
  const power = Number(exponent) - places.length;
  return power >= 0
    ? { n: digits * 10n ** BigInt(power), d: scale }
    : { n: digits, d: scale * 10n ** BigInt(-power) };
}

/** To the nearest whole number, halves up; for n >= 0. */
export const roundHalfUp = ({ n, d }: Ratio): bigint => (2n * n + d) / (2n * d);

function scaled<U>(
  value: bigint | string,
  decimals: number,
  n: bigint,
  d: bigint,
  unit: (x: number) => U,
): Scaled<U> {
  const ratio = ratioOf(value, decimals);
  if (ratio === null) return { ok: false, reason: 'the text is not a number' };
  if (ratio.n < 0n) return { ok: false, reason: 'negative' };
  const exact = { n: ratio.n * n, d: ratio.d * d };
  const whole = roundHalfUp(exact);
  if (whole > BigInt(Number.MAX_SAFE_INTEGER)) return { ok: false, reason: 'too large' };
  return { ok: true, value: unit(Number(whole)), rounded: exact.n % exact.d !== 0n };
}

export function toMillilitres(
  value: bigint | string,
  decimals: number,
  unit: VolumeUnit,
): Scaled<Millilitres> {
  const { n, d } = millilitresPer[unit];
  return scaled(value, decimals, n, d, millilitres);
}

/** `currencyDecimals`: 2 where a currency unit has 100 minor units. */
export function toMoney(value: bigint | string, decimals: number, currencyDecimals: number): Scaled<Money> {
  return scaled(value, decimals, 10n ** BigInt(currencyDecimals), 1n, money);
}

/** From currency units per volume unit to thousandths per litre. */
export function toUnitPrice(value: bigint | string, decimals: number, unit: VolumeUnit): Scaled<UnitPrice> {
  const { n, d } = millilitresPer[unit];
  return scaled(value, decimals, 1_000_000n * d, n, unitPrice);
}

/** The inverse ways, as exact numbers of the device's units. */
export const volumeRatio = (value: Millilitres, unit: VolumeUnit): Ratio => ({
  n: BigInt(value) * millilitresPer[unit].d,
  d: millilitresPer[unit].n,
});
export const moneyRatio = (value: Money, currencyDecimals: number): Ratio => ({
  n: BigInt(value),
  d: 10n ** BigInt(currencyDecimals),
});
export const priceRatio = (value: UnitPrice, unit: VolumeUnit): Ratio => ({
  n: BigInt(value) * millilitresPer[unit].n,
  d: 1_000_000n * millilitresPer[unit].d,
});
