/** The tank side of the station: what gauges tell becomes levels, deliveries, alarms and balances. */
import { alarmLimits } from '../../core/tanks/alarms/levels.ts';
import type { DeliverySpec } from '../../core/tanks/delivery/types.ts';
import type { OrderTank } from '../../core/tanks/demand/order.ts';
import { safeFill } from '../../core/tanks/level.ts';
import { stockSample } from '../../core/tanks/stock.ts';
import type { TankConfig } from '../../model/config/tanks.ts';
import type { DispenserReading } from '../../model/readings.ts';
import type { FuellingSale } from '../../model/sale.ts';
import type { TankState } from '../../model/states.ts';
import type { GaugeDelivery, GaugeFact, StockSample, TankReading } from '../../model/tank.ts';
import { gramsPerM3, millilitres } from '../../model/units.ts';
import { isDiskTrouble } from '../../store/failures.ts';
import type { LoadedStation } from '../configuration/load.ts';
import type { StationContext } from '../context.ts';
import type { Feed } from '../feed.ts';
import type { Push } from '../view.ts';
import { createAlarmBook } from './alarmBook.ts';
import { type AlarmSubject, createAlarmWatch } from './alarmWatch.ts';
import { createCloser } from './closing.ts';
import { createDeliveryBook } from './deliveryBook.ts';
import { createDemandBook } from './demandBook.ts';
import type { GaugeDevices, GaugeSink } from './gaugeDevices.ts';
import { judgeOf } from './judge.ts';
import { type Stock, type TankLayout, tankLayout } from './layout.ts';
import { createLevels } from './levels.ts';
import { localTime } from './localTime.ts';
import { createOutflow, type RunningPoint } from './outflow.ts';
import { createTankDesk } from './tankDesk.ts';
import { deliveryView, tankAlarmView, tankState, tankView } from './tankViews.ts';
import type { TankDesk, TankView } from './view.ts';
import { createWetStockWatch } from './wetStockWatch.ts';

/** A dispenser that is silent so long is out of use, rather than selling unseen. */
const blindMs = 15 * 60_000;
/** What a dispenser sold while it was silent is in the books so long after it answers again. */
const recoveryMs = 30_000;
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

/** One stock while the daemon runs. */
interface WatchedStock {
  readonly stock: Stock;
  /** The tank whose reading completes a look at all of them. */
  readonly last: string | null;
  /** A nozzle was used since the last sample. */
  active: boolean;
  /** When a dispenser of it fell silent, and when the last of them answered again; monotonic. */
  blindSince: number | null;
  seenSince: number;
  newest: StockSample | null;
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
  const stocks = new Map<string, WatchedStock>(
    layout.stocks.map((stock) => [
      stock.id,
      {
        stock,
        last: stock.tanks.findLast((tank) => tank.gauge !== undefined)?.id ?? null,
        ...{ active: false, blindSince: null, seenSince: Number.NEGATIVE_INFINITY, newest: null },
      },
    ]),
  );
  const demand = createDemandBook(context, loaded, layout, local);
  const none = millilitres(0);
  let savedMono: number = clock.mono();
  let judgedMono: number = clock.mono();

  function lookAt(watched: WatchedStock): boolean {
    const sample = sampleOf(watched);
    if (!sample) return false;
    const { stock } = watched;
    const delivered = deliveries.step(stock, { kind: 'sample', sample });
    const delivering = !deliveries.atRest(stock.id);
    const alarmed = watch.step('stock', stock.id, { kind: 'stock', sample, delivering });
    wetStock.look(stock.id, sample, delivering);
    const closed = closer.look(stock, sample, !delivering);
    watched.newest = sample;
    const found = closed.length > 0 && judgeStock(stock);
    return delivered.length + closed.length > 0 || alarmed || found;
  }

  /** Whether an alarm was raised or cleared. */
  function judgeStock({ id }: Stock): boolean {
    const found = wetStock.judge(id);
    return watch.step('stock', id, { kind: 'external', at: clock.now(), alarms: found });
  }

  /** The look that the newest levels of a stock's tanks make together; null: they make none now. */
  function sampleOf(watched: WatchedStock): StockSample | null {
    const { stock, newest } = watched;
    const members = stock.tanks.map(({ id }) => ({ tank: id, level: levels.of(id) }));
    const staleMs = Math.max(...stock.tanks.map(({ id }) => levels.staleMs(id)));
    const { dispensed, active, blind } = outflow.take(stock);
    watched.active ||= active;
    const { sample } = stockSample(members, { dispensed, active: watched.active }, clock.mono(), staleMs);
    if (!sample || sample.at === newest?.at || isUnseen(watched, blind)) return null;
    watched.active = false;
    return sample;
  }

  /** Fuel may have gone that is in no book yet. */
  function isUnseen(watched: WatchedStock, blind: boolean): boolean {
    const now = clock.mono();
    if (blind) {
      watched.blindSince ??= now;
      return now - watched.blindSince < blindMs;
    }
    if (watched.blindSince !== null) watched.seenSince = now;
    watched.blindSince = null;
    return now - watched.seenSince < recoveryMs;
  }

  function live(gauge: string, tank: TankConfig, reading: TankReading): void {
    const { level, told } = levels.take(tank, reading);
    const alarmed = [
      watch.step('tank', tank.id, { kind: 'level', level }),
      watch.step('gauge', gauge, { kind: 'level', level }),
    ].includes(true);
    const watched = stocks.get(layout.stockOf.get(tank.id)?.id ?? '');
    const news = watched?.last === tank.id && lookAt(watched);
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

  function viewOf(id: string): TankView | null {
    const tank = layout.tanks.get(id);
    const stock = layout.stockOf.get(id);
    if (!tank || !stock) return null;
    const subjects = new Set([id, stock.id, tank.gauge?.gauge]);
    return tankView({
      ...{ tank, stock: stock.id, level: levels.of(id) },
      delivery: deliveries.underWay(stock.id),
      ...supplyOf(stock),
      alarms: alarms.standing().filter(({ subject }) => subjects.has(subject)),
    });
  }

  /** M172: of the stock, and of all tanks of its grade. */
  function supplyOf({ id, grade, tanks }: Stock): Pick<TankView, 'cover' | 'order'> {
    const known = layout.stocks
      .filter((each) => each.grade === grade)
      .flatMap((each) => each.tanks)
      .flatMap((tank): OrderTank[] => {
        const volume = levels.of(tank.id)?.volume ?? null;
        const full = safeFill(levels.spec(tank.id));
        if (volume === null || full === null) return [];
        return [{ tank: tank.id, volume, safeFill: full, unusable: alarmLimits(tank).critical ?? none }];
      });
    const volumes = tanks.map((tank) => levels.of(tank.id)?.volume ?? null);
    const all = volumes.includes(null) ? null : volumes.reduce<number>((sum, each) => sum + (each ?? 0), 0);
    const unusable = tanks.reduce((sum, tank) => sum + (alarmLimits(tank).critical ?? 0), 0);
    return {
      cover: demand.cover(id, all === null ? null : millilitres(all), millilitres(unusable)),
      order: demand.order(grade, known),
    };
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
          newest: (stock) => stocks.get(stock)?.newest ?? null,
        },
        leakTest: wetStock.leakTest,
      }),
  };
}

/** Gauges that report deliveries do it within this of the settling. */
const reportWaitMs = 30 * 60_000;

function deliverySpecs(
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

function alarmSubjects({ config }: LoadedStation, { stocks }: TankLayout): ReadonlyMap<string, AlarmSubject> {
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
