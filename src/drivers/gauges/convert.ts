/** A gauge's units to the product's; what cannot be a tank's is null. */
import type { TlsUnits } from '../../core/tls/records.ts';
import type { TlsGaugeConfig } from '../../model/config/tanks.ts';
import {
  type CentiCelsius,
  centiCelsius,
  type GramsPerM3,
  gramsPerM3,
  type Millilitres,
  millilitres,
  type TenthMillimetres,
  tenthMillimetres,
} from '../../model/units.ts';

/** null in, null out; null too for what no tank has, and then `refused` is told the field. */
export interface Converter {
  volume(field: string, value: number | null): Millilitres | null;
  length(field: string, value: number | null): TenthMillimetres | null;
  temperature(field: string, value: number | null): CentiCelsius | null;
  density(field: string, value: number | null): GramsPerM3 | null;
}

const mlPer: Readonly<Record<TlsUnits, number>> = { us: 3785.411784, imperial: 4546.09, metric: 1000 };
const tenthMmPer = { mm: 10, cm: 100, inch: 254 } as const;
/** Pounds in a cubic foot, in g/m3. */
const gramsPerM3OfPounds = 16018.46337;

const greatest = { volume: 1e10, length: 300_000, density: 2_000_000 } as const;
/** Nothing in a fuel tank is colder or hotter, 1/100 degC. */
const temperatures = { least: -6_000, most: 12_000 } as const;

/**
 * Assumption: a gauge in imperial gallons prints inches and degF, as in US units; densities are kg/m3 when metric, else
 * pounds in a cubic foot.
 */
export function converter(
  units: TlsUnits,
  heightUnit: TlsGaugeConfig['heightUnit'],
  refused: (field: string) => void,
): Converter {
  const metric = units === 'metric';
  const lengthUnit = heightUnit === 'default' ? (metric ? 'mm' : 'inch') : heightUnit;
  function within<T>(
    field: string,
    value: number,
    least: number,
    most: number,
    make: (v: number) => T,
  ): T | null {
    if (value >= least && value <= most) return make(Math.round(value));
    refused(field);
    return null;
  }
  return {
    volume: (field, value) =>
      value === null
        ? null
        : within(field, value * mlPer[units], -greatest.volume, greatest.volume, millilitres),
    length: (field, value) =>
      value === null
        ? null
        : within(field, value * tenthMmPer[lengthUnit], -greatest.length, greatest.length, tenthMillimetres),
    temperature(field, value) {
      if (value === null) return null;
      const celsius = metric ? value : ((value - 32) * 5) / 9;
      return within(field, celsius * 100, temperatures.least, temperatures.most, centiCelsius);
    },
    density: (field, value) =>
      value === null || value === 0
        ? null
        : within(field, value * (metric ? 1000 : gramsPerM3OfPounds), 1, greatest.density, gramsPerM3),
  };
}
