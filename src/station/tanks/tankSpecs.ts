/** What the station's file says of tanks, as the machines of deliveries and alarms want it. */
import { alarmLimits } from '../../core/tanks/alarms/levels.ts';
import type { DeliverySpec } from '../../core/tanks/delivery/types.ts';
import { gramsPerM3, millilitres } from '../../model/units.ts';
import type { LoadedStation } from '../configuration/load.ts';
import type { AlarmSubject } from './alarmWatch.ts';
import type { TankLayout } from './layout.ts';

/** Gauges that report deliveries do it within this of the settling. */
const reportWaitMs = 30 * 60_000;

export function deliverySpecs(
  { config }: LoadedStation,
  { stocks, densities }: TankLayout,
): ReadonlyMap<string, DeliverySpec> {
  const { deliveryMinLitres, deliverySettleMinutes } = config.wetStock;
  const reporting = new Set(config.gauges.filter(({ kind }) => kind === 'tls').map(({ id }) => id));
  return new Map(
    stocks.map(({ id, grade, tanks }) => {
      const reports = tanks.some(({ gauge }) => gauge !== undefined && reporting.has(gauge.gauge));
      const density = densities.get(grade);
      const spec: DeliverySpec = {
        stock: id,
        minVolume: millilitres(deliveryMinLitres * 1000),
        settleMs: Math.round(deliverySettleMinutes * 60_000),
        reportWaitMs: reports ? reportWaitMs : 0,
        density: density === undefined ? null : gramsPerM3(Math.round(density * 1000)),
      };
      return [id, spec];
    }),
  );
}

export function alarmSubjects(
  { config }: LoadedStation,
  { stocks }: TankLayout,
): ReadonlyMap<string, AlarmSubject> {
  const { suddenLossLitres, clockToleranceS } = config.wetStock;
  const none = { limits: null, suddenLoss: null, clockToleranceMs: null };
  const suddenLoss = millilitres(Math.round(suddenLossLitres * 1000));
  return new Map<string, AlarmSubject>([
    ...config.tanks.map(
      (tank) => [`tank ${tank.id}`, { tank: tank.id, spec: { ...none, limits: alarmLimits(tank) } }] as const,
    ),
    ...stocks.map(
      ({ id, tanks }) =>
        [
          `stock ${id}`,
          { tank: tanks.length === 1 ? (tanks[0]?.id ?? null) : null, spec: { ...none, suddenLoss } },
        ] as const,
    ),
    ...config.gauges.map(
      ({ id }) =>
        [`gauge ${id}`, { tank: null, spec: { ...none, clockToleranceMs: clockToleranceS * 1000 } }] as const,
    ),
  ]);
}
