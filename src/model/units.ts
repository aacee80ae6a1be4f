/**
 * The product's units: integers only, one brand for each, so that litres cannot be added to money.
 * No floating point reaches a sum; a value outside the safe integers is refused, never rounded.
 */
import { ForecourtError } from './errors.ts';

declare const unit: unique symbol;
type Unit<Name extends string> = number & { readonly [unit]: Name };

/** Volume in millilitres. */
export type Millilitres = Unit<'ml'>;
/** Money in the station currency's minor unit (cent, fen). */
export type Money = Unit<'minor'>;
/** Price in thousandths of a currency unit per litre (7.849/L is 7849). */
export type UnitPrice = Unit<'thousandths-per-litre'>;
/** Loyalty points, whole. */
export type Points = Unit<'points'>;
/** Temperature in 1/100 degC. */
export type CentiCelsius = Unit<'centi-celsius'>;
/** Length in 1/10 mm. */
export type TenthMillimetres = Unit<'tenth-mm'>;
/** Density in g/m3 (745 kg/m3 is 745000). */
export type GramsPerM3 = Unit<'g-per-m3'>;
/** UTC instant, milliseconds since 1970. */
export type Instant = Unit<'utc-ms'>;
/** Monotonic milliseconds of this process (fractional); only differences mean anything. */
export type MonoMs = Unit<'mono-ms'>;

function integer<U extends number>(name: string, value: number): U {
  if (!Number.isSafeInteger(value)) {
    throw new ForecourtError('UNIT_NOT_INTEGER', `${name} must be a safe integer, got ${value}`, {
      name,
      value,
    });
  }
  return value as U;
}

export const millilitres = (value: number): Millilitres => integer('millilitres', value);
export const money = (value: number): Money => integer('money', value);
export const unitPrice = (value: number): UnitPrice => integer('unit price', value);
export const points = (value: number): Points => integer('points', value);
export const centiCelsius = (value: number): CentiCelsius => integer('temperature', value);
export const tenthMillimetres = (value: number): TenthMillimetres => integer('length', value);
export const gramsPerM3 = (value: number): GramsPerM3 => integer('density', value);
export const instant = (value: number): Instant => integer('instant', value);
export const monoMs = (value: number): MonoMs => value as MonoMs;
