import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { alarmLimits } from '../../../src/core/tanks/alarms/levels.ts';
import { stepAlarms } from '../../../src/core/tanks/alarms/machine.ts';
import { parseAlarms } from '../../../src/core/tanks/alarms/parse.ts';
import {
  type AlarmFact,
  type AlarmInput,
  type AlarmSpec,
  freshAlarms,
} from '../../../src/core/tanks/alarms/types.ts';
import type { TankLevel } from '../../../src/core/tanks/level.ts';
import { tankSchema } from '../../../src/model/config/tanks.ts';
import { type GaugeAlarm, type StockSample, tankAlarmKinds } from '../../../src/model/tank.ts';
import { instant, millilitres, monoMs, tenthMillimetres } from '../../../src/model/units.ts';
import { minutes, t0, world } from './tankWorld.ts';

const litres = (value: number) => millilitres(Math.round(value * 1000));
const tank = tankSchema.parse({ id: 'T1', grade: 'e5', capacityLitres: 20_000 });
const none: AlarmSpec = { limits: null, suddenLoss: null, clockToleranceMs: null };
const tankSpec: AlarmSpec = { ...none, limits: alarmLimits(tank) };
const stockSpec: AlarmSpec = { ...none, suddenLoss: litres(40) };
const gaugeSpec: AlarmSpec = { ...none, clockToleranceMs: 300_000 };

/** The state goes through the store at every step. */
function run(spec: AlarmSpec, inputs: Iterable<AlarmInput>): AlarmFact[] {
  let state = freshAlarms();
  const all: AlarmFact[] = [];
  for (const input of inputs) {
    const step = stepAlarms(spec, state, input);
    all.push(...step.facts);
    state = parseAlarms(JSON.parse(JSON.stringify(step.state)));
  }
  return all;
}
const told = (facts: readonly AlarmFact[]) =>
  facts.map(({ kind, alarm, at }) => `${kind} ${alarm} ${(at - t0) / 60_000}`);

function level(minute: number, more: Partial<TankLevel> = {}): AlarmInput {
  const base: TankLevel = {
    ...{ at: minutes(minute), mono: monoMs(minute * 60_000), source: 'live', quality: 'good', reason: '' },
    ...{ volume: litres(10_000), volumeFrom: 'gauge', volumeAt15: null, ullage: null, height: null },
    ...{ water: tenthMillimetres(0), waterVolume: null, temperature: null, deliveryInProgress: null },
    ...{ leakTestInProgress: null, gaugeClock: null },
  };
  return { kind: 'level', level: { ...base, ...more } };
}
/** A level each minute. */
const volumes = (...list: number[]) => list.map((volume, index) => level(index, { volume: litres(volume) }));
const repeat = (count: number, value: number): number[] => Array<number>(count).fill(value);

describe('limits', () => {
  it('from the capacity, unless they are configured', () => {
    expect(alarmLimits(tank)).toEqual({
      capacity: litres(20_000),
      overfill: litres(19_600),
      high: litres(19_000),
      low: litres(2_000),
      critical: litres(1_000),
      waterWarning: 200,
      water: 500,
    });
    const own = tankSchema.parse({ id: 'T1', grade: 'e5', limits: { lowLitres: 700.5 } });
    expect(alarmLimits(own)).toMatchObject({ capacity: null, low: 700_500, high: null, overfill: null });
  });
});

describe('alarms of a level', () => {
  it.each([
    {
      name: 'low, once, and over only beyond the limit',
      list: [...repeat(5, 1_990), ...repeat(5, 2_100), ...repeat(5, 2_300)],
      expected: ['raise low 2', 'clear low 12'],
    },
    { name: 'a single low reading', list: [5_000, 1_990, 5_000, 5_000], expected: [] },
    {
      name: 'a repeat after clearing is a new alarm',
      list: [...repeat(3, 1_990), ...repeat(3, 5_000), ...repeat(3, 1_990)],
      expected: ['raise low 2', 'clear low 5', 'raise low 8'],
    },
    {
      name: 'critical takes the place of low',
      list: [...repeat(3, 1_500), ...repeat(4, 900)],
      expected: ['raise low 2', 'raise critical-low 5', 'clear low 5'],
    },
    { name: 'high', list: repeat(4, 19_200), expected: ['raise high 2'] },
    { name: 'overfill, at the second reading', list: repeat(4, 19_700), expected: ['raise overfill 1'] },
    { name: 'all well', list: repeat(9, 9_000), expected: [] },
  ])('$name', ({ list, expected }) => {
    expect(told(run(tankSpec, volumes(...list)))).toEqual(expected);
  });

  it('say the numbers and what to do', () => {
    const [low] = run(tankSpec, volumes(...repeat(3, 1_990)));
    expect(low).toMatchObject({ code: '', text: '1990 L left (limit 2000 L). Order fuel.' });
  });

  it('water: a warning, then the alarm in its place; it clears after ten dry minutes', () => {
    const heights = [...repeat(6, 250), ...repeat(6, 520), ...repeat(6, 480), ...repeat(12, 0)];
    const inputs = heights.map((water, index) => level(index, { water: tenthMillimetres(water) }));
    expect(told(run(tankSpec, inputs))).toEqual([
      'raise water-warning 5',
      'raise water 11',
      'clear water-warning 16',
      'clear water 28',
    ]);
  });

  it('a lost probe is that alone: what stood stands, and nothing new is made of it', () => {
    const lost = { quality: 'bad', volume: null, reason: 'probe out' } as const;
    const inputs = [
      ...volumes(...repeat(3, 1_990)),
      ...[3, 4, 5, 6, 7].map((minute) => level(minute, lost)),
      level(8),
      level(9),
      level(10),
    ];
    const facts = run(tankSpec, inputs);
    expect(told(facts)).toEqual(['raise low 2', 'raise probe-lost 6', 'clear probe-lost 9', 'clear low 10']);
    expect(facts[1]).toMatchObject({ text: expect.stringContaining('probe out') as string });
  });

  it('history is no alarm', () => {
    const inputs = [0, 1, 2, 3].map((minute) => level(minute, { volume: litres(10), source: 'history' }));
    expect(run(tankSpec, inputs)).toEqual([]);
  });
});

describe('alarms of a stock', () => {
  const samples = (list: Iterable<StockSample>): AlarmInput[] =>
    [...list].map((sample) => ({ kind: 'stock', sample, delivering: false }));
  const day = (minute: number): number => (minute < 300 || minute > 900 ? 20 : 0);

  it('a tight tank has none: sales, waves, noise, a meter that errs', () => {
    expect(told(run(stockSpec, samples(world(2_880, { sales: day, start: 20_000 }))))).toEqual([]);
    const errs = samples(
      world(2_880, { sales: day, losses: (minute) => day(minute) * 0.005, start: 20_000 }),
    );
    expect(told(run(stockSpec, errs))).toEqual([]);
  });

  it('sudden: 80 L in ten minutes while nobody fuels, once; it stands for half a day', () => {
    const losses = (minute: number): number => (minute >= 400 && minute < 410 ? 8 : 0);
    const facts = run(stockSpec, samples(world(2_000, { sales: day, losses })));
    expect(facts.map(({ kind, alarm }) => `${kind} ${alarm}`)).toEqual([
      'raise sudden-loss',
      'clear sudden-loss',
    ]);
    const [raised, cleared] = facts;
    expect(raised!.at - minutes(400)).toBeLessThan(15 * 60_000);
    expect(cleared!.at - raised!.at).toBeGreaterThanOrEqual(12 * 3_600_000);
    expect(raised).toMatchObject({
      text: expect.stringMatching(/^\d\d L went within \d+ minutes/) as string,
    });
  });

  it('theft: 100 L over five hours, too slow to be sudden', () => {
    const losses = (minute: number): number => (minute >= 400 && minute < 700 ? 1 / 3 : 0);
    const facts = run(stockSpec, samples(world(1_000, { sales: day, losses })));
    expect(facts.map(({ kind, alarm }) => `${kind} ${alarm}`)).toEqual(['raise theft']);
    expect(facts[0]!.at).toBeLessThan(minutes(700));
  });

  it('the same while nozzles are busy is not sudden', () => {
    const losses = (minute: number): number => (minute >= 400 && minute < 410 ? 8 : 0);
    const facts = run(stockSpec, samples(world(430, { sales: () => 20, losses, start: 20_000 })));
    expect(facts).toEqual([]);
  });

  it('the waves of a delivery, and a gap in which meters were late, are none', () => {
    const list = [...world(900, { drops: [{ at: 100, litres: 5_000 }], sales: () => 3 })];
    const inputs: AlarmInput[] = list.flatMap((sample, index) =>
      index > 300 && index < 500 ? [] : [{ kind: 'stock', sample, delivering: index > 100 && index < 118 }],
    );
    expect(run(stockSpec, inputs)).toEqual([]);
  });

  it('cooling is no loss where the volume at 15 degC is known', () => {
    const swell = (minute: number): number => 1 - (minute / 1_440) * 0.006;
    const list = [...world(1_440, { swell, start: 20_000, waveLitres: 0 })];
    const known = list.map((sample, index) => ({
      ...sample,
      volumeAt15: millilitres(Math.round(sample.volume / swell(index))),
    }));
    expect(run(stockSpec, samples(known))).toEqual([]);
    expect(told(run(stockSpec, samples(list)))).not.toEqual([]);
  });

  it('a stuck float: 200 L dispensed and no movement; free again it is over, and its fall is no loss', () => {
    const list = [...world(300, { sales: (minute) => (minute < 150 ? 10 : 0), noiseLitres: 1 })];
    const stuck = list[50]!.volume;
    const told_ = list.map((sample, index) =>
      index >= 50 && index < 200 ? { ...sample, volume: stuck } : sample,
    );
    const facts = run(stockSpec, samples(told_));
    expect(facts.map(({ kind, alarm }) => `${kind} ${alarm}`)).toEqual([
      'raise stuck-float',
      'clear stuck-float',
    ]);
    expect(facts[0]).toMatchObject({ at: minutes(71), text: expect.stringMatching(/^210 L were/) as string });
  });

  it('what the books find stands in the same book', () => {
    const external = (minute: number, standing: boolean): AlarmInput => ({
      kind: 'external',
      at: minutes(minute),
      alarms: [{ kind: 'leak-suspected', standing, text: '0.9 L/h' }],
    });
    const facts = run(stockSpec, [
      external(0, false),
      external(1, true),
      external(2, true),
      external(3, false),
    ]);
    expect(told(facts)).toEqual(['raise leak-suspected 1', 'clear leak-suspected 3']);
    expect(facts[0]).toMatchObject({ text: '0.9 L/h' });
  });
});

describe('alarms of a gauge', () => {
  const base = { mono: monoMs(0), tank: null, source: 'live' } as const;
  type OfGauge = Extract<AlarmInput, { kind: 'gauge' }>;
  const alarm = (minute: number, code: string, more: Partial<GaugeAlarm> = {}): OfGauge => ({
    kind: 'gauge',
    fact: {
      kind: 'alarm',
      ...base,
      at: minutes(minute),
      code,
      ...{ alarm: 'gauge-alarm', text: 'PRINTER ERROR', active: true },
      ...more,
    },
  });
  const complete = (minute: number): AlarmInput => ({
    kind: 'gauge',
    fact: { kind: 'alarms-complete', at: minutes(minute), mono: monoMs(0) },
  });

  it('its own alarms keep its words, stand as long as it tells them, and are told apart by code', () => {
    const facts = run(gaugeSpec, [
      ...[alarm(0, '0101'), alarm(0, '0203', { alarm: 'low' }), complete(0)],
      ...[alarm(1, '0101'), complete(1)],
      complete(2),
    ]);
    expect(told(facts)).toEqual(['raise gauge-alarm 0', 'raise low 0', 'clear low 1', 'clear gauge-alarm 2']);
    expect(facts[0]).toMatchObject({ code: '0101', text: 'The gauge says: PRINTER ERROR (0101).' });
  });

  it('its history raises and clears at its own times, is marked, and leaves alone what the books have', () => {
    const past = (minute: number, active: boolean, known = false): AlarmInput => ({
      ...alarm(minute, '0101', { source: 'history', active }),
      known,
    });
    const facts = run(gaugeSpec, [past(-90, true), past(-80, true), past(-60, false), past(-30, true, true)]);
    expect(told(facts)).toEqual(['raise gauge-alarm -90', 'clear gauge-alarm -60']);
    expect(facts.map(({ history }) => history)).toEqual([true, true]);
    expect(facts[0]).toMatchObject({ text: "The gauge's history says: PRINTER ERROR (0101)." });
    // What stands the gauge tells next, and it is no other alarm.
    expect(told(run(gaugeSpec, [past(-30, true), alarm(0, '0101'), complete(0), complete(1)]))).toEqual([
      'raise gauge-alarm -30',
      'clear gauge-alarm 1',
    ]);
  });

  it('offline and back', () => {
    const health = (minute: number, online: boolean): AlarmInput => ({
      kind: 'gauge',
      fact: { kind: 'health', at: minutes(minute), mono: monoMs(0), online, reason: 'time-out' },
    });
    expect(
      told(run(gaugeSpec, [health(0, true), health(1, false), health(2, false), health(3, true)])),
    ).toEqual(['raise gauge-offline 1', 'clear gauge-offline 3']);
  });

  it('a wrong clock, ahead or behind', () => {
    for (const [seconds, word] of [
      [3_600, 'ahead'],
      [-400, 'behind'],
      [299, null],
    ] as const) {
      const inputs = [0, 1, 2].map((minute) =>
        level(minute, { gaugeClock: instant(minutes(minute) + seconds * 1000) }),
      );
      const facts = run(gaugeSpec, [
        ...inputs,
        level(3, { gaugeClock: minutes(3) }),
        level(4, { gaugeClock: minutes(4) }),
      ]);
      expect(told(facts)).toEqual(word ? ['raise gauge-clock 1', 'clear gauge-clock 4'] : []);
      if (word)
        expect(facts[0]).toMatchObject({
          text: expect.stringContaining(`${Math.abs(seconds)} s ${word}`) as string,
        });
    }
  });
});

describe('kinds of alarms', () => {
  it('each that is declared has its rule in the documentation', () => {
    const rules = readFileSync(new URL('../../../docs/tanks.md', import.meta.url), 'utf8');
    expect(tankAlarmKinds.filter((kind) => !rules.includes(`\`${kind}\``))).toEqual([]);
  });
});

describe('what the store keeps', () => {
  it.each([
    null,
    {},
    { ...freshAlarms(), version: 0 },
    { ...freshAlarms(), entries: [{ kind: 'rain' }] },
    { ...freshAlarms(), loss: {} },
  ])('%j is refused', (state) => {
    expect(() => parseAlarms(state)).toThrow(expect.objectContaining({ code: 'TANK_STATE_INVALID' }));
  });
});
