/** Fills that are larger than they should be: than the tank, than any tank, than the member's own. Integers only. */

import type { Finding } from '../../model/alert.ts';
import type { ChecksPolicy } from '../../model/config/checks.ts';
import type { Millilitres } from '../../model/units.ts';

const litres = (ml: number): string => `${Math.floor(ml / 1000)}.${String(ml % 1000).padStart(3, '0')} L`;

/** `tankLitres`: of the largest vehicle that it can have been; null: not known. */
export function overfill(
  volume: Millilitres,
  tankLitres: number | null,
  policy: ChecksPolicy,
): Finding | null {
  if (tankLitres === null) return null;
  // volume / (tank x 1000) against percent / 100, without a division.
  const exceeds = (percent: number) => volume * 100 > tankLitres * 1000 * percent;
  if (!exceeds(policy.tankNormalPercent)) return null;
  const verify = exceeds(policy.tankExplainPercent);
  const percent = Math.floor((volume * 100) / (tankLitres * 1000));
  return {
    kind: 'overfill',
    level: verify ? 'verify' : 'explain',
    text: `${litres(volume)} into a tank of ${tankLitres} L (${percent} %)`,
  };
}

/** Above the limit for any sale, unless the vehicle's own tank holds it. */
export function abnormalVolume(
  volume: Millilitres,
  tankLitres: number | null,
  policy: ChecksPolicy,
): Finding | null {
  const limit = Math.max(policy.abnormalLitres, tankLitres ?? 0);
  if (volume <= limit * 1000) return null;
  return {
    kind: 'abnormal-volume',
    level: 'explain',
    text: `${litres(volume)} in one sale, above ${limit} L`,
  };
}

/** Far above what the member usually takes. `fills`: the member's earlier ones. */
export function aboveUsual(
  volume: Millilitres,
  fills: { readonly count: number; readonly volume: number },
  policy: ChecksPolicy,
): Finding | null {
  if (fills.count < policy.usualFills) return null;
  if (volume * fills.count <= policy.usualFactor * fills.volume) return null;
  const average = Math.floor(fills.volume / fills.count);
  return {
    kind: 'above-usual',
    level: 'explain',
    text: `${litres(volume)}, more than ${policy.usualFactor} times the member's ${litres(average)} on average of ${fills.count} fills`,
  };
}
