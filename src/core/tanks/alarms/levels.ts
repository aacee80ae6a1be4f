/** What a tank's level is an alarm of: water, low, high, a lost probe. */
import type { TankConfig } from '../../../model/config/tanks.ts';
import {
  type Millilitres,
  millilitres,
  type TenthMillimetres,
  tenthMillimetres,
} from '../../../model/units.ts';
import { safeFill, type TankLevel } from '../level.ts';
import { type Condition, isRaised } from './entries.ts';
import type { AlarmLimits, Entry } from './types.ts';

const minute = 60_000;
const litres = (volume: number): string => `${Math.round(volume / 1000)} L`;
const mm = (height: number): string => `${(height / 10).toFixed(1)} mm`;

/** Limits in litres and millimetres as configured, with their defaults from the capacity. */
export function alarmLimits(
  tank: Pick<TankConfig, 'capacityLitres' | 'safeFillPercent' | 'limits'>,
): AlarmLimits {
  const { capacityLitres, safeFillPercent, limits } = tank;
  const capacity = capacityLitres === undefined ? null : millilitres(capacityLitres * 1000);
  const or = (own: number | undefined, share: number): Millilitres | null => {
    if (own !== undefined) return millilitres(Math.round(own * 1000));
    return capacity === null ? null : millilitres(Math.round(capacity * share));
  };
  const height = (own: number): TenthMillimetres => tenthMillimetres(Math.round(own * 10));
  return {
    capacity,
    overfill: or(limits.overfillLitres, 0.98),
    high:
      limits.highLitres === undefined ? safeFill({ capacity, safeFillPercent }) : or(limits.highLitres, 1),
    low: or(limits.lowLitres, 0.1),
    critical: or(limits.criticalLitres, 0.05),
    waterWarning: height(limits.waterWarningMm),
    water: height(limits.waterMm),
  };
}

/** Each clears a little beyond its limit. Of two of one kind only the worse stands. */
export function levelConditions(
  limits: AlarmLimits,
  entries: readonly Entry[],
  level: TankLevel,
): Condition[] {
  const { volume, water, quality } = level;
  const isBad = quality === 'bad' || volume === null;
  const beyond = Math.max(50_000, (limits.capacity ?? 0) / 100);
  const under = (kind: Condition['kind'], limit: Millilitres | null): boolean | null => {
    if (isBad || limit === null) return null;
    return volume < limit + (isRaised(entries, kind) ? beyond : 0);
  };
  const over = (kind: Condition['kind'], limit: Millilitres | null): boolean | null => {
    if (isBad || limit === null) return null;
    return volume > limit - (isRaised(entries, kind) ? beyond : 0);
  };
  const wet = (kind: Condition['kind'], limit: TenthMillimetres): boolean | null =>
    water === null || quality === 'bad' ? null : water >= limit - (isRaised(entries, kind) ? 30 : 0);
  const unless = (worse: boolean | null, holds: boolean | null): boolean | null => holds && worse !== true;

  const critical = under('critical-low', limits.critical);
  const overfill = over('overfill', limits.overfill);
  const water2 = wet('water', limits.water);
  const shown = litres(volume ?? 0);
  const stir = { confirmMs: 5 * minute, confirmCount: 2, clearMs: 10 * minute };
  const steady = { confirmMs: 2 * minute, confirmCount: 2, clearMs: 2 * minute };
  return [
    {
      kind: 'probe-lost',
      holds: isBad,
      text: `The level is not known: ${level.reason}. Look at the probe, its cable and the gauge.`,
      ...{ confirmMs: 3 * minute, confirmCount: 2, clearMs: minute },
    },
    {
      kind: 'critical-low',
      holds: critical,
      text: `${shown} left, the pumps run dry soon (limit ${litres(limits.critical ?? 0)}). Order at once, or close the grade.`,
      ...steady,
    },
    {
      kind: 'low',
      holds: unless(critical, under('low', limits.low)),
      text: `${shown} left (limit ${litres(limits.low ?? 0)}). Order fuel.`,
      ...steady,
    },
    {
      kind: 'overfill',
      holds: overfill,
      text: `${shown} is over the overfill limit of ${litres(limits.overfill ?? 0)}. Stop the delivery.`,
      ...{ confirmCount: 2, clearMs: 2 * minute },
    },
    {
      kind: 'high',
      holds: unless(overfill, over('high', limits.high)),
      text: `${shown} is over the safe fill of ${litres(limits.high ?? 0)}. Deliver no more.`,
      ...steady,
    },
    {
      kind: 'water',
      holds: water2,
      text: `${mm(water ?? 0)} of water (limit ${mm(limits.water)}). Stop selling from the tank and have the water pumped out.`,
      ...stir,
    },
    {
      kind: 'water-warning',
      holds: unless(water2, wet('water-warning', limits.waterWarning)),
      text: `${mm(water ?? 0)} of water (warning at ${mm(limits.waterWarning)}). Check with paste and have it pumped out.`,
      ...stir,
    },
  ];
}
