/** Sets up a dispenser as it is found on the first day: with prices, counters that have run for years, and a last sale. */
import type { Random } from '../../core/ports.ts';
import type { DispenserProfile } from '../../model/config/profile.ts';
import type { DeviceConfig, StationConfig } from '../../model/config/station.ts';
import type { UnitPrice } from '../../model/units.ts';
import type { Behaviour } from '../options.ts';
import type { Scheduler } from '../scheduler.ts';
import { Dispenser } from './dispenser.ts';
import { Hose, type Modulus } from './hose.ts';
import { type Measure, measureOf, modulusOf } from './measure.ts';
import { DispenserPoint, endCodes, type LastSale, type PointMemory } from './point.ts';
import { whole } from './random.ts';

const ordinaryVolume = 400_000_000; // 400 000 litres
const singlePrecisionVolume = 10_000_000; // such totalizers lose the last digits of a large count
const nearVolume = 60_000;
const cheapest = 6_500;
const dearerByGrade = 430;

export interface Installation {
  readonly station: StationConfig;
  readonly behaviour: Behaviour;
  readonly random: Random;
  readonly scheduler: Scheduler;
  /** What a point knew when it was last switched off; null: it is new. */
  remembered(device: string, point: number): PointMemory | null;
}

export function installDispenser(
  config: DeviceConfig,
  profile: DispenserProfile,
  at: Installation,
): Dispenser {
  const { currencyDecimals } = at.station.site;
  const measure = measureOf(profile, currencyDecimals);
  const modulus = modulusOf(profile, currencyDecimals);
  const points = new Map<number, DispenserPoint>();
  for (let number = 1; number <= profile.points.count; number++) {
    const memory = at.remembered(config.id, number);
    const nozzles = at.station.fuellingPoints.find(
      (fp) => fp.device === config.id && fp.point === number,
    )?.nozzles;
    const hoses = Array.from({ length: profile.hoses }, (_, index) => {
      const grade = nozzles?.find((nozzle) => nozzle.hose === index + 1)?.grade;
      const drawn = startCounts(profile, modulus, measure, at);
      return new Hose(index + 1, measure.price(priceOf(grade, at)), memory?.hoses[index] ?? drawn, modulus);
    });
    const settings = {
      measure,
      totalizers: at.behaviour.totalizers,
      saleNumbers: profile.saleNumber ?? null,
      holdsSale: profile.acknowledge !== undefined && config.writes,
    };
    const earlier = earlierSale(profile, hoses[0]?.price ?? measure.price(cheapest), measure, at);
    points.set(number, new DispenserPoint(hoses, settings, memory?.last ?? earlier, memory?.held ?? false));
  }
  return new Dispenser(config, profile, points, at.scheduler);
}

/** Thousandths per litre; grades without a configured price are dearer the further down the file they stand. */
function priceOf(grade: string | undefined, at: Installation): number {
  const configured = grade === undefined ? undefined : at.behaviour.prices[grade];
  const position = Math.max(
    0,
    at.station.grades.findIndex(({ id }) => id === grade),
  );
  return configured ?? cheapest + dearerByGrade * position;
}

function startCounts(
  profile: DispenserProfile,
  modulus: Modulus,
  measure: Measure,
  { random, behaviour }: Installation,
) {
  const most = profile.totals.volume.type === 'f32' ? singlePrecisionVolume : ordinaryVolume;
  const near = behaviour.totalizerStart === 'near-rollover' && Number.isFinite(modulus.volume);
  const volume = near
    ? modulus.volume - whole(random, 1_000, Math.min(nearVolume, modulus.volume))
    : whole(random, 0, Math.min(most, Math.floor(modulus.volume / 2)));
  const amount = whole(random, 0, Math.min(most, Math.floor(modulus.amount / 2)));
  return { volume: measure.volume(volume), amount: measure.amount(amount) };
}

function earlierSale(
  profile: DispenserProfile,
  price: UnitPrice,
  measure: Measure,
  at: Installation,
): LastSale {
  const most = Math.min(40_000, measure.largest(price));
  const volume = measure.volume(whole(at.random, Math.min(5_000, most), most));
  const numbers = profile.saleNumber;
  const number = numbers === undefined ? null : firstNumber(numbers, at);
  return { number, hose: 1, volume, amount: measure.cost(volume, price), price, endCode: endCodes.nozzle };
}

function firstNumber(numbers: { first: number; last: number }, { random, behaviour }: Installation): number {
  if (behaviour.totalizerStart === 'near-rollover') return Math.max(numbers.first, numbers.last - 2);
  return whole(random, numbers.first, numbers.last);
}
