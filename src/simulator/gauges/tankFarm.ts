/** The ground under the forecourt: a physical tank for each of the station's, drained by its nozzles, filled by trucks. */
import type { StationConfig } from '../../model/config/station.ts';
import type { TankConfig } from '../../model/config/tanks.ts';
import type { TankAlarmKind } from '../../model/tank.ts';
import { randomFor } from '../physics/random.ts';
import type { Scheduler } from '../scheduler.ts';
import type { GaugeReport, TrueDelivery } from '../tanks/inflows.ts';
import type { GaugeShows } from '../tanks/shows.ts';
import { createTankModel, type TankModel, type TankTruth } from '../tanks/tankModel.ts';
import { type FarmMemory, readFarmMemory } from './farmMemory.ts';
import { type AlarmEvent, type LevelLimits, LevelWatch, limitsOf } from './levelWatch.ts';
import type { NozzleFlow, TankOptions } from './options.ts';

const usualCapacity = 30_000;
const usualDensity = 740;
const lookEveryMs = 1_000;
const alarmsEveryMs = 5_000;
/** As full as a truck may make it. */
const fullest = 0.9;
const drawsKept = 5_000;
const quietEveryMs = 600_000;

/** Times are simulated milliseconds. Every call throws RangeError for a tank that the station has not. */
export interface TankFarm {
  /** As the gauge shows it now; null: its probe is out. */
  shows(tank: string): GaugeShows | null;
  capacityLitres(tank: string): number;
  density15(tank: string): number;
  limits(tank: string): LevelLimits;
  /** What the gauge recorded before the start, oldest first; `at` is negative. */
  past(tank: string): readonly PastLook[];
  /** The gauge's reports of deliveries. */
  reports(tank: string): readonly GaugeReport[];
  /** Alarms that stand at the gauge, and what came and went there. */
  standing(tank: string): ReadonlySet<TankAlarmKind>;
  alarmEvents(tank: string): readonly AlarmEvent[];
  truth(tank: string): TankTruth;
  deliveries(tank: string): readonly TrueDelivery[];
  /** Litres that nozzles took out of the tank between the two, in truth. */
  drawn(tank: string, from: number, to: number): number;
  memory(): FarmMemory;
  stop(): void;
}

export interface PastLook {
  readonly at: number;
  readonly shows: GaugeShows;
}

interface Ground {
  readonly tank: TankConfig;
  readonly model: TankModel;
  readonly capacity: number;
  readonly density: number;
  readonly watch: LevelWatch;
  /** Running sum of what nozzles took, oldest first. */
  readonly draws: { at: number; sum: number }[];
  readonly past: PastLook[];
  stuckAt: GaugeShows | null;
  /** When the truck comes; null: none is sent for. */
  truckAt: number | null;
  busyUntil: number;
}

/** `flowed`: what has left each nozzle until now, as `Forecourt.flowed`; `kept`: as `memory` gave it, or anything. */
export function createTankFarm(
  station: StationConfig,
  options: TankOptions,
  seed: number,
  { flowed, scheduler, kept }: { flowed: () => readonly NozzleFlow[]; scheduler: Scheduler; kept?: unknown },
): TankFarm {
  const remembered = readFarmMemory(kept);
  const groundSeed = remembered?.seed ?? seed;
  /** Models begin before the simulation does. */
  const quietMs = remembered ? 0 : options.quietHours * 3_600_000;
  const densities = new Map(station.grades.map((grade) => [grade.id, grade.densityKgPerM3]));
  const tanks = new Map(station.tanks.map((tank) => [tank.id, groundOf(tank)]));
  const meters = new Map<string, number>();
  const begun = new Set<object>();
  let stopped = false;
  for (const ground of tanks.values()) rest(ground);

  /** Nobody comes; the gauge looks now and then. */
  function rest({ tank, model, past }: Ground): void {
    const leak = options.leaks.find((each) => each.tank === tank.id && each.fromMs === undefined);
    if (leak) model.leak(0, { litresPerHour: leak.litresPerHour });
    for (let at = -quietMs; at < 0; at += quietEveryMs) past.push({ at, shows: model.read(at + quietMs) });
  }

  function groundOf(tank: TankConfig): Ground {
    const capacity = tank.capacityLitres ?? usualCapacity;
    const density = densities.get(tank.grade) ?? usualDensity;
    const before = remembered?.tanks[tank.id];
    const model = createTankModel({
      capacityLitres: capacity,
      density15: density,
      startLitres: Math.min(capacity, before?.litres ?? capacity * (options.fill[tank.id] ?? 0.6)),
      ...(before ? { startC: before.celsius } : {}),
      startWaterLitres: before?.waterLitres ?? options.waterLitres[tank.id] ?? 0,
      random: randomFor(groundSeed, `tank ${tank.id}`),
      probe: options.probes[tank.id] ?? {},
    });
    const watch = new LevelWatch(limitsOf(tank, capacity));
    const ground: Ground = {
      ...{ tank, model, capacity, density, watch, draws: [], past: [] },
      ...{ stuckAt: null, truckAt: null, busyUntil: 0 },
    };
    // The gauge had no power either: to it what is left is a delivery of its own.
    for (const drop of before?.toCome ?? []) pour(ground, 0, drop);
    return ground;
  }

  /** Everything that has happened until now. */
  function advance(): void {
    const now = scheduler.now();
    for (const { nozzle, tank, volumeMl } of flowed()) {
      const shown = volumeMl - (meters.get(nozzle) ?? 0);
      meters.set(nozzle, volumeMl);
      if (shown > 0 && tank !== null) draw(tank, shown, options.meterFactors[nozzle] ?? 1, now);
    }
    losses(now);
    if (options.orderBelow > 0) for (const ground of tanks.values()) supply(ground, now);
  }

  /** Of a manifold's tanks the fullest gives, so that they level out. */
  function draw(id: string, shownMl: number, meterFactor: number, now: number): void {
    const own = tanks.get(id);
    if (!own) return;
    const { manifold } = own.tank;
    const joined =
      manifold === undefined ? [own] : [...tanks.values()].filter(({ tank }) => tank.manifold === manifold);
    const height = ({ model }: Ground): number => model.truth(now + quietMs).heightMm;
    const from = joined.reduce((one, other) => (height(other) > height(one) ? other : one));
    const litres = from.model.draw(now + quietMs, shownMl, { meterFactor });
    from.draws.push({ at: now, sum: (from.draws.at(-1)?.sum ?? 0) + litres });
    if (from.draws.length > drawsKept) from.draws.splice(0, drawsKept / 2);
  }

  function losses(now: number): void {
    for (const leak of options.leaks) {
      if (begun.has(leak) || leak.fromMs === undefined || now < leak.fromMs) continue;
      begun.add(leak);
      tanks.get(leak.tank)?.model.leak(now + quietMs, { litresPerHour: leak.litresPerHour });
    }
    for (const theft of options.thefts) {
      if (begun.has(theft) || now < theft.atMs) continue;
      begun.add(theft);
      tanks.get(theft.tank)?.model.theft(now + quietMs, theft);
    }
  }

  function supply(ground: Ground, now: number): void {
    const { model, capacity } = ground;
    const { litres } = model.truth(now + quietMs);
    if (ground.truckAt === null && litres < capacity * options.orderBelow && now >= ground.busyUntil)
      ground.truckAt = now + options.truckMs;
    if (ground.truckAt === null || now < ground.truckAt) return;
    ground.truckAt = null;
    const step = options.truckStepLitres;
    const fits = Math.min(options.truckMostLitres, capacity * fullest - litres);
    const volume = Math.floor(fits / step) * step;
    if (volume <= 0) return;
    const { truckLitresPerMinute: litresPerMinute, truckTemperatureC: temperatureC } = options;
    pour(ground, now, { litres: volume, temperatureC, litresPerMinute });
  }

  /** No other truck is sent for while it runs in. */
  function pour(ground: Ground, now: number, drop: FarmMemory['tanks'][string]['toCome'][number]): void {
    ground.model.deliver(now + quietMs, drop);
    const ms = (drop.litres / drop.litresPerMinute) * 60_000 + lookEveryMs;
    ground.busyUntil = Math.max(now, ground.busyUntil) + ms;
  }

  function shows(ground: Ground): GaugeShows | null {
    const { id } = ground.tank;
    if (options.lostProbes.includes(id)) return null;
    const now = ground.model.read(modelNow());
    ground.stuckAt = options.stuckFloats.includes(id) ? (ground.stuckAt ?? now) : null;
    return ground.stuckAt === null ? now : { ...ground.stuckAt, temperatureC: now.temperatureC };
  }

  let alarmsAt = 0;
  const tick = (): void => {
    if (stopped) return;
    advance();
    const now = scheduler.now();
    if (now >= alarmsAt) {
      alarmsAt = now + alarmsEveryMs;
      for (const each of tanks.values()) each.watch.look(now, shows(each), each.stuckAt !== null);
    }
    scheduler.after(lookEveryMs, tick);
  };
  scheduler.after(lookEveryMs, tick);

  const now = (tank: string): Ground => {
    const found = tanks.get(tank);
    if (!found) throw new RangeError(`no tank ${tank}`);
    advance();
    return found;
  };
  const modelNow = (): number => scheduler.now() + quietMs;
  const sumAt = (draws: Ground['draws'], at: number): number =>
    draws.findLast((each) => each.at <= at)?.sum ?? 0;
  return {
    shows: (tank) => shows(now(tank)),
    capacityLitres: (tank) => now(tank).capacity,
    density15: (tank) => now(tank).density,
    limits: (tank) => now(tank).watch.limits,
    past: (tank) => now(tank).past,
    reports: (tank) =>
      now(tank)
        .model.reports(modelNow())
        .map((report) => ({
          ...report,
          startedAt: report.startedAt - quietMs,
          endedAt: report.endedAt - quietMs,
          reportedAt: report.reportedAt - quietMs,
        })),
    standing: (tank) => now(tank).watch.standing,
    alarmEvents: (tank) => now(tank).watch.events,
    truth: (tank) => now(tank).model.truth(modelNow()),
    deliveries: (tank) =>
      now(tank)
        .model.deliveries(modelNow())
        .map((each) => ({ ...each, startedAt: each.startedAt - quietMs, endedAt: each.endedAt - quietMs })),
    drawn(tank, from, to) {
      const { draws } = now(tank);
      return sumAt(draws, to) - sumAt(draws, from);
    },
    memory() {
      advance();
      const kept = [...tanks].map(([id, { model }]) => {
        const { litres, temperatureC, waterLitres } = model.truth(modelNow());
        const toCome = [...model.toCome(modelNow())];
        return [id, { litres, celsius: temperatureC, waterLitres, toCome }] as const;
      });
      return { seed: groundSeed, tanks: Object.fromEntries(kept) };
    },
    stop() {
      stopped = true;
    },
  };
}
