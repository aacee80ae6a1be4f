import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { at15, densityAt15, volumeCorrection } from '../../../src/core/tanks/correction.ts';
import { agedLevel, type MeasureSpec, measure } from '../../../src/core/tanks/level.ts';
import { stockSample } from '../../../src/core/tanks/stock.ts';
import { strappedVolume } from '../../../src/core/tanks/strapping.ts';
import type { TankReading } from '../../../src/model/tank.ts';
import {
  centiCelsius,
  gramsPerM3,
  instant,
  millilitres,
  monoMs,
  tenthMillimetres,
} from '../../../src/model/units.ts';

const kg = (value: number) => gramsPerM3(value * 1000);
const celsius = (value: number) => centiCelsius(Math.round(value * 100));
const mm = (value: number) => tenthMillimetres(value * 10);
const litres = (value: number) => millilitres(value * 1000);

describe('volume correction to 15 degC', () => {
  it.each([
    [745, 25, 0.987825],
    [745, 5, 1.012086],
    [835, 20, 0.995731],
    [845, 30, 0.987395],
    [745, 15, 1],
  ])('%d kg/m3 at %d degC: %d', (density, temperature, factor) => {
    expect(volumeCorrection(kg(density), celsius(temperature))).toBeCloseTo(factor, 6);
  });

  it.each([
    [599, 20],
    [1_101, 20],
    [0, 20],
    [745, -51],
    [745, 96],
  ])('%d kg/m3 at %d degC is refused', (density, temperature) => {
    expect(volumeCorrection(kg(density), celsius(temperature))).toBeNull();
    expect(at15(litres(1_000), kg(density), celsius(temperature))).toBeNull();
  });

  it('falls as the temperature rises, at every density', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 600_000, max: 1_100_000 }),
        fc.integer({ min: -5_000, max: 9_499 }),
        (density, temperature) => {
          const colder = volumeCorrection(gramsPerM3(density), centiCelsius(temperature))!;
          expect(volumeCorrection(gramsPerM3(density), centiCelsius(temperature + 1))!).toBeLessThan(colder);
        },
      ),
    );
  });

  it('a density that was measured warm is brought to 15 degC: the mass stays', () => {
    const density = densityAt15(kg(738), celsius(25))!;
    expect(density * volumeCorrection(density, celsius(25))!).toBeCloseTo(738_000, -1);
    expect(densityAt15(kg(300), celsius(25))).toBeNull();
  });
});

/** Millimetres and litres. */
const tableOf = (...rows: (readonly [number, number])[]) =>
  rows.map(([height, volume]) => ({
    height: tenthMillimetres(height * 10),
    volume: millilitres(volume * 1000),
  }));

describe('a strapping table', () => {
  const table = tableOf([0, 0], [1000, 5000], [2000, 12_000.5]);

  it.each([
    [0, 0],
    [500, 2_500_000],
    [1000, 5_000_000],
    [1500, 8_500_250],
    [2000, 12_000_500],
    [2001, null],
    [-1, null],
  ])('%d mm: %s ml', (height, volume) => {
    expect(strappedVolume(table, mm(height))).toBe(volume);
  });

  it('never falls', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 1, max: 900 }), fc.integer({ min: 1, max: 900_000 })), {
          minLength: 1,
          maxLength: 30,
        }),
        fc.integer({ min: 0, max: 30_000 }),
        (steps, height) => {
          let [h, v] = [0, 0];
          const points = steps.map(([dh, dv]) => {
            h += dh;
            v += dv;
            return { height: tenthMillimetres(h), volume: millilitres(v) };
          });
          const all = [{ height: tenthMillimetres(0), volume: millilitres(0) }, ...points];
          const here = strappedVolume(all, tenthMillimetres(height));
          const above = strappedVolume(all, tenthMillimetres(height + 1));
          if (here !== null && above !== null) expect(above).toBeGreaterThanOrEqual(here);
          expect(here === null).toBe(height > h);
        },
      ),
    );
  });
});

const spec: MeasureSpec = {
  capacity: litres(12_000),
  safeFillPercent: 95,
  strapping: tableOf([0, 0], [1000, 5000], [2000, 12_000]),
  density: kg(745),
};
const reading = (more: Partial<TankReading> = {}): TankReading => ({
  kind: 'tank',
  tank: 1,
  source: 'live',
  ...{ at: instant(1_700_000_000_000), mono: monoMs(1_000) },
  ...{ quality: 'good', reason: '' },
  volume: litres(5_000),
  ...{ correctedVolume: null, reference: null, ullage: null },
  height: mm(1_000),
  ...{ water: mm(0), waterVolume: litres(0) },
  temperature: celsius(25),
  ...{ density: null, deliveryInProgress: null, leakTestInProgress: null, gaugeClock: null },
  ...more,
});
const none = { volume: null, height: null };

describe('a level from a reading', () => {
  it('volume of the gauge, ullage to the safe fill, volume at 15 degC', () => {
    expect(measure(spec, reading())).toMatchObject({
      quality: 'good',
      reason: '',
      volume: 5_000_000,
      volumeFrom: 'gauge',
      ullage: 6_400_000,
      volumeAt15: 4_939_127,
    });
  });

  it('of a height by the strapping table, less the water', () => {
    const level = measure(spec, reading({ volume: null, water: mm(20), waterVolume: null }));
    expect(level).toMatchObject({ volumeFrom: 'strapping', volume: 4_900_000, waterVolume: 100_000 });
    expect(level.ullage).toBe(6_400_000);
  });

  it.each<[string, Partial<TankReading>, Partial<MeasureSpec>, RegExp]>([
    ['negative', { volume: litres(-1) }, {}, /volume of -1 L/],
    ['fuller than full', { volume: litres(12_241), height: null }, {}, /12241 L in a tank of 12000 L/],
    ['above the table', { volume: null, height: mm(2_001) }, {}, /2001 mm is outside/],
    ['neither', none, {}, /neither volume nor height/],
    ['no table', { volume: null }, { strapping: null }, /no strapping table/],
    ['said by the gauge', { ...none, quality: 'bad', reason: 'probe out' }, {}, /^probe out$/],
  ])('%s: bad, and no volume', (_, told, own, reason) => {
    const level = measure({ ...spec, ...own }, reading(told));
    expect(level).toMatchObject({ quality: 'bad', volume: null, ullage: null, volumeAt15: null });
    expect(level.reason).toMatch(reason);
  });

  it.each<[string, Partial<TankReading>, RegExp]>([
    ['height and volume disagree', { volume: litres(5_300) }, /differ by 300 L/],
    ['the water tops the fuel', { water: mm(1_001), waterVolume: litres(0) }, /water stands higher/],
    ['a temperature that is none', { temperature: celsius(200) }, /temperature of 200/],
    ['water beyond the table', { volume: null, water: mm(2_500), waterVolume: null }, /water is included/],
    ['said by the gauge', { quality: 'uncertain', reason: 'old' }, /^old$/],
  ])('%s: uncertain, and said so', (_, told, reason) => {
    const level = measure(spec, reading(told));
    expect(level.quality).toBe('uncertain');
    expect(level.reason).toMatch(reason);
    expect(level.volume).not.toBeNull();
  });

  it.each([
    { name: 'one at 15 degC is taken', reference: celsius(15), expected: 4_950_000 },
    { name: 'one at 60 degF is not taken for one at 15 degC', reference: celsius(15.56), expected: null },
    { name: 'one at nobody knows what neither', reference: null, expected: null },
  ])("the gauge's corrected volume without a density: $name", ({ reference, expected }) => {
    const level = measure({ ...spec, density: null }, reading({ correctedVolume: litres(4_950), reference }));
    expect(level.volumeAt15).toBe(expected);
  });

  it('one at 60 degF with a density is brought to 15 degC', () => {
    const told = { correctedVolume: litres(4_950), reference: celsius(15.56), temperature: null };
    expect(measure(spec, reading(told)).volumeAt15).toBe(4_946_636);
  });

  it('grows stale', () => {
    const level = measure(spec, reading());
    expect(agedLevel(level, monoMs(61_000), 60_000)).toBe(level);
    expect(agedLevel(level, monoMs(361_000), 60_000)).toMatchObject({
      quality: 'bad',
      volume: null,
      reason: 'no reading for 6 minutes',
    });
  });
});

describe('a look at a manifold', () => {
  const outflow = { dispensed: litres(70), active: true };
  const look = (...readings: (TankReading | null)[]) =>
    stockSample(
      readings.map((each, index) => ({ tank: `t${index + 1}`, level: each && measure(spec, each) })),
      outflow,
      monoMs(10_000),
      60_000,
    );

  it('sums volumes; the temperature is the mean of the fuel', () => {
    const second = reading({
      volume: litres(1_000),
      height: null,
      temperature: celsius(13),
      deliveryInProgress: true,
    });
    expect(look(reading(), second)).toEqual({
      why: null,
      sample: {
        at: 1_700_000_000_000,
        volume: 6_000_000,
        temperature: 2_300,
        volumeAt15: 4_939_127 + at15(litres(1_000), kg(745), celsius(13))!,
        ...outflow,
        deliveryInProgress: true,
      },
    });
  });

  it.each([
    { name: 'not read', second: null, why: 't2 was not read yet' },
    { name: 'bad', second: reading({ ...none }), why: 't2: the gauge gives neither' },
    { name: 'old', second: reading({ mono: monoMs(-60_000) }), why: 't2 is not read any more' },
    { name: 'a minute older', second: reading({ mono: monoMs(-49_999) }), why: null },
  ])('a member that is $name: no look, and why', ({ second, why }) => {
    const { sample, why: said } = look(reading(), second);
    if (why === null) expect(sample).not.toBeNull();
    else {
      expect(sample).toBeNull();
      expect(said).toContain(why);
    }
  });
});
