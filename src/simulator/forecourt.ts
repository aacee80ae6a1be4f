/** The forecourt without its wires: dispensers, cars and the truth of what was dispensed. Runs on any scheduler. */
import type { Clock, Log } from '../core/ports.ts';
import type { Member } from '../model/config/members.ts';
import type { DispenserProfile } from '../model/config/profile.ts';
import type { FuellingPointConfig, StationConfig } from '../model/config/station.ts';
import { ForecourtError } from '../model/errors.ts';
import type { FaultPlan } from './faults.ts';
import type { NozzleFlow } from './gauges/options.ts';
import type { Behaviour, DispensedSale, HoseTotal } from './options.ts';
import type { Dispenser } from './physics/dispenser.ts';
import { installDispenser } from './physics/install.ts';
import { measureOf } from './physics/measure.ts';
import { type Memory, writeMemory } from './physics/memory.ts';
import { randomFor } from './physics/random.ts';
import type { ReaderPort } from './readers/port.ts';
import type { Scheduler } from './scheduler.ts';
import type { Tally } from './tally.ts';
import { Bay } from './traffic/bay.ts';
import { CardPool } from './traffic/cardPool.ts';

export interface ForecourtOptions {
  readonly station: StationConfig;
  /** By device id; readers are not in it. */
  readonly profiles: ReadonlyMap<string, DispenserProfile>;
  readonly members: readonly Member[];
  /** By fuelling point. */
  readonly readers: ReadonlyMap<string, readonly ReaderPort[]>;
  readonly seed: number;
  readonly behaviour: Behaviour;
  readonly faults: FaultPlan;
  readonly maxSales: number;
  /** Simulated time. */
  readonly scheduler: Scheduler;
  readonly clock: Clock;
  readonly memory: { readonly path: string; readonly kept: Memory } | null;
  /** What is kept of the tanks beside the dispensers' memory; called whenever that is written. */
  readonly tanksMemory?: () => unknown;
  readonly tally: Tally;
  readonly log: Log;
  readonly onDispensed: (sale: DispensedSale) => void;
}

export interface Forecourt {
  /** By device id. */
  readonly dispensers: ReadonlyMap<string, Dispenser>;
  readonly dispensed: readonly DispensedSale[];
  readonly done: Promise<void>;
  open(): void;
  noMoreCars(): void;
  close(): void;
  totals(): HoseTotal[];
  /** What has left each nozzle since the simulation started by its own meter, a fuelling that runs included. */
  flowed(): NozzleFlow[];
}

/** Throws SIMULATOR_REFUSED when a fuelling point has no dispenser. */
export function createForecourt(options: ForecourtOptions): Forecourt {
  const { station, scheduler, clock, seed, behaviour, faults, memory } = options;
  const dispensers = new Map<string, Dispenser>();
  for (const device of station.devices) {
    const profile = options.profiles.get(device.id);
    if (profile === undefined) continue;
    const random = randomFor(seed, `device ${device.id}`);
    const remembered = (id: string, point: number) => memory?.kept[id]?.[String(point)] ?? null;
    dispensers.set(
      device.id,
      installDispenser(device, profile, { station, behaviour, random, scheduler, remembered }),
    );
  }

  const dispensed: DispensedSale[] = [];
  const cards = new CardPool(options.members);
  const { promise: done, resolve: finish } = Promise.withResolvers<void>();
  let booked = 0;
  let { maxSales } = options;
  let openBays = 0;

  function sold(sale: Omit<DispensedSale, 'n'>): void {
    const numbered = { n: dispensed.length + 1, ...sale };
    dispensed.push(numbered);
    try {
      remember();
      options.onDispensed(numbered);
    } catch (error) {
      options.log.warn({ err: error, n: numbered.n }, 'what a sale should have set off failed');
    }
  }

  function remember(): void {
    if (memory !== null) writeMemory(memory.path, dispensers.values(), options.tanksMemory?.() ?? null);
  }

  const bays = station.fuellingPoints
    .filter(({ device }) => !faults.deadDevices.includes(device)) // no car comes to a dispenser that is off
    .map((fuellingPoint) => {
      const { dispenser, point } = placeOf(fuellingPoint, dispensers);
      return new Bay(
        {
          fuellingPoint,
          dispenser,
          measure: measureOf(dispenser.profile, station.site.currencyDecimals),
          hoses: point.hoses,
          readers: options.readers.get(fuellingPoint.id) ?? [],
          cards,
          behaviour,
          random: randomFor(seed, `fuelling point ${fuellingPoint.id}`),
          scheduler,
          clock,
          reboot: { rate: faults.rates.reboot ?? 0, ms: faults.rebootMs },
          book: () => booked < maxSales && ++booked > 0,
          unbook: () => booked--,
          sold,
          rebooted: () => options.tally.faultsInjected.reboot++,
          closed: () => {
            if (--openBays === 0) finish();
          },
        },
        point,
      );
    });

  return {
    dispensers,
    dispensed,
    done,
    open() {
      openBays = bays.length;
      if (openBays === 0) finish();
      for (const bay of bays) bay.open();
    },
    noMoreCars() {
      maxSales = 0;
    },
    close() {
      for (const bay of bays) bay.stop();
      if (memory === null) return;
      // Fuel that has flowed was sold, even if nobody looks any more: the next simulation's totalizers know it.
      for (const { points } of dispensers.values())
        for (const point of points.values()) point.hangUp(scheduler.now());
      remember();
    },
    totals: () =>
      station.fuellingPoints.flatMap((fuellingPoint) => {
        const { point } = placeOf(fuellingPoint, dispensers);
        return fuellingPoint.nozzles.map(({ id, hose }) => {
          const counted = point.hoses[hose - 1]?.counted ?? { volume: 0, amount: 0 };
          return {
            fuellingPoint: fuellingPoint.id,
            nozzle: id,
            volumeMl: counted.volume,
            amount: counted.amount,
          };
        });
      }),
    flowed: () =>
      station.fuellingPoints.flatMap((fuellingPoint) => {
        const { point } = placeOf(fuellingPoint, dispensers);
        const now = scheduler.now();
        return fuellingPoint.nozzles.map(({ id, hose, tank }) => ({
          nozzle: id,
          tank: tank ?? null,
          volumeMl: point.flowed(hose, now),
        }));
      }),
  };
}

function placeOf(fuellingPoint: FuellingPointConfig, dispensers: ReadonlyMap<string, Dispenser>) {
  const dispenser = dispensers.get(fuellingPoint.device);
  const point = dispenser?.points.get(fuellingPoint.point);
  if (dispenser === undefined || point === undefined) {
    const { id, device } = fuellingPoint;
    throw new ForecourtError('SIMULATOR_REFUSED', `fuelling point ${id}: ${device} has no such point`, {
      id,
      device,
    });
  }
  return { dispenser, point };
}
