/** Tanks, gauges and OPC UA servers of a station's file, against each other and against their profiles. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { loadStation } from '../../../src/station/configuration/load.ts';
import { problemText } from '../../../src/station/configuration/problem.ts';
import { tempDirectory } from '../../support/tempStore.ts';

const line = { id: 'bus', kind: 'modbus-tcp', host: '127.0.0.1' };
const tls = { id: 'G1', kind: 'tls', connection: { kind: 'serial', path: '/dev/ttyS9' } };
const gaugeDevice = { id: 'g', profile: 'generic-gauge', line: 'bus', unit: 9 };
const modbus = { id: 'G1', kind: 'modbus', device: 'g' };
const tank = { id: 'T1', grade: '92', capacityLitres: 20_000, gauge: { gauge: 'G1', tank: 1 } };
const second = { ...tank, id: 'T2', gauge: { gauge: 'G1', tank: 2 } };
const server = {
  id: 'plc',
  endpoint: 'opc.tcp://127.0.0.1:4840',
  profile: 'only-heights',
};
const point = { id: 'FP1', device: 'plc', nozzles: [{ id: '1', grade: '92', tank: 'T1' }] };
const reader = {
  id: 'R1',
  kind: 'rdm6300',
  fuellingPoints: ['FP1'],
  connection: { kind: 'serial', path: '/dev/ttyS8' },
};

const field = (address: number) => ({ address });
const ownProfiles = [
  {
    ...{ kind: 'gauge', profile: 'height-gauge', title: 'h', source: 'made by the test' },
    ...{ tanks: { count: 2, stride: 4 }, tank: { height: field(0) } },
  },
  {
    ...{ kind: 'opcua', profile: 'only-heights', title: 'o', source: 'made by the test' },
    tank: { height: { node: 'ns=2;s=H{tank}' } },
  },
  {
    ...{ kind: 'opcua', profile: 'dispensers', title: 'd', source: 'made by the test' },
    dispenser: {
      live: { state: { node: 'ns=2;s=S{point}', map: [{ equals: 0, state: 'idle' }] } },
      totals: { volume: { node: 'ns=2;s=V{point}' } },
    },
  },
];

function load(station: object, files: Record<string, string> = {}) {
  const directory = tempDirectory();
  mkdirSync(join(directory, 'profiles'));
  for (const profile of ownProfiles)
    writeFileSync(join(directory, 'profiles', `${profile.profile}.yaml`), stringify(profile));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(directory, name), text);
  const file = join(directory, 'station.yaml');
  const text = stringify({
    site: { id: 'S1', zone: 'UTC' },
    store: { directory: 'store' },
    program: resolve('config/programs/minimal.yaml'),
    profiles: ['profiles'],
    grades: [{ id: '92' }, { id: '95' }],
    ...station,
  });
  writeFileSync(file, text);
  const { station: loaded, problems } = loadStation(file);
  return { loaded, problems, texts: problems.map(problemText).join('\n') };
}

const good = { gauges: [tls], tanks: [tank, second] };

describe('tanks and gauges', () => {
  it.each<[string, object]>([
    ['of a TLS gauge', good],
    ['of a Modbus gauge', { ...good, lines: [line], devices: [gaugeDevice], gauges: [modbus] }],
    [
      'of an OPC UA server, one connected with the other',
      {
        opcua: [{ ...server, profile: 'generic-opcua' }],
        gauges: [{ id: 'G1', kind: 'opcua', server: 'plc' }],
        tanks: [
          { ...tank, manifold: 'M' },
          { ...second, manifold: 'M' },
        ],
      },
    ],
    ['without a gauge, where there is none', { tanks: [{ id: 'T1', grade: '92' }] }],
  ])('%s are good', (_, station) => {
    const { loaded, texts } = load(station);
    expect(texts).toBe('');
    expect(loaded?.strappings.size).toBe(0);
  });

  const cases: readonly [
    title: string,
    station: object,
    path: string,
    message: RegExp,
    hint: RegExp,
    severity?: 'warning',
  ][] = [
    [
      'two gauges of one name',
      { ...good, gauges: [tls, { ...tls, connection: { kind: 'tcp', host: 'g' } }] },
      'gauges.1.id',
      /already the name/,
      /own name/,
    ],
    [
      'an unknown gauge',
      { ...good, tanks: [tank, { ...second, gauge: { gauge: 'G2' } }] },
      'tanks.1.gauge.gauge',
      /there is no gauge "G2"/,
      /Known: G1/,
    ],
    [
      'one number for two tanks',
      { ...good, tanks: [tank, { ...second, gauge: { gauge: 'G1', tank: 1 } }] },
      'tanks.1.gauge.tank',
      /tank 1 of gauge "G1" is already tank "T1"/,
      /own number/,
    ],
    [
      'a gauge on an unknown device',
      { ...good, gauges: [modbus] },
      'gauges.0.device',
      /there is no device "g"/,
      /add one/,
    ],
    [
      'a gauge on a dispenser',
      { ...good, lines: [line], devices: [{ ...gaugeDevice, profile: 'compac-c5000' }], gauges: [modbus] },
      'gauges.0.device',
      /profile of a dispenser/,
      /kind gauge/,
    ],
    [
      'two gauges on one device',
      {
        ...good,
        lines: [line],
        devices: [gaugeDevice],
        gauges: [modbus, { ...modbus, id: 'G2' }],
        tanks: [tank, { ...second, gauge: { gauge: 'G2' } }],
      },
      'gauges.1.device',
      /already gauge "G1"/,
      /One device/,
    ],
    [
      'a tank that the gauge has not',
      {
        ...good,
        lines: [line],
        devices: [gaugeDevice],
        gauges: [modbus],
        tanks: [tank, { ...second, gauge: { gauge: 'G1', tank: 17 } }],
      },
      'tanks.1.gauge.tank',
      /has 16 tank/,
      /smaller number/,
    ],
    [
      'a gauge on an unknown server',
      { ...good, gauges: [{ id: 'G1', kind: 'opcua', server: 'plc' }] },
      'gauges.0.server',
      /no OPC UA server "plc"/,
      /add one/,
    ],
    [
      'a server with an unknown profile',
      {
        ...good,
        opcua: [{ ...server, profile: 'only-height' }],
        gauges: [{ id: 'G1', kind: 'opcua', server: 'plc' }],
      },
      'opcua.0.profile',
      /no profile "only-height"/,
      /Did you mean "only-heights"/,
    ],
    [
      "a server with a reader's profile",
      {
        ...good,
        opcua: [{ ...server, profile: 'vrd-485' }],
        gauges: [{ id: 'G1', kind: 'opcua', server: 'plc' }],
      },
      'opcua.0.profile',
      /that of a reader/,
      /kind opcua/,
    ],
    [
      'a gauge on a server without tanks',
      {
        ...good,
        opcua: [{ ...server, profile: 'dispensers' }],
        gauges: [{ id: 'G1', kind: 'opcua', server: 'plc' }],
      },
      'gauges.0.server',
      /has no tanks/,
      /Add `tank`/,
    ],
    [
      'a server of a device’s name',
      { ...good, lines: [line], devices: [gaugeDevice], opcua: [{ ...server, id: 'g' }] },
      'opcua.0.id',
      /name of a device/,
      /own name/,
    ],
    [
      'a device with the profile of a server',
      { lines: [line], devices: [{ ...gaugeDevice, profile: 'dispensers' }] },
      'devices.0.profile',
      /that of an OPC UA server/,
      /entry of `opcua`/,
    ],
    [
      'a gauge on the port of a reader',
      {
        ...good,
        gauges: [{ ...tls, connection: { kind: 'serial', path: '/dev/ttyS8' } }],
        lines: [{ id: 'l', kind: 'serial', path: '/dev/ttyS8' }],
      },
      'gauges.0.connection.path',
      /already belongs to line "l"/,
      /one gauge/,
    ],
    [
      'a manifold of two grades',
      {
        ...good,
        tanks: [
          { ...tank, manifold: 'M' },
          { ...second, grade: '95', manifold: 'M' },
        ],
      },
      'tanks.1.grade',
      /"T1" of the same manifold holds 92/,
      /one grade/,
    ],
    [
      'a manifold that is called like another tank',
      { ...good, tanks: [tank, { ...second, manifold: 'T1' }] },
      'tanks.1.manifold',
      /name of a tank/,
      /of its own/,
    ],
    [
      'a limit above the capacity',
      { ...good, tanks: [{ ...tank, limits: { overfillLitres: 20_001 } }, second] },
      'tanks.0.limits.overfillLitres',
      /above the capacity/,
      /smaller/,
    ],
    [
      'low below critical',
      { ...good, tanks: [{ ...tank, limits: { lowLitres: 500 } }, second] },
      'tanks.0.limits.lowLitres',
      /lowLitres \(500 l\) is below criticalLitres \(1000 l\)/,
      /rise in this order/,
    ],
    [
      'low above the default of high',
      { ...good, tanks: [{ ...tank, limits: { lowLitres: 19_500 } }, second] },
      'tanks.0.limits.lowLitres',
      /highLitres \(19000 l\) is below lowLitres/,
      /default/,
    ],
    [
      'a water alarm below its warning',
      { ...good, tanks: [{ ...tank, limits: { waterMm: 10 } }, second] },
      'tanks.0.limits.waterMm',
      /10 mm is below the warning at 20 mm/,
      /comes first/,
    ],
    [
      'a tank without gauge',
      { ...good, tanks: [tank, { id: 'T2', grade: '92' }] },
      'tanks.1',
      /nobody knows its level/,
      /gauge: G1/,
      'warning',
    ],
    [
      'a tank without capacity',
      { ...good, tanks: [tank, { ...second, capacityLitres: undefined }] },
      'tanks.1',
      /no capacityLitres: criticalLitres, lowLitres, highLitres, overfillLitres/,
      /Add `capacityLitres`/,
      'warning',
    ],
    [
      'a gauge that measures nothing',
      { ...good, gauges: [tls, { ...tls, id: 'G2', connection: { kind: 'tcp', host: 'g' } }] },
      'gauges.1',
      /measures no tank/,
      /Name it/,
      'warning',
    ],
    [
      'a server that nobody uses',
      { ...good, opcua: [server] },
      'opcua.0',
      /used by no gauge/,
      /take it out/,
      'warning',
    ],
    [
      'a gauge of heights without a table',
      {
        ...good,
        lines: [line],
        devices: [{ ...gaugeDevice, profile: 'height-gauge' }],
        gauges: [modbus],
        tanks: [tank],
      },
      'tanks.0',
      /only a height/,
      /strapping/,
      'warning',
    ],
    [
      'fuelling points of a server without dispensers',
      { ...good, opcua: [server], fuellingPoints: [point], readers: [reader] },
      'fuellingPoints.0.device',
      /has no dispensers/,
      /Add `dispenser`/,
    ],
    [
      'a hose that the server’s dispensers have not',
      {
        ...good,
        opcua: [{ ...server, profile: 'dispensers' }],
        fuellingPoints: [{ ...point, nozzles: [{ id: '1', hose: 2, grade: '92' }] }],
        readers: [reader],
      },
      'fuellingPoints.0.nozzles.0.hose',
      /1 hose/,
      /smaller/,
    ],
  ];
  it.each(cases)(
    'with %s: told with its place and the mend',
    (_, station, path, message, hint, severity = undefined) => {
      const { loaded, problems, texts } = load(station);
      const found = problems.find((problem) => problem.path === path && message.test(problem.message));
      expect(found, texts).toBeDefined();
      expect(found).toMatchObject({ severity: severity ?? 'error' });
      expect(found?.line).toBeGreaterThan(0);
      expect(found?.hint).toMatch(hint);
      expect(loaded === null).toBe(severity === undefined);
    },
  );

  it('fuelling points may be those of an OPC UA server', () => {
    const { loaded, texts } = load({
      ...good,
      opcua: [{ ...server, profile: 'dispensers' }],
      fuellingPoints: [point],
      readers: [reader],
    });
    expect(texts).toBe('');
    expect(loaded).not.toBeNull();
  });
});

describe('strapping tables of a station', () => {
  const strapped = {
    lines: [line],
    devices: [{ ...gaugeDevice, profile: 'height-gauge' }],
    gauges: [modbus],
    tanks: [
      { ...tank, strapping: 't.csv' },
      { ...second, strapping: 't.csv' },
    ],
  };

  it('are read once, relative to the station’s file, and come with it', () => {
    const { loaded, texts } = load(strapped, { 't.csv': '0,0\n2000,20000\n' });
    expect(texts).toBe('');
    const rows = [
      { height: 0, volume: 0 },
      { height: 20_000, volume: 20_000_000 },
    ];
    expect([...(loaded?.strappings ?? [])]).toEqual([
      ['T1', rows],
      ['T2', rows],
    ]);
  });

  it('with an error: told once, in the table’s own file and line', () => {
    const { loaded, problems } = load(strapped, { 't.csv': '0,0\n2000,20000\n1999,20001\n' });
    expect(loaded).toBeNull();
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatchObject({ line: 3, column: 1 });
    expect(problems[0]?.file).toMatch(/t\.csv$/);
  });

  it('of another tank, by its capacity: a warning', () => {
    const { loaded, problems } = load(strapped, { 't.csv': '0,0\n2000,5283\n' });
    expect(loaded).not.toBeNull();
    expect(problems.map(({ path, severity }) => [path, severity])).toEqual([
      ['tanks.0.strapping', 'warning'],
      ['tanks.1.strapping', 'warning'],
    ]);
    expect(problems[0]?.message).toMatch(/holds 5283 l, and capacityLitres is 20000/);
  });
});
