import { describe, expect, it } from 'vitest';
import { type AlarmBook, noAlarms, takeAlarms } from '../../../src/core/opcua/alarms.ts';
import { opcuaDispenserDecoder } from '../../../src/core/opcua/dispenser.ts';
import { opcuaDispenserSpec } from '../../../src/core/opcua/dispenserSpec.ts';
import { alarmField, readTank, tankNodes } from '../../../src/core/opcua/tank.ts';
import type { RawValue } from '../../../src/core/opcua/value.ts';
import { opcuaProfileSchema } from '../../../src/model/config/opcuaProfile.ts';
import { instant, monoMs } from '../../../src/model/units.ts';

const now = 1_800_000_000_000;
const stamp = { at: instant(now), mono: monoMs(5), serverClock: instant(now + 60_000) };
const raw = (value: RawValue['value'], more: Partial<RawValue> = {}): RawValue => ({
  ...{ value, problem: '', status: 0, sourceAt: null, serverAt: null },
  ...more,
});
const record = (values: Record<string, RawValue['value'] | RawValue>) =>
  new Map(
    Object.entries(values).map(([name, value]) => [
      name,
      typeof value === 'object' && value !== null ? value : raw(value),
    ]),
  );
const base = { kind: 'opcua', profile: 'p', title: 'P', source: 'test' };
const node = (id: string) => ({ node: `s={tank}.${id}` });
const tankProfile = (tank: object, more: object = {}) =>
  opcuaProfileSchema.parse({ ...base, ...more, tank: { volume: node('V'), ...tank } });

describe('a tank behind OPC UA', () => {
  const profile = tankProfile({
    ...{ height: node('H'), water: node('W'), waterVolume: node('WV'), temperature: node('T') },
    ...{ probeLost: node('L'), deliveryInProgress: node('D'), referenceC: 15.56 },
  });
  const sound = {
    volume: '1000.5',
    height: '900',
    water: 12n,
    waterVolume: '20',
    temperature: '-5',
    probeLost: false,
    deliveryInProgress: true,
  };

  it('is read with everything that it tells', () => {
    expect(tankNodes(profile.tank ?? tankless(), 4).get('volume')).toBe('s=4.V');
    expect(readTank(profile, 4, record(sound), stamp)).toEqual({
      ...{ kind: 'tank', tank: 4, source: 'live', at: now, mono: 5, quality: 'good', reason: '' },
      ...{
        volume: 1_000_500,
        correctedVolume: null,
        reference: 1556,
        ullage: null,
        height: 9_000,
        water: 120,
      },
      ...{ waterVolume: 20_000, temperature: -500, density: null, deliveryInProgress: true },
      ...{ leakTestInProgress: null, gaugeClock: now + 60_000 },
    });
  });

  it.each([
    ['a lost probe', { probeLost: true }, 'bad', 'probe: lost'],
    [
      'a volume of bad status',
      { volume: raw('1', { status: 0x808c0000 }) },
      'bad',
      'volume: BadSensorFailure',
    ],
    [
      'an old volume',
      { volume: raw('1000.5', { status: 0x40900000 }) },
      'uncertain',
      'volume: UncertainLastUsableValue',
    ],
    ['a height that cannot be', { height: '-3' }, 'uncertain', 'height: -3 cannot be'],
    ['a bad height beside a lost probe', { height: '-3', probeLost: true }, 'bad', 'probe: lost'],
  ] as const)('with %s is %s', (_what, values, quality, reason) => {
    const reading = readTank(profile, 1, record({ ...sound, ...values }), stamp);
    expect(reading).toMatchObject({ quality, reason, volume: quality === 'bad' ? null : 1_000_500 });
  });

  it('whose volume includes the water tells the fuel alone', () => {
    const wet = tankProfile({ waterVolume: node('W'), volumeIncludesWater: true });
    expect(readTank(wet, 1, record({ volume: 1000n, waterVolume: 30n }), stamp)).toMatchObject({
      volume: 970_000,
      quality: 'good',
    });
    expect(readTank(wet, 1, record({ volume: 1000n, waterVolume: 'x' }), stamp)).toMatchObject({
      volume: 1_000_000,
      quality: 'uncertain',
    });
  });

  it("is as old as the source says where it says so: by the server's clock, which may be wrong by any time", () => {
    const sampled = tankProfile({}, { sourceTime: 'sample', staleAfterS: 60 });
    const measured = (ago: number) =>
      readTank(sampled, 1, record({ volume: raw(1n, { sourceAt: now + 60_000 - ago }) }), stamp);
    expect(measured(4_000)).toMatchObject({ at: now - 4_000, quality: 'good' });
    expect(measured(90_000)).toMatchObject({ quality: 'bad', reason: 'volume: stale: measured 90 s ago' });
    expect(measured(-60_000)).toMatchObject({ at: now, quality: 'uncertain' });
    // a value that has not changed for a day is as true as one of now
    const old = record({ volume: raw(1n, { sourceAt: now - 86_400_000 }) });
    expect(readTank(tankProfile({}), 1, old, stamp)).toMatchObject({ at: now, quality: 'good' });
  });
});

const tankless = (): never => {
  throw new Error('no tank');
};

describe('alarms behind OPC UA', () => {
  const fields = tankProfile({
    alarms: [
      { node: 's={tank}.S', mask: 1, code: 'A1', alarm: 'overfill', text: 'overfill' },
      { node: 's={tank}.S', mask: 2, code: 'A2', text: 'something' },
    ],
  }).tank;
  if (!fields) throw new Error('no tank');
  const read = (book: AlarmBook, tank: number, bits: bigint | null, mono: number) => {
    const status = raw(bits);
    const values = record({ [alarmField('A1')]: status, [alarmField('A2')]: status });
    const step = takeAlarms(fields, [1, 2], book, {
      tank,
      record: values,
      at: instant(now),
      mono: monoMs(mono),
    });
    const told = step.facts.map((fact) =>
      fact.kind === 'alarm' ? `${fact.tank} ${fact.alarm}` : 'complete',
    );
    return { book: step.book, told };
  };

  it('are told whole when every tank was read, when one changes, and again after a minute; an unreadable one is not over', () => {
    const first = read(noAlarms, 1, 1n, 0);
    expect(first.told).toEqual([]);
    const second = read(first.book, 2, 3n, 1);
    expect(second.told).toEqual(['1 overfill', '2 overfill', '2 gauge-alarm', 'complete']);
    expect(read(second.book, 1, 1n, 2).told).toEqual([]);
    const changed = read(second.book, 2, 0n, 3);
    expect(changed.told).toEqual(['1 overfill', 'complete']);
    expect(read(changed.book, 1, null, 4).told).toEqual([]);
    expect(read(changed.book, 1, 1n, 60_100).told).toEqual(['1 overfill', 'complete']);
  });
});

describe('a dispenser behind OPC UA', () => {
  const at = (name: string, more: object = {}) => ({ node: `s={point}.${name}`, ...more });
  const hose = (name: string) => ({ node: `s={point}.{hose}.${name}`, decimals: 2 });
  const profile = opcuaProfileSchema.parse({
    ...base,
    dispenser: {
      hoses: 2,
      live: {
        state: at('S', {
          map: [
            { equals: 'IDLE', state: 'idle' },
            { mask: 0x0f, equals: 3, state: 'fuelling' },
            { equals: true, state: 'calling' },
          ],
        }),
        hose: at('H'),
        amount: at('A', { decimals: 3 }),
      },
      totals: { volume: hose('T'), rollover: 1_000_000 },
      lastSale: { number: at('N', { absent: [0] }), volume: at('LV', { decimals: 2 }) },
      saleNumber: { first: 1, last: 99 },
      price: { price: hose('P') },
    },
  });
  const { units, dispenser } = profile;
  if (!dispenser) throw new Error('no dispenser');
  const decoder = opcuaDispenserDecoder(units, dispenser, 3, 2);
  const decode = (group: 'live' | 'totals' | 'last-sale' | 'price', values: Parameters<typeof record>[0]) => {
    const decoded = decoder.decode(group, record(values), stamp);
    return decoded.kind === 'reading' ? decoded.reading : `${decoded.kind} ${decoded.field}`;
  };

  it('has the nodes of its point and of each hose', () => {
    expect(decoder.groups).toEqual(['live', 'totals', 'last-sale', 'price']);
    expect(Object.fromEntries(decoder.nodes('totals'))).toEqual({
      'totals.volume 1': 's=3.1.T',
      'totals.volume 2': 's=3.2.T',
    });
  });

  it.each([
    [
      { 'live.state': 'IDLE', 'live.hose': 0n, 'live.amount': 0n },
      { state: 'idle', hose: null, amount: 0 },
    ],
    [
      { 'live.state': 0xf3n, 'live.hose': 2n, 'live.amount': 12_345n },
      { state: 'fuelling', hose: 2, amount: 1_235, rounded: true },
    ],
    [
      { 'live.state': true, 'live.hose': 1n, 'live.amount': '1.5' },
      { state: 'calling', hose: 1, amount: 0, rounded: true },
    ],
    [{ 'live.state': 9n, 'live.hose': 1n, 'live.amount': 0n }, { state: 'inoperative' }],
  ])('%o is %o', (values, is) => {
    expect(decode('live', values)).toMatchObject({ kind: 'live', ...is });
  });

  it('gives no half reading, and none of a value that is uncertain', () => {
    const live = { 'live.state': 3n, 'live.hose': 1n, 'live.amount': 0n };
    expect(decode('live', { ...live, 'live.hose': 3n })).toBe('undecodable live.hose');
    expect(decode('live', { ...live, 'live.amount': raw(0n, { status: 0x40900000 }) })).toBe(
      'undecodable live.amount',
    );
    expect(decode('live', { ...live, 'live.state': raw(3n, { status: 0x80310000 }) })).toBe(
      'lost live.state',
    );
    expect(decode('totals', { 'totals.volume 1': 5n })).toBe('undecodable totals.volume 2');
    expect(decode('totals', { 'totals.volume 1': 1_000_000n, 'totals.volume 2': 0n })).toBe(
      'undecodable totals.volume 1',
    );
    expect(decode('last-sale', { 'last-sale.number': 0n, 'last-sale.volume': 1n })).toBe(
      'absent last-sale.number',
    );
    expect(decode('last-sale', { 'last-sale.number': 100n, 'last-sale.volume': 1n })).toBe(
      'undecodable last-sale.number',
    );
  });

  it('tells the fuelling machine what it must know', () => {
    expect(decode('totals', { 'totals.volume 1': 5n, 'totals.volume 2': 6n })).toMatchObject({
      hoses: [
        { hose: 1, volume: 50, amount: null },
        { hose: 2, volume: 60, amount: null },
      ],
    });
    expect(opcuaDispenserSpec(units, dispenser)).toEqual({
      ...{ lastSale: true, saleNumber: { first: 1, last: 99 }, totalizerModulus: 10_000_000 },
      ...{ totalizerResolution: 10, volumeResolution: 10, settleMs: 3_000 },
    });
  });
});

describe('a profile of an OPC UA server', () => {
  const tank = { volume: { node: 's={tank}' } };
  const live = { state: { node: 's={point}', map: [{ equals: 1, state: 'idle' }] } };
  it.each([
    ['neither tank nor dispenser', {}, 'a `tank` or a `dispenser`'],
    ['a node that is none', { tank: { volume: { node: 'Volume' } } }, 'a node id such as'],
    ['an unknown template', { tank: { volume: { node: 's={pump}' } } }, 'templates are'],
    ['a point in a tank', { tank: { volume: { node: 's={point}' } } }, '{tank} only'],
    ['neither volume nor height', { tank: { water: { node: 's={tank}' } } }, 'a volume or a height'],
    [
      'hoses without nodes of their own',
      { dispenser: { hoses: 2, live, totals: { volume: { node: 's={point}' } } } },
      'use {hose}',
    ],
    ['staleness of changes', { tank, staleAfterS: 5 }, 'only `sourceTime: sample`'],
    [
      'a sale number without range',
      {
        dispenser: {
          live,
          totals: { volume: { node: 's=t' } },
          lastSale: { number: { node: 's=n' }, volume: { node: 's=v' } },
        },
      },
      'needs its range',
    ],
  ])('with %s is refused', (_what, parts, message) => {
    const parsed = opcuaProfileSchema.safeParse({ ...base, ...parts });
    expect(parsed.error?.issues.map((issue) => issue.message).join()).toContain(message);
  });
});
