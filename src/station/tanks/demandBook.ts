/** M172: what is usually sold in each hour of the week, learned from the sales; how long the fuel lasts and what to order. */
import { z } from 'zod';
import { cover, type WeekMoment } from '../../core/tanks/demand/cover.ts';
import { type OrderTank, orderHint } from '../../core/tanks/demand/order.ts';
import {
  type DemandProfile,
  freshDemand,
  learnDemand,
  parseDemand,
} from '../../core/tanks/demand/profile.ts';
import { type Instant, instant, type Millilitres, millilitres } from '../../model/units.ts';
import { rfc3339 } from '../businessDay.ts';
import type { LoadedStation } from '../configuration/load.ts';
import type { StationContext } from '../context.ts';
import type { TankLayout } from './layout.ts';
import { type LocalTime, volumesByHour } from './localTime.ts';
import type { OrderView, TankView } from './view.ts';

export interface DemandBook {
  /** Learns the hours that are over; to be called now and then. Throws what the store throws. */
  learn(): void;
  cover(stock: string, volume: Millilitres | null, unusable: Millilitres | null): TankView['cover'];
  /** `tanks`: those of the grade whose level and capacity are known. */
  order(grade: string, tanks: readonly OrderTank[]): OrderView | null;
}

const hourMs = 3_600_000;
/** A sale may be in the books so long after its hour. */
const lateMs = 15 * 60_000;
/** At the first start the past is learned, so far back. */
const pastMs = 8 * 7 * 24 * hourMs;
const machine = 'demand';

const savedSchema = z.strictObject({
  /** The first hour that is not learned. */
  until: z.int(),
  profiles: z.record(z.string(), z.unknown()),
});

export function createDemandBook(
  context: StationContext,
  { config }: LoadedStation,
  { stocks, stockOf }: TankLayout,
  local: LocalTime,
): DemandBook {
  const { store, clock, log } = context;
  const names = [
    ...stocks.map(({ id }) => stockKey(id)),
    ...new Set(stocks.map(({ grade }) => gradeKey(grade))),
  ];
  let { until, profiles } = load();

  function load(): { until: Instant | null; profiles: Map<string, DemandProfile> } {
    const text = store.tanks.machines.load(machine);
    try {
      if (text === null) return { until: null, profiles: new Map() };
      const saved = savedSchema.parse(JSON.parse(text));
      const known = Object.entries(saved.profiles).map(([name, json]) => [name, parseDemand(json)] as const);
      return { until: instant(saved.until), profiles: new Map(known) };
    } catch (error) {
      log.error({ err: error }, 'what was known of the demand cannot be read; it is learned anew');
      return { until: null, profiles: new Map() };
    }
  }

  const profile = (name: string): DemandProfile => profiles.get(name) ?? freshDemand();

  function learn(): void {
    const end = Math.floor((clock.now() - lateMs) / hourMs) * hourMs;
    const from = Math.max(until ?? firstHour(), end - pastMs);
    if (from >= end) {
      // The clock went back: hours that are learned are not learned again.
      return;
    }
    const sold = new Map<string, number>();
    const add = (name: string, hour: number, volume: number): void => {
      const key = `${name} ${hour}`;
      sold.set(key, (sold.get(key) ?? 0) + volume);
    };
    for (const { tank, hour, volume } of volumesByHour(
      store.tanks.volumes,
      config.site.zone,
      instant(from),
      instant(end),
    )) {
      const stock = tank === null ? undefined : stockOf.get(tank);
      if (!stock) continue;
      add(stockKey(stock.id), hour, volume);
      add(gradeKey(stock.grade), hour, volume);
    }
    const next = new Map(names.map((name) => [name, profile(name)]));
    for (let at = from; at < end; at += hourMs) {
      const when = local.weekdayAndHour(instant(at));
      const hour = local.hourNumber(instant(at));
      for (const name of names)
        next.set(
          name,
          learnDemand(next.get(name) ?? freshDemand(), when, millilitres(sold.get(`${name} ${hour}`) ?? 0)),
        );
    }
    store.transaction(() =>
      store.tanks.machines.save(machine, JSON.stringify({ until: end, profiles: Object.fromEntries(next) })),
    );
    profiles = next;
    until = instant(end);
  }

  /** The hour after the first sale's, so that a station that is new learns no empty weeks. */
  function firstHour(): number {
    const first = store.tanks.volumes.firstSaleAt();
    return first === null ? Number.POSITIVE_INFINITY : Math.ceil(first / hourMs) * hourMs;
  }

  const moment = (): WeekMoment => {
    const now = clock.now();
    return { ...local.weekdayAndHour(now), minute: local.toLocal(now).minute };
  };

  return {
    learn,
    cover(stock, volume, unusable) {
      if (volume === null) return { hours: null, text: 'the level is not known' };
      return cover(volume, unusable ?? millilitres(0), profile(stockKey(stock)), moment());
    },
    order(grade, tanks) {
      const { leadTimeHours, reserveDays, truckLitres } = config.wetStock;
      const policy = { leadTimeHours, reserveDays, truck: millilitres(truckLitres * 1000) };
      const { order, text } = orderHint(policy, tanks, profile(gradeKey(grade)), moment());
      if (!order) return null;
      return {
        grade,
        orderBy: rfc3339(instant(Math.round(clock.now() + order.withinHours * hourMs))),
        litres: Math.round(order.volume / 1000),
        urgent: order.urgent,
        text,
      };
    },
  };
}

const stockKey = (id: string): string => `stock ${id}`;
const gradeKey = (id: string): string => `grade ${id}`;
