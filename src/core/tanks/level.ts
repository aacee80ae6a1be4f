/** What stands in a tank, from what its gauge says of it, and how far that can be relied on. */
import type { TankQuality, TankReading } from '../../model/tank.ts';
import {
  type CentiCelsius,
  type GramsPerM3,
  type Instant,
  type Millilitres,
  type MonoMs,
  millilitres,
  type TenthMillimetres,
} from '../../model/units.ts';
import { at15, densityAt15 } from './correction.ts';
import { type Strapping, strappedVolume } from './strapping.ts';

export interface MeasureSpec {
  /** null: not known. */
  readonly capacity: Millilitres | null;
  readonly safeFillPercent: number;
  readonly strapping: Strapping | null;
  /** Of the grade at 15 degC; null: as the gauge measures it, or no correction. */
  readonly density: GramsPerM3 | null;
}

export interface TankLevel {
  readonly at: Instant;
  readonly mono: MonoMs;
  readonly source: TankReading['source'];
  readonly quality: TankQuality;
  /** Why it is not good; empty when it is. */
  readonly reason: string;
  /** Fuel at its own temperature, without the water; null when bad. */
  readonly volume: Millilitres | null;
  readonly volumeFrom: 'gauge' | 'strapping' | null;
  readonly volumeAt15: Millilitres | null;
  /** Up to the safe fill. */
  readonly ullage: Millilitres | null;
  readonly height: TenthMillimetres | null;
  readonly water: TenthMillimetres | null;
  readonly waterVolume: Millilitres | null;
  readonly temperature: CentiCelsius | null;
  readonly deliveryInProgress: boolean | null;
  readonly leakTestInProgress: boolean | null;
  readonly gaugeClock: Instant | null;
}

/** A tank that is fuller than this has a wrong capacity or a wrong reading. */
const fullest = 1.02;
/** Height and volume of one reading may differ by so much of the full table. */
const disagreement = 0.02;
/** Fuel in the ground or in the open is never colder or hotter; a gauge's full scale is. */
const temperatures = { least: -5_000, most: 8_000 } as const;

const litres = (volume: number): string => `${Math.round(volume / 1000)} L`;

/** The capacity's part that a delivery may fill; null: the capacity is not known. */
export const safeFill = (spec: Pick<MeasureSpec, 'capacity' | 'safeFillPercent'>): Millilitres | null =>
  spec.capacity === null ? null : millilitres(Math.round((spec.capacity * spec.safeFillPercent) / 100));

/**
 * The volume is the gauge's, else of the height by the strapping table, less the water's. It is never a guess: a reading
 * that cannot be has quality `bad` and no volume.
 */
export function measure(spec: MeasureSpec, reading: TankReading): TankLevel {
  const doubts: string[] = [];
  const faults: string[] = [];
  if (reading.quality !== 'good')
    (reading.quality === 'bad' ? faults : doubts).push(reading.reason || 'the gauge says so');

  const { water, waterVolume } = waterOf(spec, reading);
  const { volume, from } = volumeOf(spec, reading, waterVolume, doubts, faults);
  if (volume !== null && volume < 0) faults.push(`a volume of ${litres(volume)}`);
  if (volume !== null && spec.capacity !== null && volume + (waterVolume ?? 0) > spec.capacity * fullest)
    faults.push(`${litres(volume)} in a tank of ${litres(spec.capacity)}`);
  if (reading.height !== null && water !== null && water > reading.height)
    doubts.push('water stands higher than the fuel');
  const temperature = temperatureOf(reading, doubts);

  const isBad = faults.length > 0;
  const usable = isBad ? null : volume;
  return {
    at: reading.at,
    mono: reading.mono,
    source: reading.source,
    quality: isBad ? 'bad' : doubts.length > 0 ? 'uncertain' : 'good',
    reason: [...faults, ...doubts].join('; '),
    volume: usable,
    volumeFrom: usable === null ? null : from,
    volumeAt15: usable === null ? null : volumeAt15Of(spec, reading, usable, temperature),
    ullage: usable === null ? null : ullageOf(spec, reading, usable, waterVolume),
    height: reading.height,
    water,
    waterVolume,
    temperature,
    deliveryInProgress: reading.deliveryInProgress,
    leakTestInProgress: reading.leakTestInProgress,
    gaugeClock: reading.gaugeClock,
  };
}

/** The level as it is now: one that is older than `staleMs` is bad, for nobody knows what is in the tank. */
export function agedLevel(level: TankLevel, now: MonoMs, staleMs: number): TankLevel {
  const age = now - level.mono;
  if (age <= staleMs) return level;
  return {
    ...level,
    quality: 'bad',
    reason: `no reading for ${Math.round(age / 60_000)} minutes`,
    ...{ volume: null, volumeFrom: null, volumeAt15: null, ullage: null },
  };
}

/** The gauge's water volume, else of its height by the table. */
function waterOf(spec: MeasureSpec, { water, waterVolume }: TankReading) {
  if (waterVolume !== null || water === null || !spec.strapping) return { water, waterVolume };
  return { water, waterVolume: water === 0 ? millilitres(0) : strappedVolume(spec.strapping, water) };
}

function volumeOf(
  { strapping }: MeasureSpec,
  reading: TankReading,
  waterVolume: Millilitres | null,
  doubts: string[],
  faults: string[],
): { volume: Millilitres | null; from: TankLevel['volumeFrom'] } {
  const { height, volume } = reading;
  const total = strapping && height !== null ? strappedVolume(strapping, height) : null;
  if (volume !== null) {
    const full = strapping?.at(-1)?.volume ?? 0;
    const differs = total === null ? 0 : volume + (waterVolume ?? 0) - total;
    if (Math.abs(differs) > full * disagreement)
      doubts.push(`the gauge's volume and its height by the strapping table differ by ${litres(differs)}`);
    return { volume, from: 'gauge' };
  }
  if (total !== null) {
    if (reading.water !== null && reading.water > 0 && waterVolume === null)
      doubts.push('water is included: its height is outside of the strapping table');
    return { volume: millilitres(total - (waterVolume ?? 0)), from: 'strapping' };
  }
  if (reading.quality !== 'bad')
    faults.push(
      height === null
        ? 'the gauge gives neither volume nor height'
        : strapping
          ? `a height of ${height / 10} mm is outside of the strapping table`
          : 'the gauge gives only a height and there is no strapping table',
    );
  return { volume: null, from: null };
}

function temperatureOf({ temperature }: TankReading, doubts: string[]): CentiCelsius | null {
  if (temperature === null) return null;
  if (temperature >= temperatures.least && temperature <= temperatures.most) return temperature;
  doubts.push(`a temperature of ${temperature / 100} degC`);
  return null;
}

/**
 * From the volume and its temperature where the density is known; else the gauge's own corrected volume, when it refers to
 * 15 degC. One that refers to 60 degF, or to nobody knows what, is not passed off as one at 15 degC.
 */
function volumeAt15Of(
  spec: MeasureSpec,
  reading: TankReading,
  volume: Millilitres,
  temperature: CentiCelsius | null,
): Millilitres | null {
  const { correctedVolume, reference } = reading;
  const observed = reading.density;
  const measured = observed !== null && temperature !== null ? densityAt15(observed, temperature) : null;
  const density = spec.density ?? measured;
  if (density !== null && temperature !== null) return at15(volume, density, temperature);
  if (correctedVolume === null || reference === null) return null;
  if (reference === 1_500) return correctedVolume;
  return density === null ? null : at15(correctedVolume, density, reference);
}

function ullageOf(
  spec: MeasureSpec,
  reading: TankReading,
  volume: Millilitres,
  waterVolume: Millilitres | null,
): Millilitres | null {
  const safe = safeFill(spec);
  if (safe === null) return reading.ullage;
  return millilitres(Math.max(0, safe - volume - (waterVolume ?? 0)));
}
