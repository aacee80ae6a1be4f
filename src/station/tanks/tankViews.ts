/** Tanks, deliveries and alarms as the API and the feed show them. */
import { alarmLimits } from '../../core/tanks/alarms/levels.ts';
import { safeFill, type TankLevel } from '../../core/tanks/level.ts';
import type { TankConfig } from '../../model/config/tanks.ts';
import type { TankState } from '../../model/states.ts';
import { type Instant, millilitres } from '../../model/units.ts';
import type { TankAlarm } from '../../store/tanks/alarms.ts';
import type { StoredDelivery } from '../../store/tanks/deliveries.ts';
import type { StoredLevel } from '../../store/tanks/levels.ts';
import { rfc3339 } from '../businessDay.ts';
import type { DeliveryView, LevelView, TankAlarmView, TankLimitsView, TankView } from './view.ts';

const maybe = (at: Instant | null): string | null => (at === null ? null : rfc3339(at));

export function limitsOf(tank: TankConfig): TankLimitsView {
  const { overfill, high, low, critical, waterWarning, water } = alarmLimits(tank);
  return {
    overfillMl: overfill,
    highMl: high,
    lowMl: low,
    criticalMl: critical,
    waterWarningTenthMm: waterWarning,
    waterTenthMm: water,
  };
}

export interface TankNow {
  readonly tank: TankConfig;
  readonly stock: string;
  readonly level: TankLevel | null;
  readonly delivery: boolean;
  readonly cover: TankView['cover'];
  readonly order: TankView['order'];
  readonly alarms: readonly TankAlarm[];
}

export function tankView({ tank, stock, level, delivery, cover, order, alarms }: TankNow): TankView {
  const capacity = tank.capacityLitres === undefined ? null : millilitres(tank.capacityLitres * 1000);
  const none = tank.gauge ? 'it has not been read yet' : 'no gauge measures it';
  return {
    id: tank.id,
    grade: tank.grade,
    stock,
    gauge: tank.gauge?.gauge ?? null,
    capacityMl: capacity,
    safeFillMl: safeFill({ capacity, safeFillPercent: tank.safeFillPercent }),
    quality: level?.quality ?? 'unknown',
    reason: level ? level.reason : none,
    volumeMl: level?.volume ?? null,
    volumeAt15Ml: level?.volumeAt15 ?? null,
    ullageMl: level?.ullage ?? null,
    heightTenthMm: level?.height ?? null,
    waterTenthMm: level?.water ?? null,
    waterMl: level?.waterVolume ?? null,
    temperatureCentiC: level?.temperature ?? null,
    at: level ? rfc3339(level.at) : null,
    delivery,
    cover,
    order,
    alarms: [...new Set(alarms.map(({ kind }) => kind))],
    limits: limitsOf(tank),
  };
}

export const tankState = (view: TankView): TankState => ({
  tank: view.id,
  grade: view.grade,
  quality: view.quality,
  reason: view.reason,
  volumeMl: view.volumeMl,
  volumeAt15Ml: view.volumeAt15Ml,
  capacityMl: view.capacityMl,
  ullageMl: view.ullageMl,
  waterTenthMm: view.waterTenthMm,
  temperatureCentiC: view.temperatureCentiC,
  coverHours: view.cover.hours === null ? null : Math.floor(view.cover.hours),
  delivery: view.delivery,
  alarms: [...view.alarms],
  at: view.at,
});

export const levelView = (level: StoredLevel): LevelView => ({
  at: rfc3339(level.at),
  quality: level.quality,
  volumeMl: level.volume,
  waterTenthMm: level.water,
  temperatureCentiC: level.temperature,
});

export const deliveryView = (delivery: StoredDelivery): DeliveryView => ({
  number: delivery.number,
  key: delivery.key,
  stock: delivery.stock,
  grade: delivery.grade,
  source: delivery.source,
  startedAt: rfc3339(delivery.startedAt),
  endedAt: rfc3339(delivery.endedAt),
  businessDate: delivery.businessDate,
  startMl: delivery.startVolume,
  endMl: delivery.endVolume,
  dispensedMl: delivery.dispensed,
  volumeMl: delivery.volume,
  volumeAt15Ml: delivery.volumeAt15,
  temperatureCentiC: delivery.temperature,
  flags: delivery.flags,
});

export const tankAlarmView = (alarm: TankAlarm): TankAlarmView => ({
  number: alarm.number,
  subject: alarm.subject,
  tank: alarm.tank,
  kind: alarm.kind,
  text: alarm.text,
  raisedAt: rfc3339(alarm.raisedAt),
  acknowledgedAt: maybe(alarm.acknowledgedAt),
  acknowledgedBy: alarm.acknowledgedBy,
  note: alarm.note,
  clearedAt: maybe(alarm.clearedAt),
});
