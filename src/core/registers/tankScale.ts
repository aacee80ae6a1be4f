/** A gauge's numbers to the product's units and back, in exact integer arithmetic and within what a tank can show. */
import type { GaugeFieldName, GaugeProfile } from '../../model/config/gaugeProfile.ts';
import { millilitresPer, type Ratio, ratioOf } from './scale.ts';

/** What one unit of the device is in ours. */
interface Scale {
  /** Added to the device's number first. */
  readonly shift: bigint;
  readonly n: bigint;
  readonly d: bigint;
  /** Least and greatest that can be, in our unit. */
  readonly least: bigint;
  readonly most: bigint;
}

export type ScaledTank =
  | { readonly ok: true; readonly value: number }
  | { readonly ok: false; readonly reason: string };

const heights: Readonly<Record<GaugeProfile['heightUnit'], Ratio>> = {
  mm: { n: 10n, d: 1n },
  cm: { n: 100n, d: 1n },
  inch: { n: 254n, d: 1n },
  'tenth-inch': { n: 254n, d: 10n },
};
const temperatures: Readonly<Record<GaugeProfile['temperatureUnit'], Ratio & { readonly shift: bigint }>> = {
  celsius: { shift: 0n, n: 100n, d: 1n },
  fahrenheit: { shift: -32n, n: 500n, d: 9n },
};
const densities: Readonly<Record<GaugeProfile['densityUnit'], Ratio>> = {
  'kg-per-m3': { n: 1000n, d: 1n },
  'g-per-cm3': { n: 1_000_000n, d: 1n },
};

type Units = Pick<GaugeProfile, 'volumeUnit' | 'heightUnit' | 'temperatureUnit' | 'densityUnit'>;

/** Volumes to 10,000 m3, heights to 50 m, -100 to 200 degC, 300 to 1500 kg/m3. */
function scaleOf(name: GaugeFieldName, units: Units): Scale {
  switch (name) {
    case 'height':
    case 'water':
      return { shift: 0n, ...heights[units.heightUnit], least: 0n, most: 500_000n };
    case 'temperature':
      return { ...temperatures[units.temperatureUnit], least: -10_000n, most: 20_000n };
    case 'density':
      return { shift: 0n, ...densities[units.densityUnit], least: 300_000n, most: 1_500_000n };
    default:
      return { shift: 0n, ...millilitresPer[units.volumeUnit], least: 0n, most: 10_000_000_000n };
  }
}

/** To the nearest whole number, halves away from zero. */
function rounded({ n, d }: Ratio): bigint {
  const half = (2n * (n < 0n ? -n : n) + d) / (2n * d);
  return n < 0n ? -half : half;
}

/**
 * A field's value (bigint, or decimal text of floats and texts) with its implied decimals to millilitres, 1/10 mm,
 * 1/100 degC or g/m3. Not ok: no number, or one that no tank can show.
 */
export function toTankUnit(
  name: GaugeFieldName,
  value: bigint | string,
  decimals: number,
  units: Units,
): ScaledTank {
  const ratio = ratioOf(value, decimals);
  if (ratio === null) return { ok: false, reason: 'not a number' };
  const { shift, n, d, least, most } = scaleOf(name, units);
  const whole = rounded({ n: (ratio.n + shift * ratio.d) * n, d: ratio.d * d });
  if (whole < least || whole > most) return { ok: false, reason: `${shown(value, decimals)} cannot be` };
  return { ok: true, value: Number(whole) };
}

/** The inverse: an exact number of the device's units. */
export function fromTankUnit(name: GaugeFieldName, value: number, units: Units): Ratio {
  const { shift, n, d } = scaleOf(name, units);
  return { n: BigInt(value) * d - shift * n, d: n };
}

/** The raw integer with so many decimals that is nearest to a number; halves away from zero. */
export const rawOf = ({ n, d }: Ratio, decimals: number): bigint =>
  rounded({ n: n * 10n ** BigInt(decimals), d });

/** As a person reads it, of bounded length. */
function shown(value: bigint | string, decimals: number): string {
  if (typeof value === 'string') return value.slice(0, 24);
  const digits = String(value < 0n ? -value : value).padStart(decimals + 1, '0');
  const point = decimals === 0 ? digits : `${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`;
  return `${value < 0n ? '-' : ''}${point}`.slice(0, 24);
}
