/** The ground under the forecourt: a physical tank for each of the station's, drained by its nozzles, filled by trucks. */
import type { StationConfig } from '../../model/config/station.ts';
import type { TankConfig } from '../../model/config/tanks.ts';
import { randomFor } from '../physics/random.ts';
import type { Scheduler } from '../scheduler.ts';
import type { GaugeReport, TrueDelivery } from '../tanks/inflows.ts';
import type { GaugeShows } from '../tanks/shows.ts';
import { createTankModel, type TankModel, type TankTruth } from '../tanks/tankModel.ts';
import type { NozzleFlow, TankOptions } from './options.ts';

const usualCapacity = 30_000;
const usualDensity = 740;
const lookEveryMs = 1_000;
/** As full as a truck may make it. */
const fullest = 0.9;

export interface TankFarm {
  /** As the gauge shows it now. */
  shows(tank: string): GaugeShows;
  capacityLitres(tank: string): number;
  /** The gauge's reports of deliveries; their times are simulated milliseconds. */
  reports(tank: string): readonly GaugeReport[];
  truth(tank: string): TankTruth;
  deliveries(tank: string): readonly TrueDelivery[];
  stop(): void;
}

interface Ground {
  readonly tank: TankConfig;
  readonly model: TankModel;
  readonly capacity: number;
  /** Simulated time at which the truck comes; null: none is sent for. */
  truckAt: number | null;
  busyUntil: number;
}

/** `flowed`: what has left each nozzle until now, as `Forecourt.flowed`. */
export function createTankFarm(
  station: StationConfig,
  options: TankOptions,
  seed: number,
  { flowed, scheduler }: { flowed: () => readonly NozzleFlow[]; scheduler: Scheduler },
): TankFarm {
  const densities = new Map(station.grades.map((grade) => [grade.id, grade.densityKgPerM3]));
  const tanks = new Map(station.tanks.map((tank) => [tank.id, groundOf(tank)]));
  const drawn = new Map<string, number>();
  let stopped = false;

  function groundOf(tank: TankConfig): Ground {
    const capacity = tank.capacityLitres ?? usualCapacity;
    const model = createTankModel({
      capacityLitres: capacity,
      density15: densities.get(tank.grade) ?? usualDensity,
      startLitres: capacity * (options.fill[tank.id] ?? 0.6),
      startWaterLitres: options.waterLitres[tank.id] ?? 0,
      random: randomFor(seed, `tank ${tank.id}`),
    });
    const leak = options.leaks.find((each) => each.tank === tank.id);
    if (leak) model.leak(0, { litresPerHour: leak.litresPerHour });
    return { tank, model, capacity, truckAt: null, busyUntil: 0 };
  }

  /** Everything that has happened until now. */
  function advance(): void {
    const now = scheduler.now();
    for (const { nozzle, tank, volumeMl } of flowed()) {
      const before = drawn.get(nozzle) ?? 0;
      drawn.set(nozzle, volumeMl);
      if (volumeMl > before && tank !== null) tanks.get(tank)?.model.draw(now, volumeMl - before);
    }
    if (options.orderBelow > 0) for (const ground of tanks.values()) supply(ground, now);
  }

  function supply(ground: Ground, now: number): void {
    const { model, capacity } = ground;
    const { litres } = model.truth(now);
    if (ground.truckAt === null && litres < capacity * options.orderBelow && now >= ground.busyUntil)
      ground.truckAt = now + options.truckMs;
    if (ground.truckAt === null || now < ground.truckAt) return;
    ground.truckAt = null;
    const step = options.truckStepLitres;
    const volume = Math.floor((capacity * fullest - litres) / step) * step;
    if (volume <= 0) return;
    const { truckLitresPerMinute: litresPerMinute, truckTemperatureC: temperatureC } = options;
    model.deliver(now, { litres: volume, temperatureC, litresPerMinute });
    ground.busyUntil = now + (volume / litresPerMinute) * 60_000 + lookEveryMs;
  }

  const tick = (): void => {
    if (stopped) return;
    advance();
    scheduler.after(lookEveryMs, tick);
  };
  scheduler.after(lookEveryMs, tick);

  const of = (tank: string): TankModel => {
    const found = tanks.get(tank);
    if (!found) throw new RangeError(`no tank ${tank}`);
    advance();
    return found.model;
  };
  return {
    shows: (tank) => of(tank).read(scheduler.now()),
    capacityLitres: (tank) => tanks.get(tank)?.capacity ?? 0,
    reports: (tank) => of(tank).reports(scheduler.now()),
    truth: (tank) => of(tank).truth(scheduler.now()),
    deliveries: (tank) => of(tank).deliveries(scheduler.now()),
    stop() {
      stopped = true;
    },
  };
}
