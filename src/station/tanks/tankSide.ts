/** The tank side of the station: what gauges tell becomes levels, deliveries, alarms and balances. */
import type { TankConfig } from '../../model/config/tanks.ts';
import type { DispenserReading } from '../../model/readings.ts';
import type { FuellingSale } from '../../model/sale.ts';
import type { TankState } from '../../model/states.ts';
import type { GaugeDelivery, GaugeFact, StockSample, TankReading } from '../../model/tank.ts';
import { isDiskTrouble } from '../../store/failures.ts';
import type { LoadedStation } from '../configuration/load.ts';
import type { StationContext } from '../context.ts';
import type { Feed } from '../feed.ts';
import type { Push } from '../view.ts';
import { createAlarmBook } from './alarmBook.ts';
import { createAlarmWatch } from './alarmWatch.ts';
import { createCloser } from './closing.ts';
import { createDeliveryBook } from './deliveryBook.ts';
import { createDemandBook } from './demandBook.ts';
import type { GaugeDevices, GaugeSink } from './gaugeDevices.ts';
import { judgeOf } from './judge.ts';
import { type Stock, tankLayout } from './layout.ts';
import { createLevels } from './levels.ts';
import { localTime } from './localTime.ts';
import { createOutflow, type RunningPoint } from './outflow.ts';
import { createStockLooks } from './stockLooks.ts';
import { createTankDesk } from './tankDesk.ts';
import { alarmSubjects, deliverySpecs } from './tankSpecs.ts';
import { createTanksNow } from './tanksNow.ts';
import { deliveryView, tankAlarmView, tankState } from './tankViews.ts';
import type { TankDesk } from './view.ts';
import { createWetStockWatch } from './wetStockWatch.ts';

const saveEveryMs = 60_000;
/** Idle hours add up slowly. */
const judgeEveryMs = 30 * 60_000;

export interface TankSide extends GaugeSink {
  /** A reading of a dispenser was recorded. */
  noted(fuellingPoint: string, reading: DispenserReading): void;
  sold(sale: FuellingSale, id: number): void;
  /** Every second. */
  tick(): void;
  /** Keeps everything for the next start. Throws what the store throws. */
  save(): void;
  /** As the feed shows them. */
  states(): TankState[];
  desk(gauges: Pick<GaugeDevices, 'views' | 'setClock'>): TankDesk;
}

export interface TankSideParts {
  readonly push: (event: Push) => void;
  readonly feed: Feed;
  /** All fuelling points as they are now. */
  readonly points: () => readonly RunningPoint[];
}

export function createTankSide(
  context: StationContext,
  loaded: LoadedStation,
  { push, feed, points }: TankSideParts,
): TankSide {
  const { config } = loaded;
  const { store, clock, log } = context;
  const layout = tankLayout(config);
  const local = localTime(config.site.zone, config.site.businessDayStart);
  const outflow = createOutflow(store, layout, points);
  const levels = createLevels(context, loaded, layout);
  const deliveries = createDeliveryBook(context, deliverySpecs(loaded, layout), (delivery) =>
    push({ type: 'delivery', data: deliveryView(delivery) }),
  );
  const alarms = createAlarmBook(context);
  const watch = createAlarmWatch(context, alarms, alarmSubjects(loaded, layout), (alarm) =>
    push({ type: 'tank-alarm', data: tankAlarmView(alarm) }),
  );
  const wetStock = createWetStockWatch(context, config.wetStock, layout.stocks, alarms);
  const judge = judgeOf(config.wetStock);
  const closer = createCloser(context, local, judge);
  const demand = createDemandBook(context, loaded, layout, local);
  const looks = createStockLooks(context, layout, levels, outflow);
  const viewOf = createTanksNow({ layout, levels, deliveries, alarms, demand });
  let savedMono: number = clock.mono();
  // a restart judges what was kept when the first minute is over, not half an hour later
  let judgedMono: number = clock.mono() - judgeEveryMs + saveEveryMs;

  /** Whether there is news: a delivery, an alarm, a day that was closed. */
  function lookAt(stock: Stock, sample: StockSample): boolean {
    const delivered = deliveries.step(stock, { kind: 'sample', sample });
    const delivering = !deliveries.atRest(stock.id);
    const alarmed = watch.step('stock', stock.id, { kind: 'stock', sample, delivering });
    wetStock.look(stock.id, sample, delivering);
    const closed = closer.look(stock, sample, !delivering);
    const found = closed.length > 0 && judgeStock(stock);
    return delivered.length + closed.length > 0 || alarmed || found;
  }

  /** Whether an alarm was raised or cleared. */
  function judgeStock({ id }: Stock): boolean {
    const found = wetStock.judge(id);
    return watch.step('stock', id, { kind: 'external', at: clock.now(), alarms: found });
  }

  function live(gauge: string, tank: TankConfig, reading: TankReading): void {
    const { level, told } = levels.take(tank, reading);
    const alarmed = [
      watch.step('tank', tank.id, { kind: 'level', level }),
      watch.step('gauge', gauge, { kind: 'level', level }),
    ].includes(true);
    const look = looks.completedBy(tank.id);
    const news = look !== null && lookAt(look.stock, look.sample);
    if (told || alarmed || news) feed.wake();
    if (told || alarmed) tellState(tank.id);
  }

  function report(gauge: string, tank: TankConfig, told: GaugeDelivery): void {
    const stock = layout.stockOf.get(tank.id);
    if (!stock) return;
    const tanks = stock.tanks.map(({ id }) => id);
    const dispensed = store.tanks.volumes.between(tanks, told.startedAt, told.endedAt);
    const booked = deliveries.step(stock, { kind: 'report', gauge, report: told, dispensed });
    if (booked.length > 0) feed.wake();
  }

  function alarm(gauge: string, fact: Extract<GaugeFact, { kind: 'alarm' | 'alarms-complete' | 'health' }>) {
    const tanks = [...(layout.byGauge.get(gauge) ?? [])];
    const named = fact.kind === 'alarm' ? fact.tank : null;
    const ofTank = tanks.filter(([number]) => fact.kind === 'alarms-complete' || number === named);
    const input = { kind: 'gauge', fact } as const;
    const changed = ofTank.map(([, tank]) => watch.step('tank', tank.id, input));
    if (named === null) changed.push(watch.step('gauge', gauge, input));
    if (!changed.includes(true)) return;
    feed.wake();
    for (const [, tank] of tanks) tellState(tank.id);
  }

  function tellState(tank: string): void {
    const view = viewOf(tank);
    if (view) feed.state(`tanks/${tank}`, tankState(view));
  }

  function save(): void {
    store.transaction(() => {
      outflow.save();
      deliveries.save();
      watch.save();
      wetStock.save();
    });
  }

  return {
    layout,
    local,
    newest: levels.newest,
    fact(gauge, fact) {
      const number = 'tank' in fact ? fact.tank : null;
      const tank = number === null ? undefined : layout.byGauge.get(gauge)?.get(number);
      switch (fact.kind) {
        case 'tank':
          if (tank && fact.source === 'live') live(gauge, tank, fact);
          else if (tank) levels.remember(tank, fact);
          return;
        case 'delivery':
          if (tank) report(gauge, tank, fact);
          return;
        default:
          alarm(gauge, fact);
      }
    },
    noted: outflow.noted,
    sold: outflow.sold,
    tick() {
      if (clock.mono() - savedMono < saveEveryMs) return;
      savedMono = clock.mono();
      try {
        save();
        demand.learn();
        if (clock.mono() - judgedMono < judgeEveryMs) return;
        judgedMono = clock.mono();
        if (layout.stocks.map(judgeStock).includes(true)) feed.wake();
      } catch (error) {
        if (!isDiskTrouble(error)) log.error({ err: error }, 'the state of the tanks could not be kept');
      }
    },
    save,
    states: () =>
      [...layout.tanks.keys()].flatMap((id) => {
        const view = viewOf(id);
        return view ? [tankState(view)] : [];
      }),
    desk: (gauges) =>
      createTankDesk(context, loaded, {
        ...{ layout, local, alarms, gauges, view: viewOf, wake: feed.wake },
        report: {
          ...{ closer, judge, stocks: layout.stocks, findings: wetStock.findings },
          thresholds: {
            investigatePpm: Math.round(config.wetStock.investigatePercent * 10_000),
            escalatePpm: Math.round(config.wetStock.escalatePercent * 10_000),
          },
          newest: looks.newest,
        },
        leakTest: wetStock.leakTest,
      }),
  };
}
