import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../src/simulator/physics/random.ts';
import { cylinder } from '../../../src/simulator/tanks/cylinder.ts';
import { litresAt15 } from '../../../src/simulator/tanks/expansion.ts';
import { createTankModel } from '../../../src/simulator/tanks/tankModel.ts';
import type { TankModelOptions } from '../../../src/simulator/tanks/tankOptions.ts';

const hour = 3_600_000;
const still = { celsius: 15, seasonC: 0, season: 0, dailyC: 0 };
const perfect = {
  noiseMm: 0,
  resolutionMm: 1e-6,
  wanderMm: 0,
  temperatureNoiseC: 0,
  chartError: 0,
};
const tank = (more: Partial<TankModelOptions> = {}) =>
  createTankModel({
    capacityLitres: 30_000,
    density15: 745,
    startLitres: 12_000,
    startC: 15,
    random: seededRandom(7),
    ground: still,
    probe: perfect,
    evaporationLitresPerHour: 0,
    ...more,
  });

describe('a cylinder', () => {
  const shape = cylinder(30_000, 2_400);
  it('is half full at half its height and full at the top', () => {
    expect(shape.litresAt(1_200)).toBeCloseTo(15_000, 6);
    expect(shape.litresAt(2_400)).toBeCloseTo(30_000, 6);
    expect(shape.litresAt(-5)).toBe(0);
  });
  it('gives the height back to its volume', () => {
    fc.assert(
      fc.property(fc.double({ min: 5, max: 29_995, noNaN: true }), (litres) => {
        expect(shape.litresAt(shape.heightAt(litres))).toBeCloseTo(litres, 1);
      }),
    );
  });
});

it.each([
  [745, 25, 0.987825],
  [745, 5, 1.012086],
  [835, 20, 0.995731],
  [845, 30, 0.987395],
])('54B: %d kg/m3 at %d degC', (density, celsius, factor) => {
  expect(litresAt15(density, celsius)).toBeCloseTo(factor, 6);
});

describe('a tank', () => {
  it('loses the litre that leaves the nozzle, and no other', () => {
    const model = tank();
    expect(model.draw(hour, 40_000)).toBeCloseTo(40, 9);
    expect(model.truth(hour).litres).toBeCloseTo(11_960, 6);
    expect(model.read(48 * hour).volumeLitres).toBeCloseTo(11_960, 2);
  });

  it('loses more than a meter shows that gives too much', () => {
    const model = tank();
    expect(model.draw(0, 1_000_000, { meterFactor: 1.005 })).toBeCloseTo(1_005, 9);
  });

  it('shrinks with the cold, keeping its mass', () => {
    const model = tank({ ground: { ...still, celsius: 5 }, startC: 20 });
    const before = model.truth(0);
    const after = model.truth(400 * hour);
    expect(after.litres15).toBeCloseTo(before.litres15, 6);
    expect(after.temperatureC).toBeLessThan(6);
    expect(before.litres - after.litres).toBeGreaterThan(150);
  });

  it('takes a delivery at its rate, with sales meanwhile, and the gauge tells it afterwards', () => {
    const model = tank();
    model.deliver(hour, { litres: 8_000, temperatureC: 25, litresPerMinute: 800 });
    model.draw(hour + 300_000, 50_000);
    expect(model.read(hour + 300_000)).toMatchObject({ deliveryInProgress: true });
    const [truth] = model.deliveries(2 * hour);
    expect(truth).toMatchObject({ startedAt: hour, endedAt: hour + 600_000 });
    expect(truth?.litres).toBeCloseTo(8_000, 3);
    const [report] = model.reports(2 * hour);
    expect((report?.end.volumeLitres ?? 0) - (report?.start.volumeLitres ?? 0)).toBeGreaterThan(7_930);
    expect((report?.end.volumeLitres ?? 0) - (report?.start.volumeLitres ?? 0)).toBeLessThan(7_960);
    expect(report?.reportedAt).toBeGreaterThan(hour + 600_000);
    expect(model.read(2 * hour).deliveryInProgress).toBe(false);
  });

  it('is never filled beyond its overfill prevention, and never drawn below nothing', () => {
    const model = tank();
    model.deliver(0, { litres: 40_000, temperatureC: 15 });
    expect(model.truth(2 * hour).litres).toBeLessThanOrEqual(29_400.1);
    expect(model.deliveries(2 * hour)[0]?.litres).toBeCloseTo(17_400, 0);
    expect(model.draw(3 * hour, 50_000_000)).toBeLessThan(29_401);
    expect(model.truth(3 * hour).litres).toBeCloseTo(0, 6);
  });

  it('has waves after a delivery that die away', () => {
    const model = tank();
    model.deliver(0, { litres: 8_000, temperatureC: 15 });
    const spread = (from: number): number => {
      const heights = Array.from({ length: 40 }, (_, i) => model.read(from + i * 3_000).heightMm);
      return Math.max(...heights) - Math.min(...heights);
    };
    expect(spread(11 * 60_000)).toBeGreaterThan(5);
    expect(spread(90 * 60_000)).toBeLessThan(0.1);
  });

  it('loses what leaks and what is stolen, and the truth knows which', () => {
    const model = tank();
    model.leak(0, { litresPerHour: 0.76 });
    model.theft(10 * hour, { litres: 100, minutes: 20 });
    const truth = model.truth(100 * hour);
    expect(truth.leaked15).toBeCloseTo(76, 3);
    expect(truth.stolen15).toBeCloseTo(100, 3);
    expect(truth.litres15).toBeCloseTo(12_000 - 176, 3);
    model.leak(100 * hour, null);
    expect(model.truth(200 * hour).leaked15).toBeCloseTo(76, 3);
  });

  it('leaks less when there is less above the hole', () => {
    const [full, low] = [29_000, 3_000].map((startLitres) => {
      const model = tank({ startLitres });
      model.leak(0, { litresPerHour: 1, byHead: true });
      return model.truth(24 * hour).leaked15;
    });
    expect(low).toBeLessThan(0.6 * (full ?? 0));
  });

  it('shows water that comes in as water, and not as fuel', () => {
    const model = tank({ waterLitresPerDay: 10 });
    const after = model.read(5 * 24 * hour);
    expect(after.waterLitres).toBeCloseTo(50, 1);
    expect(after.volumeLitres).toBeCloseTo(12_000, 0);
  });

  it('is measured with noise, and a table that is wrong by no more than it may', () => {
    const model = tank({ probe: { chartError: 0.002 } });
    const shown = Array.from({ length: 400 }, (_, i) => model.read(i * 60_000).volumeLitres);
    const mean = shown.reduce((sum, each) => sum + each, 0) / shown.length;
    const spread = Math.sqrt(shown.reduce((sum, each) => sum + (each - mean) ** 2, 0) / shown.length);
    expect(spread).toBeGreaterThan(1);
    expect(spread).toBeLessThan(8);
    expect(Math.abs(mean - 12_000)).toBeLessThan(12_000 * 0.0021 + 5);
  });

  it('is the same again from the same seed', () => {
    const run = () => {
      const model = tank({ probe: {} });
      model.deliver(hour, { litres: 3_000, temperatureC: 20 });
      return [1, 2, 3].map((h) => model.read(h * hour));
    };
    expect(run()).toEqual(run());
  });

  it('refuses a tank that cannot be', () => {
    expect(() => tank({ startLitres: 31_000 })).toThrow(RangeError);
  });
});
