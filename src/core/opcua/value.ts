/** One value of a node in the product's units, in exact integer arithmetic and within bounds. */
import type { OpcuaField, OpcuaFlag, OpcuaProfile } from '../../model/config/opcuaProfile.ts';
import { type Ratio, ratioOf } from '../registers/scale.ts';
import { qualityOf, statusName } from './status.ts';

/** A node's value as the thread that reads hands it on: of bounded size whatever the server sent. */
export interface RawValue {
  /** Integers as bigint; floats as the shortest decimal text that is the same number; texts cut to 64 characters. */
  readonly value: bigint | string | boolean | null;
  /** Why there is no value although the status is good ("an array of 70000", "NaN"); else empty. */
  readonly problem: string;
  readonly status: number;
  /** Milliseconds since 1970 by the server's clock, of the source and of the server; null: it does not tell. */
  readonly sourceAt: number | null;
  readonly serverAt: number | null;
}

/** `reason`: empty where the value is good, or absent as the profile says. */
export interface Value<T> {
  readonly value: T | null;
  readonly quality: 'good' | 'uncertain' | 'bad';
  readonly reason: string;
}

const bad = (reason: string): Value<never> => ({ value: null, quality: 'bad', reason });

/** What one unit of the device is in ours, and the greatest and least that can be. */
export interface Scale {
  readonly n: bigint;
  readonly d: bigint;
  /** Added to the device's number first: `n2 / d2`. */
  readonly shift?: Ratio;
  readonly least: number;
  readonly most: number;
}

type Units = OpcuaProfile['units'];
const volumes: Record<Units['volume'], Ratio> = {
  millilitre: { n: 1n, d: 1n },
  litre: { n: 1000n, d: 1n },
  'cubic-metre': { n: 1_000_000n, d: 1n },
  'us-gallon': { n: 3_785_411_784n, d: 1_000_000n },
  'imperial-gallon': { n: 454_609n, d: 100n },
};
const lengths: Record<Units['length'], Ratio> = {
  mm: { n: 10n, d: 1n },
  cm: { n: 100n, d: 1n },
  m: { n: 10_000n, d: 1n },
  inch: { n: 254n, d: 1n },
};

/** Millilitres; up to ten thousand cubic metres. */
export const volumeScale = (unit: Units['volume']): Scale => ({ ...volumes[unit], least: 0, most: 1e10 });
/** Totalizers count on for years: up to 2^53 ml. */
export const totalScale = (unit: Units['volume']): Scale => ({
  ...volumes[unit],
  least: 0,
  most: Number.MAX_SAFE_INTEGER,
});
/** Tenths of a millimetre; up to 50 m. */
export const lengthScale = (unit: Units['length']): Scale => ({ ...lengths[unit], least: 0, most: 500_000 });
/** Hundredths of a degree Celsius; -100 to 200. */
export function temperatureScale(unit: Units['temperature']): Scale {
  const bounds = { least: -10_000, most: 20_000 };
  if (unit === 'fahrenheit') return { n: 500n, d: 9n, shift: { n: -32n, d: 1n }, ...bounds };
  if (unit === 'kelvin') return { n: 100n, d: 1n, shift: { n: -27_315n, d: 100n }, ...bounds };
  return { n: 100n, d: 1n, ...bounds };
}
/** Grams per cubic metre; 300 to 1500 kg/m3. */
export const densityScale = (unit: Units['density']): Scale => ({
  n: unit === 'kg/m3' ? 1000n : 1_000_000n,
  d: 1n,
  least: 300_000,
  most: 1_500_000,
});
/** Minor units of a currency with so many decimals. */
export const moneyScale = (decimals: number): Scale => ({
  n: 10n ** BigInt(decimals),
  d: 1n,
  least: 0,
  most: Number.MAX_SAFE_INTEGER,
});
/** Currency units per volume unit to thousandths per litre. */
export const priceScale = (unit: Units['volume']): Scale => ({
  n: 1_000_000n * volumes[unit].d,
  d: volumes[unit].n,
  least: 0,
  most: 1e9,
});
/** Hose, sale number, end code: whole numbers. */
export const countScale: Scale = { n: 1n, d: 1n, least: 0, most: Number.MAX_SAFE_INTEGER };

/** To the nearest whole number, halves away from zero. */
function rounded(n: bigint, d: bigint): bigint {
  const half = (2n * (n < 0n ? -n : n) + d) / (2n * d);
  return n < 0n ? -half : half;
}

/** `exact: false`: the device gave a finer value than the unit has. */
export function readNumber(
  field: OpcuaField,
  scale: Scale,
  raw: RawValue | undefined,
): Value<number> & { readonly exact: boolean } {
  const checked = usable(raw);
  if ('reason' in checked) return { ...checked, exact: true };
  const { value, quality, text } = checked;
  if (typeof value === 'boolean') return { ...bad('a Boolean'), exact: true };
  const ratio = ratioOf(typeof value === 'bigint' ? value : value.trim(), field.decimals);
  if (ratio === null) return { ...bad('not a number'), exact: true };
  if (field.absent.some((each) => isSame(value, each))) {
    return { value: null, quality, reason: text, exact: true };
  }
  const shift = scale.shift ?? { n: 0n, d: 1n };
  const n = (ratio.n * shift.d + shift.n * ratio.d) * scale.n;
  const d = ratio.d * shift.d * scale.d;
  const whole = rounded(n, d);
  if (whole < BigInt(scale.least) || whole > BigInt(scale.most))
    return { ...bad(`${shortText(value)} cannot be`), exact: true };
  return { value: Number(whole), quality, reason: text, exact: n % d === 0n };
}

/** Set or not. A number without mask and `equals` is set when it is not 0. */
export function readFlag(flag: OpcuaFlag, raw: RawValue | undefined): Value<boolean> {
  const checked = usable(raw);
  if ('reason' in checked) return checked;
  const { value, quality, text } = checked;
  const set = typeof value === 'boolean' ? isSet(flag, value ? 1n : 0n) : bitsOf(flag, value);
  if (set === null) return bad(`${shortText(value)} is no flag`);
  return { value: set !== flag.inverted, quality, reason: text };
}

function bitsOf(flag: OpcuaFlag, value: bigint | string): boolean | null {
  if (typeof value === 'bigint') return isSet(flag, value);
  return /^[+-]?\d{1,20}$/.test(value.trim()) ? isSet(flag, BigInt(value.trim())) : null;
}

function isSet({ mask, equals }: OpcuaFlag, value: bigint): boolean {
  const bits = mask === undefined ? value : value & BigInt(mask);
  return equals === undefined ? bits !== 0n : bits === BigInt(equals);
}

type Usable = {
  readonly value: bigint | string | boolean;
  readonly quality: 'good' | 'uncertain';
  readonly text: string;
};

/** A value that its status lets count. */
export function usable(raw: RawValue | undefined): Usable | Value<never> {
  if (raw === undefined) return bad('its node is not there');
  const quality = qualityOf(raw.status);
  if (quality === 'bad') return bad(statusName(raw.status));
  if (raw.value === null) return bad(raw.problem === '' ? 'no value' : raw.problem);
  return { value: raw.value, quality, text: quality === 'good' ? '' : statusName(raw.status) };
}

const isSame = (value: bigint | string, absent: number): boolean => Number(value) === absent;

const shortText = (value: bigint | string | boolean): string => String(value).slice(0, 24);
