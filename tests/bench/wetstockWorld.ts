/**
 * A station's tanks over weeks, with the truth known: sales by weekday and hour, deliveries, outages, and what goes wrong.
 * Virtual time in steps of a minute; the physical tank is the simulator's.
 */
import type { Random } from '../../src/core/ports.ts';
import type { GaugeDelivery, StockSample } from '../../src/model/tank.ts';
import { centiCelsius, instant, millilitres, monoMs } from '../../src/model/units.ts';
import { randomFor } from '../../src/simulator/physics/random.ts';
import type { TrueDelivery } from '../../src/simulator/tanks/inflows.ts';
import { createTankModel } from '../../src/simulator/tanks/tankModel.ts';

export const minuteMs = 60_000;
export const dayMs = 24 * 60 * minuteMs;
/** Monday. */
export const epoch = Date.UTC(2026, 0, 5);

export interface Troubles {
  readonly leak?: { readonly litresPerHour: number; readonly fromDay: number };
  readonly theft?: { readonly litres: number; readonly day: number };
  /** Litres that leave for one that the meter shows. */
  readonly meterFactor?: number;
}

export interface WorldOptions {
  readonly seed: number;
  readonly tank: number;
  readonly days: number;
  readonly troubles: Troubles;
  /** The gauge reports its deliveries. */
  readonly reports: boolean;
  /** Largest error of the gauge's table, in parts of the volume. */
  readonly chartError: number;
}

export type WorldEvent =
  | { readonly kind: 'sample'; readonly sample: StockSample }
  | { readonly kind: 'report'; readonly report: GaugeDelivery; readonly dispensed: number };

/** Share of a day's sales in each hour. */
const hours = [
  0.4, 0.2, 0.15, 0.15, 0.3, 1, 3, 6, 7, 6, 5.5, 5.5, 6, 6, 5.5, 6, 7, 8, 7.5, 6, 4.5, 3.5, 2, 1,
];
const week = [0.95, 0.95, 0.97, 1, 1.15, 1.1, 0.88];
const flowMl = 35_000;
const fillMl = [12_000, 62_000] as const;
const outages = 2;

/** Yields looks as a station has them, a minute apart, and the gauge's reports; the truth is what `truth` returns at the end. */
export function* runWorld(options: WorldOptions): Generator<WorldEvent, readonly TrueDelivery[]> {
  const { seed, tank, days, troubles, reports } = options;
  const random = randomFor(seed, `tank ${tank}`);
  const capacity = [30_000, 50_000, 40_000, 30_000, 50_000, 20_000][tank % 6] ?? 30_000;
  const daily = capacity * between(random, 0.1, 0.2);
  const density = tank % 3 === 2 ? 838 : 742;
  const model = createTankModel({
    ...{ capacityLitres: capacity, density15: density, startLitres: capacity * 0.6, startC: 12 },
    probe: { chartError: options.chartError },
    random: randomFor(seed, `physics ${tank}`),
  });
  const blind = Array.from({ length: outages }, () => {
    const from = Math.floor(between(random, 3, days - 2) * 1440);
    return { from, to: from + Math.floor(between(random, 60, 360)) };
  });
  const perDay = hours.reduce((sum, each) => sum + each, 0);
  const meanFill = (fillMl[0] + fillMl[1]) / 2000;
  const running: number[] = [];
  const soldAt: number[] = [];
  let dispensed = 0;
  let ordered = -1;
  let came = Number.NEGATIVE_INFINITY;
  let told = 0;
  const sold = (from: number, to: number): number => (soldAt[to] ?? dispensed) - (soldAt[from] ?? 0);

  for (let minute = 0; minute < days * 1440; minute++) {
    const at = minute * minuteMs;
    const hour = Math.floor(minute / 60) % 24;
    const day = Math.floor(minute / 1440);
    if (troubles.leak && minute === troubles.leak.fromDay * 1440)
      model.leak(at, { litresPerHour: troubles.leak.litresPerHour });
    if (troubles.theft && minute === troubles.theft.day * 1440 + 130)
      model.theft(at, { litres: troubles.theft.litres, minutes: 40 });

    const volume = model.truth(at).litres;
    const cars = (daily / meanFill / 60) * ((hours[hour] ?? 0) / perDay) * (week[day % 7] ?? 1);
    if (random() < cars && volume > capacity * 0.05) running.push(Math.round(between(random, ...fillMl)));
    const active = running.length > 0;
    for (let i = running.length - 1; i >= 0; i--) {
      const part = Math.min(flowMl, running[i] ?? 0);
      model.draw(at, part, { meterFactor: troubles.meterFactor ?? 1 });
      dispensed += part;
      running[i] = (running[i] ?? 0) - part;
      if ((running[i] ?? 0) <= 0) running.splice(i, 1);
    }
    soldAt[minute] = dispensed;

    if (volume < capacity * 0.28 && ordered < 0 && minute > came + 180)
      ordered = minute + Math.floor(between(random, 120, 1200));
    const isSmall = random() < 1 / (14 * 1440) && volume < capacity * 0.8;
    // what comes in the last hours has not settled when the world ends
    const isLate = minute > days * 1440 - 180;
    if (!isLate && (minute === ordered || isSmall)) {
      const litres = isSmall
        ? Math.round(between(random, 500, 2_000))
        : Math.floor((capacity * 0.92 - volume) / 1000) * 1000;
      model.deliver(at, {
        litres,
        temperatureC: between(random, 8, 24),
        litresPerMinute: between(random, 500, 1_000),
      });
      if (minute === ordered) [ordered, came] = [-1, minute];
    }
    if (blind.some(({ from, to }) => minute >= from && minute < to)) continue;

    const shown = model.read(at);
    const now = instant(epoch + at);
    yield {
      kind: 'sample',
      sample: {
        at: now,
        volume: millilitres(Math.round(shown.volumeLitres * 1000)),
        temperature: centiCelsius(Math.round(shown.temperatureC * 100)),
        volumeAt15: millilitres(Math.round(shown.volume15Litres * 1000)),
        dispensed: millilitres(dispensed),
        active,
        deliveryInProgress: reports ? shown.deliveryInProgress : null,
      },
    };
    if (!reports) continue;
    const all = model.reports(at);
    for (; told < all.length; told++) {
      const report = all[told];
      if (!report) break;
      const { startedAt, endedAt, start, end } = report;
      yield {
        kind: 'report',
        dispensed: sold(Math.floor(startedAt / minuteMs), Math.floor(endedAt / minuteMs)),
        report: {
          ...{ kind: 'delivery', at: now, mono: monoMs(at), tank: 1 },
          ...{ startedAt: instant(epoch + startedAt), endedAt: instant(epoch + endedAt) },
          ...{ gaugeStart: stamp(startedAt), gaugeEnd: stamp(endedAt) },
          startVolume: millilitres(Math.round(start.volumeLitres * 1000)),
          endVolume: millilitres(Math.round(end.volumeLitres * 1000)),
          startCorrected: null,
          endCorrected: null,
          startTemperature: centiCelsius(Math.round(start.temperatureC * 100)),
          endTemperature: centiCelsius(Math.round(end.temperatureC * 100)),
          ...{ startWater: null, endWater: null, startHeight: null, endHeight: null, dispensed: null },
        },
      };
    }
  }
  return model.deliveries(days * dayMs);
}

const stamp = (at: number): string => new Date(epoch + at).toISOString().replace(/\D/g, '').slice(0, 12);
const between = (random: Random, least: number, most: number): number => least + random() * (most - least);
