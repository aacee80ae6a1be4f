import { describe, expect, it } from 'vitest';
import type { DispenserProfile } from '../../../src/model/config/profile.ts';
import { millilitres, money, unitPrice } from '../../../src/model/units.ts';
import { flowAt, planFlow } from '../../../src/simulator/physics/flow.ts';
import { Hose } from '../../../src/simulator/physics/hose.ts';
import { measureOf, modulusOf } from '../../../src/simulator/physics/measure.ts';
import { DispenserPoint, type LastSale, type PointSettings } from '../../../src/simulator/physics/point.ts';
import { randomFor, seededRandom, weighted, whole } from '../../../src/simulator/physics/random.ts';
import { dispenserProfile } from '../../support/profiles.ts';

describe('seeded chance', () => {
  it('is mulberry32', () => {
    const random = seededRandom(1);
    expect([random(), random(), random()].map((value) => Math.round(value * 2 ** 32))).toEqual([
      2693262067, 11749833, 2265367787,
    ]);
  });

  it('gives each part of a station numbers of its own', () => {
    expect(randomFor(1, 'FP1')()).toBe(randomFor(1, 'FP1')());
    expect(randomFor(1, 'FP1')()).not.toBe(randomFor(1, 'FP2')());
    expect(randomFor(1, 'FP1')()).not.toBe(randomFor(2, 'FP1')());
  });

  it('draws whole numbers with both ends and weights in proportion', () => {
    const random = seededRandom(7);
    const drawn = new Set(Array.from({ length: 200 }, () => whole(random, 3, 6)));
    expect([...drawn].sort()).toEqual([3, 4, 5, 6]);
    const often = Array.from({ length: 1000 }, () =>
      weighted(
        random,
        [
          ['a', 3],
          ['b', 1],
          ['c', 0],
        ],
        'c',
      ),
    );
    expect(often.filter((key) => key === 'a').length / 1000).toBeCloseTo(0.75, 1);
    expect(often).not.toContain('c');
  });
});

describe('the flow of fuel', () => {
  it('is slow, full, slow, and ends at the planned volume to the millilitre', () => {
    const plan = planFlow(20_000, 40_000);
    expect(flowAt(plan, 0)).toEqual({ ml: 0, flowing: true });
    expect(flowAt(plan, 1_000).ml).toBe(100);
    expect(flowAt(plan, 11_500).ml - flowAt(plan, 10_500).ml).toBeCloseTo(667, -1);
    expect(flowAt(plan, plan.totalMs - 1).ml).toBeLessThan(20_000);
    expect(flowAt(plan, plan.totalMs)).toEqual({ ml: 20_000, flowing: false });
  });

  it('stands still in a pause', () => {
    const plan = planFlow(20_000, 40_000, { atMl: 10_000, ms: 5_000 });
    const pauseAt = plan.stretches.slice(0, 2).reduce((sum, { ms }) => sum + ms, 0);
    expect(flowAt(plan, pauseAt + 10)).toEqual({ ml: 10_000, flowing: false });
    expect(flowAt(plan, pauseAt + 4_990)).toEqual({ ml: 10_000, flowing: false });
    expect(flowAt(plan, pauseAt + 5_500).flowing).toBe(true);
  });

  it.each([1, 100, 150, 400, 451])('reaches %i ml', (ml) => {
    const plan = planFlow(ml, 40_000, { atMl: ml, ms: 10 });
    expect(flowAt(plan, plan.totalMs).ml).toBe(ml);
  });
});

describe('what a pump counts', () => {
  it('sells in the steps of its coarsest register', () => {
    const measure = measureOf(dispenserProfile('compac-c5000'), 2); // display 1 ml, totalizer 10 ml, price 0.01
    expect(measure.volume(12_344)).toBe(12_340);
    expect(measure.volume(12_345)).toBe(12_350);
    expect(measure.price(7_849)).toBe(7_850);
  });

  it.each([
    [10_000, 7_849, 7_849], // 78.49
    [30_110, 7_850, 23_636], // 236.3635
    [10_010, 7_500, 7_508], // 75.075: half goes up
  ])('%i ml at %i cost %i', (volume, price, amount) => {
    const measure = measureOf(dispenserProfile('generic-be32'), 2);
    expect(measure.cost(millilitres(volume), unitPrice(price))).toBe(amount);
  });

  it('counts gallons in gallons: what is shown is what comes back', () => {
    const profile: DispenserProfile = { ...dispenserProfile('generic-be32'), volumeUnit: 'us-gallon' };
    const measure = measureOf(profile, 2);
    const snapped = measure.volume(20_000); // 5.28 gal
    expect(snapped).toBe(19_987);
    expect(measure.volume(snapped)).toBe(snapped);
  });

  it('knows the largest sale its registers can show', () => {
    const profile = dispenserProfile('generic-be32');
    const small = {
      ...profile,
      live: { ...profile.live, amount: { ...profile.live.state.field, decimals: 2 } },
    }; // u16: 655.35
    const measure = measureOf(small, 2);
    const price = unitPrice(8_000);
    expect(measure.cost(measure.largest(price), price)).toBeLessThanOrEqual(65_535);
    expect(measure.largest(price)).toBeGreaterThan(75_000);
  });

  it('rolls over where the registers do', () => {
    expect(modulusOf(dispenserProfile('compac-c5000'), 2).volume).toBe(1_000_000_000);
    expect(modulusOf(dispenserProfile('generic-be32'), 2)).toEqual({
      volume: 42_949_672_960,
      amount: 4_294_967_296,
    });
    expect(modulusOf(dispenserProfile('generic-cdab'), 2).amount).toBe(1_000_000_000_000);
  });
});

describe('a fuelling point', () => {
  const earlier: LastSale = {
    number: 9_999,
    hose: 1,
    volume: millilitres(20_000),
    amount: money(15_000),
    price: unitPrice(7_500),
    endCode: 1,
  };
  const plan = planFlow(10_000, 40_000);

  function pointWith(changes: Partial<PointSettings> = {}) {
    const start = { volume: 5_000, amount: 900 };
    const hose = new Hose(1, unitPrice(7_500), start, { volume: 12_000, amount: Number.POSITIVE_INFINITY });
    const settings: PointSettings = {
      measure: measureOf(dispenserProfile('generic-be32'), 2),
      totalizers: 'at-end',
      saleNumbers: { first: 1, last: 9_999 },
      holdsSale: false,
      ...changes,
    };
    return { hose, point: new DispenserPoint([hose], settings, earlier) };
  }

  function fill(point: DispenserPoint): void {
    point.lift(1);
    point.authorise();
    point.start(plan, 1_000);
  }

  it('goes through the states of a sale and rolls number and totalizer over', () => {
    const { hose, point } = pointWith();
    const seen = [point.display(0).state];
    point.lift(1);
    seen.push(point.display(0).state);
    expect(point.display(0)).toMatchObject({ hose: 1, volume: 0, amount: 0, price: 7_500 });
    point.authorise();
    seen.push(point.display(0).state);
    point.start(plan, 1_000);
    seen.push(
      point.display(1_001).state,
      point.display(5_000).state,
      point.display(1_000 + plan.totalMs).state,
    );
    const ended = point.hangUp(40_000);
    seen.push(point.display(40_001).state);
    expect(seen).toEqual([
      'idle',
      'calling',
      'authorised',
      'started',
      'fuelling',
      'suspended-fuelling',
      'idle',
    ]);
    expect(ended).toMatchObject({
      sale: { number: 1, volume: 10_000, amount: 7_500, endCode: 1 },
      totalizerStart: 5_000,
      totalizerEnd: 3_000,
    });
    expect(hose.counted).toEqual({ volume: 10_000, amount: 7_500 });
    expect(point.display(50_000)).toMatchObject({ hose: null, volume: 10_000, amount: 7_500 });
  });

  it('makes no sale of a lift without fuel', () => {
    const { point } = pointWith();
    point.lift(1);
    point.authorise();
    expect(point.hangUp(5_000)).toBeNull();
    expect(point.lastSale).toEqual(earlier);
  });

  it.each([
    ['live', 2_850], // 5 000 + 9 850 - 12 000
    ['at-end', 5_000],
  ] as const)('counts its totalizer %s', (totalizers, shown) => {
    const { hose, point } = pointWith({ totalizers });
    fill(point);
    const at = 1_000 + plan.totalMs - 1_500; // 1.5 s of the closing trickle are 150 ml
    expect(point.display(at).volume).toBe(9_850);
    expect(point.totals(hose, at).volume).toBe(shown);
  });

  it('holds its sale until the acknowledge and takes nobody meanwhile', () => {
    const { point } = pointWith({ holdsSale: true });
    fill(point);
    point.hangUp(60_000);
    expect(point.display(60_001).state).toBe('completed');
    point.lift(1);
    expect(point.display(60_002).state).toBe('completed');
    expect(point.acknowledge()).toBe(true);
    expect(point.acknowledge()).toBe(false);
    expect(point.display(60_003).state).toBe('idle');
  });

  it('keeps totalizer and record over a reboot, but not the display', () => {
    const { hose, point } = pointWith();
    fill(point);
    const ended = point.reboot(1_000 + plan.totalMs - 1_500);
    expect(ended?.sale).toMatchObject({ number: 1, volume: 9_850, endCode: 7 });
    expect(hose.counted.volume).toBe(9_850);
    expect(point.display(90_000)).toMatchObject({ state: 'calling', hose: 1, volume: 0, amount: 0 });
    expect(point.hangUp(90_001)).toBeNull();
    expect(point.display(90_002).state).toBe('idle');
  });
});
