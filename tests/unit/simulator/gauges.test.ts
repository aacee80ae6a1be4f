/** What the simulated gauges say, read as the station reads it. */
import { describe, expect, it } from 'vitest';
import { imageOf, registerKey } from '../../../src/core/registers/image.ts';
import { lookAtTank, tankRanges } from '../../../src/core/registers/tankDecoder.ts';
import { displayFunctions, parseDisplay } from '../../../src/core/tls/display.ts';
import { readFrame } from '../../../src/core/tls/frame.ts';
import { parseReply } from '../../../src/core/tls/parser.ts';
import { settingFunctions, type TlsFunction, type TlsReplies } from '../../../src/core/tls/records.ts';
import { tankSchema } from '../../../src/model/config/tanks.ts';
import type { TankAlarmKind } from '../../../src/model/tank.ts';
import { limitsOf } from '../../../src/simulator/gauges/levelWatch.ts';
import { modbusGaugeBank } from '../../../src/simulator/gauges/modbusGauge.ts';
import { type CloneHabits, plainHabits } from '../../../src/simulator/gauges/options.ts';
import { answerTls, type TlsAnswers, type TlsTank } from '../../../src/simulator/gauges/tlsReplies.ts';
import type { GaugeShows } from '../../../src/simulator/tanks/shows.ts';
import { gaugeProfile } from '../../support/profiles.ts';

const shows: GaugeShows = {
  ...{ volumeLitres: 12_345.5, volume15Litres: 12_400.25, ullageLitres: 7_600, heightMm: 1_430.4 },
  ...{ waterMm: 12.3, waterLitres: 55, temperatureC: 11.25, deliveryInProgress: true },
};
const before = { ...shows, volumeLitres: 4_000, heightMm: 620 };
const single = (value: number): number => Math.fround(value);

function gauge(habits: Partial<CloneHabits> = {}, lost = false): TlsAnswers {
  const tank = (number: number): TlsTank => ({
    ...{ number, label: `GRADE ${number}`, capacityLitres: 20_000, density15: 740, past: [] },
    limits: limitsOf(tankSchema.parse({ id: 'T', grade: 'g' }), 20_000),
    shows: () => (lost ? null : shows),
    reports: () => [{ startedAt: 1, endedAt: 2, reportedAt: 3, start: before, end: shows }],
    standing: () => new Set<TankAlarmKind>(number === 1 ? ['low', 'critical-low', 'water-warning'] : []),
    alarmEvents: () => [
      { at: 1, kind: 'low', active: true },
      { at: 2, kind: 'water-warning', active: true },
      { at: 3, kind: 'water-warning', active: false },
    ],
    drawn: () => 321.5,
  });
  return {
    habits: { ...plainHabits, ...habits },
    tanks: [tank(1), tank(2)],
    time: () => '202611281405',
    timeOf: (ms) => `20261128140${ms}`,
    setClock: (digits) => /^\d{10}$/.test(digits),
    history: () => [
      { time: '202611281300', shows: before },
      { time: '202611281400', shows },
    ],
  };
}

const frameOf = (reply: Uint8Array) => readFrame(Buffer.from(reply.slice(1, -1)).toString('latin1'));
function ask<F extends TlsFunction>(name: F, tank = '00', data = '', of = gauge()): TlsReplies[F] {
  const frame = frameOf(answerTls(of, { function: `i${name}`, tank, data }));
  if (frame.kind !== 'computer') throw new Error(frame.kind);
  expect(frame).toMatchObject({ code: `i${name}${tank}`, time: '202611281405' });
  return parseReply(name, frame.data);
}

describe('a simulated TLS gauge', () => {
  it('tells what its tanks show, one or all', () => {
    expect(ask('201', '02')).toMatchObject([
      {
        ...{ tank: 2, status: 1, volume: single(12_345.5), tcVolume: single(12_400.25), ullage: 7_600 },
        ...{ height: single(1_430.4), water: single(12.3), temperature: 11.25, waterVolume: 55 },
      },
    ]);
    expect(ask('201').map(({ tank }) => tank)).toEqual([1, 2]);
    expect(ask('214')[0]).toMatchObject({ density: 740, volume: single(12_345.5), height: single(1_430.4) });
    expect(ask('21A')[0]).toMatchObject({ ullage: null, safeUllage: 6_600 });
    expect(ask('21E', '01', '2611281330')).toMatchObject([{ tank: 1, records: [{ time: '202611281400' }] }]);
  });

  it('reports deliveries, and what went out meanwhile', () => {
    for (const name of ['202', '20C'] as const)
      expect(ask(name, '01')).toMatchObject([
        {
          tank: 1,
          deliveries: [{ start: '202611281401', end: '202611281402', startVolume: 4_000, startHeight: 620 }],
        },
      ]);
    const values = ask('21B', '01')[0]?.deliveries[0]?.values;
    expect(values).toHaveLength(21);
    expect(values?.[2]).toBe(8_345.5 + 321.5);
    expect(values?.[18]).toBe(321.5);
  });

  it('tells alarms by their numbers, and those that it has no number for not at all', () => {
    expect(ask('101').map(({ type, device }) => [type, device])).toEqual([
      [5, 1],
      [10, 1],
    ]);
    expect(ask('205').map(({ types }) => types)).toEqual([[5, 10], []]);
    expect(ask('111', '00').filter(({ device }) => device === 1)).toMatchObject([
      { category: 2, type: 5, state: 'occurred', time: '202611281401' },
    ]);
    expect(ask('112', '01')).toMatchObject([
      { type: 10, state: 'cleared', time: '202611281403' },
      { type: 10, state: 'occurred', time: '202611281402' },
    ]);
    expect(ask('206', '01')[0]?.events).toMatchObject([{ type: 5 }, { type: 10 }]);
  });

  it('tells its set-up', () => {
    expect([ask('501'), ask('505'), ask('517')]).toEqual(['202611281405', 'metric', 'metric']);
    expect(ask('602', '01')).toEqual([{ tank: 1, label: 'GRADE 1' }]);
    const settings = settingFunctions.map((name) => ask(name, '01')[0]?.value);
    expect(settings).toEqual([20_000, 2_400, 2_000, 19_000, single(19_600), 50, 190, 20_000, 5_000]);
    expect(ask('610', '01')).toEqual([{ tank: 1, minutes: 5 }]);
  });

  it('a probe that is out has ? for values, live or by a fault of one reply', () => {
    expect(ask('201', '01', '', gauge({}, true))[0]).toMatchObject({ volume: null, height: null, status: 4 });
    const frame = frameOf(answerTls(gauge(), { function: 'i201', tank: '00', data: '' }, 2));
    if (frame.kind !== 'computer') throw new Error(frame.kind);
    expect(parseReply('201', frame.data).map(({ volume }) => volume)).toEqual([single(12_345.5), null]);
  });

  it.each(['i999', 'i60C', 'ABC1', 's621', 's501'])('does not know %s', (name) => {
    const reply = answerTls(gauge(), { function: name, tank: '00', data: '' });
    expect(Buffer.from(reply).toString('latin1')).toBe('\x019999FF1B\x03');
  });

  it('prints for people what the station can read again', () => {
    const clone = gauge({ displayOnly: true, centimetres: true });
    for (const name of displayFunctions) {
      const inComputer = answerTls(clone, { function: `i${name}`, tank: '00', data: '' });
      expect(frameOf(inComputer).kind).toBe('unknown-function');
      const frame = frameOf(answerTls(clone, { function: `I${name}`, tank: '00', data: '' }));
      if (frame.kind !== 'display') throw new Error(frame.kind);
      const { records, time } = parseDisplay(name, frame.text);
      expect(time).toBe('202611281405');
      expect(records).toMatchObject(printed[name]);
    }
  });
  const printed = {
    '101': [
      { category: 2, type: 5, device: 1 },
      { category: 2, type: 10, device: 1 },
    ],
    '201': [
      { tank: 1, volume: 12_346, ullage: 7_600, height: 143.04, water: 1.23, temperature: 11.25 },
      { tank: 2 },
    ],
    '202': [
      {
        tank: 1,
        deliveries: [
          {
            ...{ start: '202611281401', end: '202611281402', startVolume: 4_000, endVolume: 12_346 },
            ...{ startHeight: 62, endHeight: 143.04 },
          },
        ],
      },
      { tank: 2 },
    ],
    '205': [
      { tank: 1, types: [5, 10] },
      { tank: 2, types: [] },
    ],
  };

  it('prints ? for a probe that is out', () => {
    const frame = frameOf(
      answerTls(gauge({ displayOnly: true }, true), { function: 'I201', tank: '01', data: '' }),
    );
    if (frame.kind !== 'display') throw new Error(frame.kind);
    expect(parseDisplay('201', frame.text).records).toMatchObject([{ tank: 1, volume: null, height: null }]);
  });
});

describe.each(['generic-gauge', 'franklin-ts550', 'pneumercator-tms'])('a simulated %s', (name) => {
  const profile = gaugeProfile(name);

  function bankOf(state: { shows: GaugeShows | null; kinds: TankAlarmKind[]; stale: boolean }) {
    const tank = { shows: () => state.shows, standing: () => new Set(state.kinds) };
    const bank = modbusGaugeBank(profile, new Map([[1, tank]]), {
      alive: () => true,
      stale: () => state.stale,
    });
    const look = () => {
      const words = new Map<string, number>();
      for (const { table, address, count } of tankRanges(profile, 1)) {
        const values = bank.read(table, address, count);
        if (typeof values === 'string') throw new Error(values);
        for (const [n, word] of values.entries()) words.set(registerKey(table, address + n), word);
      }
      return lookAtTank(profile, 1, imageOf(words));
    };
    return { bank, look };
  }

  it('shows the tank within the fineness of its fields, its delivery and its alarms', () => {
    const state = { shows: shows as GaugeShows | null, kinds: ['low' as TankAlarmKind], stale: false };
    const { look, bank } = bankOf(state);
    const seen = look();
    expect(Math.abs((seen.values.volume ?? 0) - 12_345_500)).toBeLessThanOrEqual(3_786);
    const height = profile.tank.height === undefined ? null : 14_304;
    expect(Math.abs((seen.values.height ?? 0) - (height ?? 0))).toBeLessThanOrEqual(26);
    const bits = profile.tank.status.flatMap((word) => word.bits);
    expect(seen.delivery).toBe(bits.some(({ shows: what }) => what === 'delivery'));
    expect(seen.alarms?.map(({ alarm }) => alarm)).toEqual(
      bits.some(({ alarm }) => alarm === 'low') ? ['low'] : [],
    );
    expect(bank.read('holding', 60_000, 2)).toBe('illegal-address');

    state.shows = null;
    const lost = look();
    expect(lost.quality).toBe('bad');
    expect(lost.values.volume).toBeNull();
  });

  it('stands still when it is stale', () => {
    const state = { shows: shows as GaugeShows | null, kinds: [], stale: false };
    const { look } = bankOf(state);
    const first = look();
    state.stale = true;
    state.shows = before;
    expect(look()).toMatchObject({ beat: look().beat, trace: first.trace });
    state.stale = false;
    expect(look().trace).not.toBe(first.trace);
  });
});
