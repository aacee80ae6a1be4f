/**
 * A tank in the ground, in virtual time: what is in it is kept as litres at 15 degC (as good as mass) and a temperature;
 * a litre that leaves a nozzle leaves the tank. Times are milliseconds and never go back: an earlier one means now.
 */
import { type Cylinder, cylinder } from './cylinder.ts';
import { litresAt15 } from './expansion.ts';
import { Gauge } from './gauge.ts';
import { type Drop, type GaugeReport, Inflows, type TrueDelivery } from './inflows.ts';
import type { GaugeShows } from './shows.ts';
import { ordinaryGround, ordinaryNotice, ordinaryProbe, type TankModelOptions } from './tankOptions.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const longestStepMs = 600_000;
/** Layers of fuel of another temperature: as much of the difference stays hidden from the sensors, and for so long. */
const layerShare = 0.04;
const layerDecayMs = 2.5 * hourMs;
/** Overfill prevention stops a delivery here. */
const fullest = 0.98;

export interface TankTruth {
  /** Fuel at its own temperature. */
  readonly litres: number;
  readonly litres15: number;
  readonly temperatureC: number;
  readonly heightMm: number;
  readonly waterLitres: number;
  /** Since the start, litres at 15 degC; evaporated, leaked, stolen. */
  readonly evaporated15: number;
  readonly leaked15: number;
  readonly stolen15: number;
}

export interface LeakOptions {
  /** At `byHead` this is the rate of a full tank. */
  readonly litresPerHour: number;
  /** The rate follows the root of the height above the hole, which is at the bottom (Torricelli). */
  readonly byHead?: boolean;
}

export interface TankModel {
  readonly capacityLitres: number;
  /**
   * A meter showed so many millilitres, at the nozzle's temperature (default: the tank's). `meterFactor`: litres that
   * left in truth for one that the meter showed; 1.005 gives 0.5 % too much. Returns the litres that left; less when the
   * tank ran dry.
   */
  draw(at: number, shownMl: number, meter?: { meterFactor?: number; temperatureC?: number }): number;
  /** Fuel runs in from `at` on, at a rate (default 800 litres a minute). It ends early when the tank is full. */
  deliver(at: number, drop: { litres: number; temperatureC: number; litresPerMinute?: number }): void;
  /** What has still to run in of what was delivered, the drop that runs first. */
  toCome(at: number): readonly Required<Parameters<TankModel['deliver']>[1]>[];
  /** Pumped out past every meter, evenly. */
  theft(at: number, theft: { litres: number; minutes: number }): void;
  /** From `at` on; null: mended. */
  leak(at: number, leak: LeakOptions | null): void;
  /** The gauge now; each call is a measurement of its own. */
  read(at: number): GaugeShows;
  truth(at: number): TankTruth;
  /** Deliveries that have ended, oldest first. */
  deliveries(at: number): readonly TrueDelivery[];
  /** The gauge's own reports that are out by now, oldest first. */
  reports(at: number): readonly GaugeReport[];
}

/** Throws RangeError for a tank that cannot be. */
export function createTankModel(options: TankModelOptions): TankModel {
  const { capacityLitres, density15, startLitres, random } = options;
  const possible =
    capacityLitres > 0 && density15 >= 500 && startLitres >= 0 && startLitres <= capacityLitres;
  if (!possible) throw new RangeError('a tank needs a capacity, a density and a content that fits');
  const ground = { ...ordinaryGround, ...options.ground };
  const probe = { ...ordinaryProbe, ...options.probe };
  const shape: Cylinder = cylinder(capacityLitres, options.diameterMm ?? 2_400);
  const gauge = new Gauge(shape, probe, random);
  const inflows = new Inflows({ ...ordinaryNotice, ...options.notice });
  const { relaxHours = 110, evaporationLitresPerHour = 0.02, waterLitresPerDay = 0 } = options;

  let now = 0;
  let celsius = options.startC ?? ground.celsius;
  let litres15 = startLitres * litresAt15(density15, celsius);
  let water = options.startWaterLitres ?? 0;
  let layersC = 0;
  let leaks: LeakOptions | null = null;
  const thefts: { until: number; perMs: number }[] = [];
  let evaporated = 0;
  let leaked = 0;
  let stolen = 0;

  const groundAt = (at: number): number => {
    const season = (t: number): number => -Math.cos(2 * Math.PI * (ground.season + t / (365 * dayMs)));
    const change = ground.seasonC * (season(at) - season(0));
    return ground.celsius + change + ground.dailyC * Math.sin((2 * Math.PI * at) / dayMs);
  };
  const litres = (): number => litres15 / litresAt15(density15, celsius);
  const height = (): number => shape.heightAt(litres() + water);
  /** Takes litres of the tank's temperature; returns litres at 15 degC. */
  const take = (volume: number): number => {
    const wanted = volume * litresAt15(density15, celsius);
    const taken = Math.min(wanted, litres15);
    litres15 -= taken;
    return taken;
  };

  const leakNow = (): number => {
    if (leaks === null) return 0;
    return leaks.litresPerHour * (leaks.byHead ? Math.sqrt(height() / shape.diameterMm) : 1);
  };

  function pour(drop: Drop, ms: number): void {
    const room = Math.max(0, fullest * capacityLitres - litres() - water);
    const volume = Math.min(drop.left, (drop.litresPerMinute * ms) / 60_000, room);
    const added = volume * litresAt15(density15, drop.temperatureC);
    if (added > 0) {
      const before = celsius;
      celsius = (celsius * litres15 + drop.temperatureC * added) / (litres15 + added);
      litres15 += added;
      layersC += layerShare * (drop.temperatureC - before) * (added / litres15);
    }
    drop.litres += volume;
    drop.litres15 += added;
    drop.left = volume < room ? drop.left - volume : 0;
  }

  function step(ms: number): void {
    const hours = ms / hourMs;
    const drop = inflows.running;
    if (drop) pour(drop, ms);
    evaporated += take(evaporationLitresPerHour * hours);
    leaked += take(leakNow() * hours);
    for (const theft of thefts) stolen += take(theft.perMs * Math.min(ms, Math.max(0, theft.until - now)));
    water += (waterLitresPerDay * hours) / 24;
    const relax = relaxHours * Math.max(0.15, litres() / capacityLitres) ** 0.6;
    celsius += (groundAt(now) - celsius) * (1 - Math.exp(-hours / relax));
    layersC *= Math.exp(-ms / layerDecayMs);
    gauge.pass(ms, drop !== undefined);
    now += ms;
    inflows.look(now, shows);
  }

  function advance(to: number): void {
    while (now < to) step(Math.min(to, now + longestStepMs, inflows.nextChange(now)) - now);
  }

  function shows(): GaugeShows {
    const heightMm = gauge.height(height());
    const waterMm = gauge.water(water > 0 ? shape.heightAt(water) : 0);
    const temperatureC = gauge.temperature(celsius + layersC);
    const waterLitres = gauge.litresAt(waterMm);
    const total = gauge.litresAt(heightMm);
    const volumeLitres = Math.max(0, total - waterLitres);
    return {
      volumeLitres,
      volume15Litres: volumeLitres * litresAt15(density15, temperatureC),
      heightMm,
      waterMm,
      waterLitres,
      temperatureC,
      ullageLitres: Math.max(0, capacityLitres - total),
      deliveryInProgress: inflows.told(now),
    };
  }

  return {
    capacityLitres,
    draw(at, shownMl, { meterFactor = 1, temperatureC = celsius } = {}) {
      advance(at);
      const asked = (shownMl / 1000) * meterFactor;
      const factor = litresAt15(density15, temperatureC);
      const taken = Math.min(asked * factor, litres15);
      litres15 -= taken;
      return taken / factor;
    },
    deliver(at, { litres: volume, temperatureC, litresPerMinute = 800 }) {
      advance(at);
      inflows.add(now, { litres: volume, temperatureC, litresPerMinute }, shows());
    },
    toCome(at) {
      advance(at);
      return inflows.toCome;
    },
    theft(at, { litres: volume, minutes }) {
      advance(at);
      thefts.push({ until: now + minutes * 60_000, perMs: volume / (minutes * 60_000) });
    },
    leak(at, next) {
      advance(at);
      leaks = next;
    },
    read(at) {
      advance(at);
      return shows();
    },
    truth(at) {
      advance(at);
      return {
        litres: litres(),
        litres15,
        temperatureC: celsius,
        heightMm: height(),
        waterLitres: water,
        evaporated15: evaporated,
        leaked15: leaked,
        stolen15: stolen,
      };
    },
    deliveries(at) {
      advance(at);
      return inflows.done;
    },
    reports(at) {
      advance(at);
      return inflows.reports;
    },
  };
}
