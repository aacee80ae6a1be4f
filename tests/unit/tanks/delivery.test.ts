import { describe, expect, it } from 'vitest';
import { parseDeliveries } from '../../../src/core/tanks/delivery/parse.ts';
import { freshDeliveries } from '../../../src/core/tanks/delivery/types.ts';
import type { StockSample } from '../../../src/model/tank.ts';
import { millilitres } from '../../../src/model/units.ts';
import { drive, minutes, report, spec, world } from './tankWorld.ts';

const litresOf = (each: { volume: number }): number => each.volume / 1000;
const between = (from: number, to: number) => (sample: StockSample) =>
  sample.at <= minutes(from) || sample.at >= minutes(to);
const hourly = { stepS: 10 };

describe('a delivery found from the rise', () => {
  it.each([
    { name: 'a tanker at night', world: {}, drops: [{ at: 60, litres: 6_000 }], expected: [6_000] },
    {
      name: 'polled every ten seconds',
      world: hourly,
      drops: [{ at: 60, litres: 6_000 }],
      expected: [6_000],
    },
    {
      name: 'sales go on all the time',
      world: { sales: () => 60 },
      drops: [{ at: 60, litres: 6_000 }],
      expected: [6_000],
    },
    {
      name: 'sales drown most of it',
      world: { sales: (minute: number) => (minute > 55 && minute < 90 ? 150 : 0), start: 9_000 },
      drops: [{ at: 60, litres: 5_000, litresPerMinute: 250 }],
      expected: [5_000],
    },
    {
      name: 'a slow pump',
      world: { waveLitres: 15 },
      drops: [{ at: 60, litres: 1_000, litresPerMinute: 10 }],
      expected: [1_000],
    },
    {
      name: 'two compartments minutes apart are one delivery',
      world: {},
      drops: [
        { at: 60, litres: 5_000 },
        { at: 72, litres: 3_000 },
      ],
      expected: [8_000],
    },
    {
      name: 'two tankers an hour apart are two',
      world: {},
      drops: [
        { at: 60, litres: 5_000 },
        { at: 125, litres: 3_000 },
      ],
      expected: [5_000, 3_000],
    },
    { name: 'a small one', world: {}, drops: [{ at: 60, litres: 400 }], expected: [400] },
    { name: 'under the least', world: {}, drops: [{ at: 60, litres: 200 }], expected: [] },
    { name: 'nothing', world: { sales: () => 20 }, drops: [], expected: [] },
    { name: 'a noisy probe', world: { noiseLitres: 60 }, drops: [], expected: [] },
    {
      name: 'the tank warms and cools',
      world: {
        swell: (minute: number) => 1 + 0.006 * Math.sin((2 * Math.PI * minute) / 1_440),
        start: 30_000,
      },
      drops: [],
      expected: [],
    },
    {
      name: 'a theft',
      world: { losses: (minute: number) => (minute > 90 && minute < 120 ? 40 : 0) },
      drops: [],
      expected: [],
    },
  ])('$name: $expected L', ({ world: options, drops, expected }) => {
    const { delivered } = drive(world(1_500, { ...options, drops }));
    expect(delivered).toHaveLength(expected.length);
    for (const [index, litres] of expected.entries()) {
      const each = delivered[index];
      expect(Math.abs(litresOf(each!) - litres)).toBeLessThan(30);
      expect(each).toMatchObject({ source: 'rise', stock: 'tank-1', flags: [] });
      expect(each!.volume).toBe(each!.endVolume - each!.startVolume + each!.dispensed);
      expect(Math.abs(each!.startedAt - minutes(drops[index === 0 ? 0 : drops.length - 1]!.at))).toBeLessThan(
        240_000,
      );
    }
  });

  it('is told once, at the same key, whatever restarts there are in the middle', () => {
    const options = { drops: [{ at: 60, litres: 6_000 }], sales: () => 30 };
    const calm = drive(world(200, options)).delivered;
    expect(drive(world(200, options), { restart: () => true }).delivered).toEqual(calm);
  });

  it('one bad reading, high or low, neither makes nor spoils one', () => {
    const samples = [...world(200, { drops: [{ at: 60, litres: 6_000 }] })];
    for (const [minute, litres] of [
      [30, 0],
      [40, 19_000],
      [63, 21_000],
      [64, 100],
      [73, 18_500],
    ] as const)
      samples[minute] = { ...samples[minute]!, volume: millilitres(litres * 1000) };
    const { delivered } = drive(samples);
    expect(delivered).toHaveLength(1);
    expect(Math.abs(litresOf(delivered[0]!) - 6_000)).toBeLessThan(30);
  });

  it('a probe that is taken out and put back is none, however long it took', () => {
    for (const back of [42, 60, 400]) {
      const samples = [...world(600, { sales: () => 5 })].map((sample) =>
        sample.at > minutes(40) && sample.at < minutes(back) ? { ...sample, volume: millilitres(0) } : sample,
      );
      expect(drive(samples).delivered).toEqual([]);
    }
  });

  it('a delivery while the probe was out is found and flagged', () => {
    const samples = [...world(600, { drops: [{ at: 60, litres: 5_000 }] })].map((sample) =>
      sample.at > minutes(40) && sample.at < minutes(200) ? { ...sample, volume: millilitres(0) } : sample,
    );
    const { delivered } = drive(samples);
    expect(delivered).toHaveLength(1);
    expect(delivered[0]!.flags).toEqual(['gap', 'probe']);
    expect(Math.abs(litresOf(delivered[0]!) - 5_000)).toBeLessThan(30);
  });

  it('a level that jumps faster than fuel falls is flagged', () => {
    const samples = [...world(200)].map((sample) =>
      sample.at > minutes(100) ? { ...sample, volume: millilitres(sample.volume + 4_000_000) } : sample,
    );
    expect(drive(samples).delivered.map(({ flags }) => flags)).toEqual([['jump']]);
  });

  it('a float that hangs while fuel is sold is none, nor is its fall afterwards', () => {
    const samples = [...world(600, { sales: (minute) => (minute > 150 && minute < 300 ? 0 : 10) })];
    const stuck = samples[100]!.volume;
    const told = samples.map((sample, index) =>
      index > 100 && index < 250 ? { ...sample, volume: stuck } : sample,
    );
    const { delivered, facts } = drive(told);
    expect(delivered).toEqual([]);
    expect(facts).toContainEqual(expect.objectContaining({ kind: 'ignored', reason: 'level-unmoved' }));
  });

  it('the sum of sales that begins anew is no loss and no delivery', () => {
    const samples = [...world(600, { sales: () => 10, drops: [{ at: 300, litres: 4_000 }] })].map(
      (sample, index) =>
        index < 200 ? sample : { ...sample, dispensed: millilitres(sample.dispensed - 2_000_000) },
    );
    expect(drive(samples).delivered.map((each) => Math.round(litresOf(each) / 100))).toEqual([40]);
  });
});

describe('a delivery that nobody watched', () => {
  it.each([
    { name: 'the box was off', gap: [50, 300], sales: 0 },
    { name: 'with sales meanwhile', gap: [50, 300], sales: 20 },
    { name: 'off in the middle of the drop', gap: [63, 90], sales: 20 },
    { name: 'back in the middle of the drop', gap: [30, 63], sales: 0 },
  ])('$name: found from before and after, flagged', ({ gap, sales }) => {
    const all = [...world(600, { sales: () => sales, drops: [{ at: 60, litres: 6_000 }] })];
    const { delivered } = drive(all.filter(between(gap[0]!, gap[1]!)), { restart: () => true });
    expect(delivered).toHaveLength(1);
    expect(delivered[0]!.flags).toEqual(['gap']);
    expect(Math.abs(litresOf(delivered[0]!) - 6_000)).toBeLessThan(40);
  });

  it('one that is as large as the sales meanwhile is no hanging float', () => {
    const all = [
      ...world(300, { sales: () => 41, drops: [{ at: 90, litres: 4_136, litresPerMinute: 200 }] }),
    ];
    expect(drive(all.filter(between(40, 131))).delivered).toHaveLength(1);
  });

  it('meters that are read only after the gauge make none and hide none', () => {
    for (const drops of [[], [{ at: 100, litres: 1_500 }]]) {
      const all = [...world(600, { sales: () => 10, drops })].filter(between(50, 400));
      const before = all.findLast((sample) => sample.at <= minutes(50))!;
      const late = all.map((sample) =>
        sample.at >= minutes(400) && sample.at < minutes(404)
          ? { ...sample, dispensed: before.dispensed }
          : sample,
      );
      expect(drive(late).delivered.map((each) => Math.round(litresOf(each) / 100))).toEqual(
        drops.map(() => 15),
      );
    }
  });

  it('the station clock set back makes none', () => {
    const samples = [...world(400, { sales: () => 10 })].map((sample, index) =>
      index < 200 ? sample : { ...sample, at: minutes(index - 60) },
    );
    expect(drive(samples).delivered).toEqual([]);
  });
});

describe("the gauge's report", () => {
  const waiting = { ...spec, reportWaitMs: 20 * 60_000 };
  const samples = [...world(400, { sales: () => 20, drops: [{ at: 60, litres: 6_000 }] })];
  const told = report(61, 73, [8_800, 14_500], { outside: 240 });
  /** The report after the sample of that minute, again and again. */
  const withReport = (from: number, again = 400, which = told) =>
    samples.flatMap((sample, index) => (index >= from && index < again ? [sample, which] : [sample]));

  it.each([
    { name: 'before the rise has settled', from: 74, source: 'gauge' },
    { name: 'while the rise waits for it', from: 85, source: 'gauge' },
    { name: 'long after the rise was booked', from: 200, source: 'rise' },
  ])('$name: one delivery, its volume net of sales', ({ from, source }) => {
    const { delivered, facts } = drive(withReport(from), {
      using: waiting,
      restart: (index) => index % 7 === 0,
    });
    expect(delivered).toHaveLength(1);
    expect(delivered[0]).toMatchObject({ source, flags: [] });
    expect(delivered[0]!.key).toMatch(source === 'gauge' ? /^tank-1:gauge:g1:1:61$/ : /^tank-1:rise:\d+$/);
    expect(Math.abs(litresOf(delivered[0]!) - 6_000)).toBeLessThan(30);
    expect(facts.filter((fact) => fact.kind === 'matched')).toHaveLength(source === 'rise' ? 1 : 0);
  });

  it('without a report the rise is booked when the wait is over', () => {
    const { delivered } = drive(samples, { using: waiting });
    expect(delivered.map(({ source }) => source)).toEqual(['rise']);
  });

  it('one under the least, and one of before the books, are passed over and said so', () => {
    const { delivered, facts } = drive(
      [
        ...samples.slice(0, 50),
        report(-600, -580, [1_000, 9_000]),
        report(20, 30, [10_000, 10_200]),
        ...samples.slice(50, 58),
      ],
      { using: waiting },
    );
    expect(delivered).toEqual([]);
    expect(facts.map((fact) => fact.kind === 'ignored' && fact.reason)).toEqual([
      'before-books',
      'too-small',
    ]);
  });

  it('a gauge whose clock was set tells the same delivery at another hour: one', () => {
    for (const shift of [-240, 180]) {
      const shifted = report(61 + shift, 73 + shift, [8_800, 14_500], { outside: 240 });
      const books = [...world(400, { sales: () => 20, drops: [{ at: 60, litres: 6_000 }] })];
      const early = [...world(400, {})].map((sample) => ({ ...sample, at: minutes(-400) })).slice(0, 1);
      const { delivered } = drive([...early, ...books, shifted], { using: waiting });
      expect(delivered.map(({ source }) => source)).toEqual(['rise']);
    }
  });

  it('one that the level never showed is not believed', () => {
    const quiet = [...world(400)];
    const { delivered, facts } = drive([...quiet, report(100, 112, [8_000, 14_000])], { using: waiting });
    expect(delivered).toEqual([]);
    expect(facts).toContainEqual(expect.objectContaining({ reason: 'not-seen', report: 'g1:1:100' }));
  });

  it('deliveries of an outage are booked at their own times, each once', () => {
    const all = [
      ...world(1_500, {
        drops: [
          { at: 100, litres: 5_000 },
          { at: 400, litres: 3_000 },
        ],
        sales: () => 4,
      }),
    ].filter(between(50, 700));
    const reports = [report(101, 112, [9_600, 14_550]), report(401, 410, [13_400, 16_350])];
    const inputs = all.flatMap((sample) => (sample.at > minutes(702) ? [sample, ...reports] : [sample]));
    const { delivered } = drive(inputs, { using: waiting, restart: () => true });
    expect(delivered.map(({ startedAt, source }) => [source, startedAt])).toEqual([
      ['gauge', minutes(101)],
      ['gauge', minutes(401)],
    ]);
    const sum = delivered.reduce((all, each) => all + litresOf(each), 0);
    expect(Math.abs(sum - 8_000)).toBeLessThan(40);
  });

  it('of two deliveries in an outage one is reported: the other is the rest of the rise', () => {
    const drops = [
      { at: 100, litres: 5_000 },
      { at: 400, litres: 3_000 },
    ];
    const all = [...world(1_500, { drops })].filter(between(50, 700));
    const inputs = all.flatMap((sample) =>
      sample.at > minutes(702) ? [sample, report(101, 112, [10_000, 15_000], { outside: 0 })] : [sample],
    );
    const { delivered } = drive(inputs, { using: waiting });
    expect(delivered.map(({ source, flags }) => [source, flags])).toEqual([
      ['gauge', ['gap']],
      ['rise', ['gap', 'rest']],
    ]);
    expect(Math.abs(delivered.reduce((sum, each) => sum + litresOf(each), 0) - 8_000)).toBeLessThan(40);
  });

  it('two tanks of a manifold report their parts of one rise: the parts sum to it', () => {
    const parts = [report(61, 73, [4_400, 8_000]), report(62, 74, [4_400, 6_540], { tank: 2 })];
    const inputs = samples.flatMap((sample, index) => (index === 80 ? [sample, ...parts] : [sample]));
    const { delivered } = drive(inputs, { using: waiting });
    expect(delivered).toHaveLength(2);
    expect(Math.abs(delivered.reduce((sum, each) => sum + litresOf(each), 0) - 6_000)).toBeLessThan(30);
  });
});

describe('what the store keeps', () => {
  it.each([
    null,
    [],
    {},
    { ...freshDeliveries(), version: 2 },
    { ...freshDeliveries(), recent: [{ at: 1 }] },
    { ...freshDeliveries(), seen: [7] },
    { ...freshDeliveries(), offset: 0.5 },
    { ...freshDeliveries(), episode: { start: null } },
  ])('%j is refused', (state) => {
    expect(() => parseDeliveries(state)).toThrow(expect.objectContaining({ code: 'TANK_STATE_INVALID' }));
  });
});
