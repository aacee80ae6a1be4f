/** What an OPC UA value may become, once more, in floating point: shares nothing with the decoders. */
import type { OpcuaField, OpcuaProfile } from '../../../src/model/config/opcuaProfile.ts';
import { holds } from '../target.ts';

/** A DataValue as the library hands it over, or anything else in its place. */
export interface Wire {
  readonly value?: unknown;
  readonly statusCode?: unknown;
  readonly sourceTimestamp?: unknown;
  readonly serverTimestamp?: unknown;
}

type Units = OpcuaProfile['units'];
interface Measure {
  readonly factor: number;
  readonly plus?: number;
  readonly least: number;
  readonly most: number;
}

const litres = {
  millilitre: 0.001,
  litre: 1,
  'cubic-metre': 1000,
  'us-gallon': 3.785411784,
  'imperial-gallon': 4.54609,
};
const most = Number.MAX_SAFE_INTEGER;

export const measures = {
  volume: ({ volume }: Units): Measure => ({ factor: litres[volume] * 1000, least: 0, most: 1e10 }),
  total: ({ volume }: Units): Measure => ({ factor: litres[volume] * 1000, least: 0, most }),
  length: ({ length }: Units): Measure => ({
    ...{ factor: { mm: 10, cm: 100, m: 10_000, inch: 254 }[length], least: 0, most: 500_000 },
  }),
  temperature: ({ temperature }: Units): Measure => ({
    ...{ factor: temperature === 'fahrenheit' ? 500 / 9 : 100, least: -10_000, most: 20_000 },
    plus: { celsius: 0, fahrenheit: -32, kelvin: -273.15 }[temperature],
  }),
  density: ({ density }: Units): Measure => ({
    ...{ factor: density === 'kg/m3' ? 1000 : 1e6, least: 300_000, most: 1_500_000 },
  }),
  money: (): Measure => ({ factor: 100, least: 0, most }),
  price: ({ volume }: Units): Measure => ({ factor: 1000 / litres[volume], least: 0, most: 1e9 }),
  count: (): Measure => ({ factor: 1, least: 0, most }),
};

const part = (whole: unknown, name: string): unknown => (whole as Record<string, unknown> | null)?.[name];

/** 0 good, 1 uncertain, 2 and 3 bad; what is no status at all is bad, and none is good. */
export function severityOf({ statusCode }: Wire): number {
  if (statusCode === null || statusCode === undefined) return 0;
  const value = part(statusCode, 'value');
  return Number.isInteger(value) ? ((value as number) >>> 30) & 3 : 2;
}

/** The one number that a value holds; null: it holds none. */
export function numberOf({ value: variant }: Wire): number | null {
  if (typeof variant !== 'object' || variant === null || part(variant, 'arrayType') !== 0) return null;
  const value = part(variant, 'value');
  const kind = part(variant, 'dataType');
  if (kind === 8 || kind === 9) {
    if (typeof value === 'string' && value.length <= 64) return textNumber(value);
    if (!Array.isArray(value) || value.length !== 2 || !value.every(Number.isInteger)) return null;
    const high = kind === 8 ? value[0] | 0 : value[0] >>> 0;
    return high * 2 ** 32 + (value[1] >>> 0);
  }
  if (typeof value === 'string') return value.length <= 64 ? textNumber(value) : null;
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}

const textNumber = (text: string): number | null =>
  text.trim() === '' || !Number.isFinite(Number(text)) ? null : Number(text);

/** A number that came out is the one that went in, in other units, and one that can be. */
export function checkNumber(
  name: string,
  got: number | null,
  wire: Wire | undefined,
  { decimals }: OpcuaField,
  { factor, plus = 0, least, most }: Measure,
): void {
  if (got === null) return;
  holds(Number.isSafeInteger(got) && got >= least && got <= most, 'a number is one that can be', {
    name,
    got,
  });
  const number = wire === undefined || severityOf(wire) > 1 ? null : numberOf(wire);
  if (wire === undefined || number === null) {
    holds(false, 'no number comes from what is none', { name, got, wire });
    return;
  }
  const expected = (number / 10 ** decimals + plus) * factor;
  // nine digits tell one float of 32 bits from the next
  const slack = 1 + Math.abs(expected) * (part(wire.value, 'dataType') === 10 ? 1e-6 : 1e-9);
  holds(Math.abs(got - expected) <= slack, 'a number is what was sent', { name, got, expected, wire });
}
