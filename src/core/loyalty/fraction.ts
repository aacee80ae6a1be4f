/** Exact rational numbers on BigInt: what points and discounts are computed in before the one rounding. */

/** Always reduced, `d` > 0. */
export interface Fraction {
  readonly n: bigint;
  readonly d: bigint;
}

export type Rounding = 'down' | 'half-up' | 'half-even';

function gcd(a: bigint, b: bigint): bigint {
  let [x, y] = [a < 0n ? -a : a, b];
  while (y !== 0n) [x, y] = [y, x % y];
  return x;
}

function reduced(n: bigint, d: bigint): Fraction {
  const common = gcd(n, d);
  return { n: n / common, d: d / common };
}

/** `n` over `d`, both whole; `d` > 0. */
export function fraction(n: number | bigint, d: number | bigint = 1): Fraction {
  return reduced(BigInt(n), BigInt(d));
}

export const zero: Fraction = fraction(0);
export const one: Fraction = fraction(1);

/** A plain decimal such as `1.25`, as `decimalSchema` lets through. */
export function fromDecimal(text: string): Fraction {
  const [whole = '', places = ''] = text.split('.');
  return reduced(BigInt(whole + places), 10n ** BigInt(places.length));
}

export const add = (a: Fraction, b: Fraction): Fraction => reduced(a.n * b.d + b.n * a.d, a.d * b.d);
export const subtract = (a: Fraction, b: Fraction): Fraction => reduced(a.n * b.d - b.n * a.d, a.d * b.d);
export const multiply = (a: Fraction, b: Fraction): Fraction => reduced(a.n * b.n, a.d * b.d);

/** Negative, zero or positive as `a` is below, at or above `b`. */
export function compare(a: Fraction, b: Fraction): number {
  const difference = a.n * b.d - b.n * a.d;
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

/** To a whole number; for values >= 0, which is all that points and discounts are. */
export function round(value: Fraction, rounding: Rounding): bigint {
  const whole = value.n / value.d;
  if (rounding === 'down') return whole;
  const twice = 2n * (value.n - whole * value.d);
  if (twice === value.d && rounding === 'half-even') return whole + (whole % 2n);
  return twice >= value.d ? whole + 1n : whole;
}

/** An exact decimal where there is one (`45.2`, `-0.125`), else `n/d`. */
export function toText(value: Fraction): string {
  let places = 0;
  let scale = 1n;
  while (scale % value.d !== 0n) {
    if (places === 40) return `${value.n}/${value.d}`;
    scale *= 10n;
    places += 1;
  }
  const digits = value.n * (scale / value.d);
  const sign = digits < 0n ? '-' : '';
  const text = (digits < 0n ? -digits : digits).toString().padStart(places + 1, '0');
  return places === 0 ? sign + text : `${sign}${text.slice(0, -places)}.${text.slice(-places)}`;
}
