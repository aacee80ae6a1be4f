/** How far a profile's volume totalizer counts and how finely. */
import { type Field, registersOf, type VolumeUnit } from '../../model/config/field.ts';
import type { DispenserProfile } from '../../model/config/profile.ts';
import { type Millilitres, millilitres } from '../../model/units.ts';
import { type Ratio, roundHalfUp, toMillilitres } from './scale.ts';

/** Raw count at which the volume totalizer starts again; null: it does not (floats and text without `rollover`). */
export function totalizerRollover(profile: DispenserProfile): bigint | null {
  const { volume, rollover } = profile.totals;
  return rollover === undefined ? naturalRollover(volume) : BigInt(rollover);
}

function naturalRollover(field: Field): bigint | null {
  const width = BigInt(16 * registersOf(field));
  const all = (1n << width) - 1n;
  const largest = (field.mask === undefined ? all : all & BigInt(field.mask)) >> BigInt(field.shift);
  if (field.type.startsWith('u')) return largest + 1n;
  if (field.type.startsWith('i')) return field.mask === undefined ? (largest + 1n) / 2n : largest + 1n;
  if (field.type === 'bcd') return 10n ** BigInt(largest.toString(16).length);
  return null;
}

/** Volume at which the totalizer starts again, ml; null: never in practice (it cannot, or beyond 2^53 ml). */
export function totalizerModulus(profile: DispenserProfile): Millilitres | null {
  const rollover = totalizerRollover(profile);
  if (rollover === null) return null;
  const modulus = toMillilitres(rollover, profile.totals.volume.decimals, profile.volumeUnit);
  return modulus.ok ? modulus.value : null;
}

/**
 * Smallest step of the volume totalizer in ml, rounded up, at least 1. Floats: the spacing of the type's numbers at the
 * rollover, or at 2^20 units (a million) where there is none.
 */
export function totalizerResolution(profile: DispenserProfile): Millilitres {
  const { type, decimals } = profile.totals.volume;
  const mantissa = type === 'f32' ? 23n : type === 'f64' ? 52n : null;
  const one = oneCount(decimals, profile.volumeUnit);
  if (mantissa === null) return stepOf(one);
  return stepOf({ n: one.n * powerBelow(totalizerRollover(profile) ?? 1n << 20n), d: one.d << mantissa });
}

/** A float, or a text with a point of its own, does not tell its step: two decimals of a litre are usual. */
const usualStepMl = 10;

/** Coarsest step of live and last-sale volumes in ml, rounded up, at least 1. */
export function volumeResolution({ live, lastSale, volumeUnit }: DispenserProfile): Millilitres {
  const steps = [live.volume, lastSale?.volume].map((field) => {
    if (field === undefined) return 1;
    const tells = !['f32', 'f64', 'ascii'].includes(field.type) || field.decimals > 0;
    return tells ? stepOf(oneCount(field.decimals, volumeUnit)) : usualStepMl;
  });
  return millilitres(Math.max(...steps));
}

/** One count of a field in ml. */
function oneCount(decimals: number, unit: VolumeUnit): Ratio {
  const billion = toMillilitres(1_000_000_000n, decimals, unit);
  if (!billion.ok) throw new RangeError(`${decimals} decimals`);
  return { n: BigInt(billion.value), d: 1_000_000_000n };
}

function stepOf(step: Ratio): Millilitres {
  const up = roundHalfUp(step);
  return millilitres(Math.max(1, Number(up * step.d < step.n ? up + 1n : up)));
}

/** The greatest power of two that is not above `value`. */
const powerBelow = (value: bigint): bigint => 1n << BigInt(value.toString(2).length - 1);
