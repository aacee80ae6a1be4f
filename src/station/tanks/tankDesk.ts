/** What people ask of the tank side through the local API. */
import { ForecourtError } from '../../model/errors.ts';
import { instant } from '../../model/units.ts';
import type { LoadedStation } from '../configuration/load.ts';
import type { StationContext } from '../context.ts';
import type { AlarmBook } from './alarmBook.ts';
import type { GaugeDevices } from './gaugeDevices.ts';
import { incidentView, recordIncident } from './incidents.ts';
import type { TankLayout } from './layout.ts';
import { loadReport } from './loadReport.ts';
import type { LocalTime } from './localTime.ts';
import { type ReportParts, stockReport } from './stockReport.ts';
import { deliveryView, levelView, limitsOf, tankAlarmView } from './tankViews.ts';
import type { TankDesk, TankDetailView, TankView } from './view.ts';

const curveMs = 24 * 3_600_000;
const curvePoints = 300;
const deliveriesShown = 10;

export interface DeskParts {
  readonly layout: TankLayout;
  readonly local: LocalTime;
  readonly alarms: AlarmBook;
  readonly report: ReportParts;
  readonly gauges: Pick<GaugeDevices, 'views' | 'setClock'>;
  /** A tank as it is now. */
  view(tank: string): TankView | null;
  leakTest(stock: string): TankDetailView['leakTest'];
  /** The journal has news. */
  wake(): void;
}

export function createTankDesk(
  context: StationContext,
  { config }: LoadedStation,
  { layout, local, alarms, report, gauges, view, leakTest, wake }: DeskParts,
): TankDesk {
  const { store, clock, log } = context;

  const detail = (id: string): TankDetailView | null => {
    const tank = layout.tanks.get(id);
    const stock = layout.stockOf.get(id);
    const now = view(id);
    if (!tank || !stock || !now) return null;
    const at = clock.now();
    return {
      ...now,
      limits: limitsOf(tank),
      nozzles: config.fuellingPoints.flatMap((point) =>
        point.nozzles
          .filter((nozzle) => nozzle.tank === id)
          .map((nozzle) => ({ fuellingPoint: point.id, nozzle: nozzle.id })),
      ),
      levels: store.tanks.levels.between(id, instant(at - curveMs), at, curvePoints).map(levelView),
      deliveries: store.tanks.deliveries
        .recent({ limit: deliveriesShown, stock: stock.id })
        .map(deliveryView),
      standing: alarms
        .standing()
        .filter(({ tank: of, subject }) => of === id || subject === stock.id)
        .map(tankAlarmView),
      leakTest: leakTest(stock.id),
    };
  };

  return {
    tanks: () => [...layout.tanks.keys()].flatMap((id) => view(id) ?? []),
    tank: detail,
    gauges: gauges.views,
    async setGaugeClock(gauge, by) {
      await gauges.setClock(gauge);
      log.warn({ gauge, by }, "the gauge's clock was set to the station's");
    },
    deliveries: (query) => store.tanks.deliveries.recent(query).map(deliveryView),
    alarms: ({ all, limit }) =>
      (all ? store.tanks.alarms.recent(limit) : alarms.standing().slice(0, limit)).map(tankAlarmView),
    acknowledge(number, decided) {
      const acknowledged = alarms.acknowledge(number, decided);
      wake();
      return tankAlarmView(acknowledged);
    },
    stock(query) {
      if (query.stock !== undefined && !layout.stocks.some(({ id }) => id === query.stock))
        throw new ForecourtError('NOT_FOUND', `there is no tank or manifold ${query.stock}`);
      return stockReport(context, report, query);
    },
    load: (query) => loadReport(context, local, config.site.zone, query),
    incidents: (limit) => store.tanks.incidents.recent(limit).map((each) => incidentView(context, each)),
    recordIncident(incident) {
      const recorded = recordIncident(context, layout.tanks, incident);
      wake();
      return recorded;
    },
  };
}
