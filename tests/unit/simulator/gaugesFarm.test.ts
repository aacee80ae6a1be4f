import { describe, expect, it } from 'vitest';
import { type NozzleFlow, ordinaryTanks, type TankOptions } from '../../../src/simulator/gauges/options.ts';
import { createTankFarm } from '../../../src/simulator/gauges/tankFarm.ts';
import { stationOfTanks } from '../../support/tankStation.ts';
import { virtualTime } from '../../support/virtualTime.ts';

const station = stationOfTanks({ id: '92', densityKgPerM3: 740 }, [
  { id: 'T1' },
  { id: 'M1', manifold: 'both' },
  { id: 'M2', manifold: 'both' },
]);
const hour = 3_600_000;
/** Evaporation of an hour, and the rounding of a millilitre. */
const nearly = 0.1;

function farmWith(options: Partial<TankOptions> = {}, kept?: unknown) {
  const time = virtualTime();
  const flows = new Map<string, NozzleFlow>();
  const farm = createTankFarm(station, { ...ordinaryTanks, orderBelow: 0, ...options }, 3, {
    flowed: () => [...flows.values()],
    scheduler: time.scheduler,
    kept,
  });
  return {
    ...time,
    farm,
    litres: (tank: string) => farm.truth(tank).litres,
    /** The meter of a nozzle shows so much since the start. */
    shown: (nozzle: string, tank: string, litres: number) =>
      flows.set(nozzle, { nozzle, tank, volumeMl: litres * 1000 }),
  };
}

describe('the ground under the forecourt', () => {
  it('a litre that leaves a nozzle leaves its tank, while the fuelling runs', () => {
    const { farm, shown, litres, advance } = farmWith();
    const before = litres('T1');
    for (let minute = 1; minute <= 10; minute++) {
      shown('1', 'T1', 5 * minute);
      advance(60_000);
      expect(Math.abs(before - litres('T1') - 5 * minute)).toBeLessThan(nearly);
    }
    expect(farm.drawn('T1', 0, 10 * 60_000)).toBeCloseTo(50, 6);
    expect(farm.drawn('T1', 4.5 * 60_000, 10 * 60_000)).toBeCloseTo(25, 6);
  });

  it('a meter that gives too much takes more than it shows', () => {
    const { shown, litres, advance } = farmWith({ meterFactors: { '1': 1.005 } });
    const before = litres('T1');
    shown('1', 'T1', 1_000);
    advance(60_000);
    expect(Math.abs(before - litres('T1') - 1_005)).toBeLessThan(nearly);
  });

  it('tanks of a manifold level out while they are drawn from, whichever the nozzle names', () => {
    const { shown, litres, advance } = farmWith({ fill: { M1: 0.6, M2: 0.5 } });
    for (let step = 1; step <= 400; step++) {
      shown('1', 'M1', 10 * step);
      advance(10_000);
    }
    expect(Math.abs(litres('M1') - litres('M2'))).toBeLessThan(11);
    expect(Math.abs(12_000 + 10_000 - 4_000 - litres('M1') - litres('M2'))).toBeLessThan(1);
  });

  it('leaks and thefts come when they are due, and no meter sees them', () => {
    const { farm, litres, advance } = farmWith({
      leaks: [{ tank: 'T1', litresPerHour: 2, fromMs: hour }],
      thefts: [{ tank: 'M2', litres: 100, minutes: 30, atMs: 2 * hour }],
    });
    const [leaky, robbed] = [litres('T1'), litres('M2')];
    advance(hour);
    expect(leaky - litres('T1')).toBeLessThan(nearly);
    advance(5 * hour);
    expect(farm.truth('T1').leaked15).toBeGreaterThan(9.9);
    expect(farm.truth('T1').leaked15).toBeLessThan(10.1);
    expect(Math.abs(robbed - litres('M2') - 100)).toBeLessThan(1);
    expect(farm.drawn('T1', 0, 6 * hour) + farm.drawn('M2', 0, 6 * hour)).toBe(0);
  });

  it('M173: a truck comes to a tank that is low, with what fits in whole compartments, and the gauge reports it', () => {
    const { farm, shown, litres, advance } = farmWith({ orderBelow: 0.25, fill: { T1: 0.24 } });
    for (let minute = 1; minute <= 60; minute++) {
      shown('1', 'T1', 3 * minute);
      advance(60_000);
    }
    const [delivery, ...more] = farm.deliveries('T1');
    expect(more).toEqual([]);
    expect(delivery?.litres).toBeCloseTo(13_000, 6);
    expect(Math.abs(litres('T1') - (4_800 - 180 + 13_000))).toBeLessThan(60); // colder or warmer than the tank
    const [report] = farm.reports('T1');
    const rise = (report?.end.volumeLitres ?? 0) - (report?.start.volumeLitres ?? 0);
    const meanwhile = farm.drawn('T1', report?.startedAt ?? 0, report?.endedAt ?? 0);
    expect(Math.abs(rise + meanwhile - 13_000)).toBeLessThan(100);
  });

  it('has stood closed for a while: the gauge recorded it, and a leak was there already', () => {
    const { farm, litres, advance } = farmWith({
      ...{ quietHours: 48, fill: { T1: 0.5 }, leaks: [{ tank: 'T1', litresPerHour: 2 }] },
    });
    const past = farm.past('T1');
    expect(past.map(({ at }) => at)).toEqual(Array.from({ length: 288 }, (_, n) => -48 * hour + n * 600_000));
    expect(Math.abs(10_000 - 96 - litres('T1'))).toBeLessThan(10);
    const volumes = past.map(({ shows }) => shows.volumeLitres);
    const [first = 0, last = 0] = [volumes[0], volumes.at(-1)];
    expect(Math.abs(first - last - 96)).toBeLessThan(20);
    advance(hour);
    expect(farm.truth('T1').leaked15).toBeGreaterThan(97.5);
    expect(farm.truth('T1').leaked15).toBeLessThan(98.5);
  });

  it('keeps its fuel, its warmth and its errors from one simulation to the next', () => {
    const first = farmWith({ fill: { T1: 0.4 }, waterLitres: { T1: 40 } });
    first.shown('1', 'T1', 500);
    first.advance(hour);
    const again = farmWith({ fill: { T1: 0.9 } }, JSON.parse(JSON.stringify(first.farm.memory())));
    expect(again.litres('T1')).toBeCloseTo(first.litres('T1'), 6);
    expect(again.farm.truth('T1').waterLitres).toBeCloseTo(40, 6);
    const shift = (farm: typeof first.farm) =>
      (farm.shows('T1')?.volumeLitres ?? 0) - farm.truth('T1').litres;
    expect(Math.abs(shift(again.farm) - shift(first.farm))).toBeLessThan(10);
  });

  it('a delivery that was under way goes on in the next simulation, and no second truck comes for it', () => {
    const options = { orderBelow: 0.25, fill: { T1: 0.24 }, truckMs: 60_000 };
    const first = farmWith(options);
    first.advance(5 * 60_000);
    const poured = first.litres('T1') - 4_800;
    expect(poured).toBeGreaterThan(1_000);
    expect(poured).toBeLessThan(5_000);
    const again = farmWith(options, JSON.parse(JSON.stringify(first.farm.memory())));
    expect(again.litres('T1')).toBeCloseTo(first.litres('T1'), 6);
    again.advance(2 * hour);
    const [rest, ...more] = again.farm.deliveries('T1');
    expect(more).toEqual([]);
    expect(Math.abs(poured + (rest?.litres ?? 0) - 13_000)).toBeLessThan(60); // colder or warmer than the tank
    expect(again.farm.reports('T1')).toHaveLength(1);
    const third = farmWith(options, again.farm.memory());
    third.advance(hour);
    expect(third.farm.deliveries('T1')).toEqual([]);
  });

  it('has no drop under way after a memory of the time before drops were kept', () => {
    const kept = { seed: 3, tanks: { T1: { litres: 5_000, celsius: 12, waterLitres: 0 } } };
    const { farm, litres, advance } = farmWith({}, kept);
    advance(hour);
    expect(litres('T1')).toBeCloseTo(5_000, 0);
    expect(farm.deliveries('T1')).toEqual([]);
  });

  it.each([null, 'x', { seed: 1 }, { seed: 1, tanks: { T1: { litres: -4 } } }])(
    'begins anew with a memory of %j',
    (kept) => expect(farmWith({ fill: { T1: 0.5 } }, kept).litres('T1')).toBeCloseTo(10_000, 3),
  );

  it('shows nothing of a lost probe, the same for a stuck float, and raises its alarms once', () => {
    const lostProbes: string[] = [];
    const stuckFloats: string[] = [];
    const { farm, shown, advance } = farmWith({ lostProbes, stuckFloats, fill: { T1: 0.11 } });
    shown('1', 'T1', 300);
    advance(60_000);
    expect([...farm.standing('T1')]).toEqual(['low']);
    lostProbes.push('T1');
    advance(60_000);
    expect(farm.shows('T1')).toBeNull();
    lostProbes.pop();
    stuckFloats.push('T1');
    advance(60_000);
    const stuck = farm.shows('T1')?.volumeLitres;
    shown('1', 'T1', 900);
    advance(60_000);
    expect(farm.shows('T1')?.volumeLitres).toBe(stuck);
    stuckFloats.pop();
    advance(60_000);
    expect(farm.shows('T1')?.volumeLitres).toBeLessThan((stuck ?? 0) - 500);
    expect(farm.alarmEvents('T1').map(({ kind, active }) => `${kind} ${active}`)).toEqual([
      'low true',
      'probe-lost true',
      'probe-lost false',
      'stuck-float true',
      'stuck-float false',
    ]);
  });
});
