import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fillTemplate, parseNode } from '../../../src/core/opcua/nodes.ts';
import { qualityOf, statusName } from '../../../src/core/opcua/status.ts';
import {
  densityScale,
  lengthScale,
  moneyScale,
  priceScale,
  type RawValue,
  readFlag,
  readNumber,
  type Scale,
  temperatureScale,
  totalScale,
  volumeScale,
} from '../../../src/core/opcua/value.ts';

const raw = (value: RawValue['value'], status = 0): RawValue => ({
  ...{ value, problem: '', status, sourceAt: null, serverAt: null },
});
const field = (more: { decimals?: number; absent?: number[] } = {}) => ({
  ...{ node: 's=x', decimals: 0, absent: [] },
  ...more,
});

describe('a number of an OPC UA node', () => {
  const cases: [
    what: string,
    scale: Scale,
    value: bigint | string,
    decimals: number,
    is: number | null,
    exact: boolean,
  ][] = [
    ['litres', volumeScale('litre'), '12345.678', 0, 12_345_678, true],
    ['hundredths of litres', volumeScale('litre'), 1234n, 2, 12_340, true],
    ['a float of litres that is finer than a millilitre', volumeScale('litre'), '1.23456', 0, 1_235, false],
    ['cubic metres', volumeScale('cubic-metre'), '12.5', 0, 12_500_000, true],
    ['US gallons', volumeScale('us-gallon'), 1000n, 0, 3_785_412, false],
    ['imperial gallons', volumeScale('imperial-gallon'), 100n, 0, 454_609, true],
    ['millimetres', lengthScale('mm'), '1234.5', 0, 12_345, true],
    ['centimetres', lengthScale('cm'), '123.4', 0, 12_340, true],
    ['inches', lengthScale('inch'), 10n, 0, 2_540, true],
    ['degrees', temperatureScale('celsius'), '-12.345', 0, -1_235, false],
    ['Fahrenheit', temperatureScale('fahrenheit'), 59n, 0, 1_500, true],
    ['Fahrenheit below zero', temperatureScale('fahrenheit'), '-40', 0, -4_000, true],
    ['Kelvin', temperatureScale('kelvin'), '288.15', 0, 1_500, true],
    ['density', densityScale('kg/m3'), '745.2', 0, 745_200, true],
    ['density in g/cm3', densityScale('g/cm3'), '0.7452', 0, 745_200, true],
    ['money', moneyScale(2), 9686n, 2, 9_686, true],
    ['a price a litre', priceScale('litre'), '7.849', 0, 7_849, true],
    ['a totalizer', totalScale('litre'), 4_294_967_295n, 2, 42_949_672_950, true],
    ['a volume below nothing', volumeScale('litre'), -1n, 0, null, true],
    ['a volume beyond every tank', volumeScale('litre'), 10n ** 30n, 0, null, true],
    ['a temperature of a fire', temperatureScale('celsius'), 900n, 0, null, true],
    ['a text', volumeScale('litre'), 'full', 0, null, true],
    ['an exponent out of reason', volumeScale('litre'), '1e999', 0, null, true],
  ];
  it.each(cases)('%s', (_what, scale, value, decimals, is, exact) => {
    const read = readNumber(field({ decimals }), scale, raw(value));
    expect([read.value, read.exact]).toEqual([is, exact]);
    expect(read.quality).toBe(is === null ? 'bad' : 'good');
  });

  it('is none where the profile says so, and then the reading is no worse', () => {
    const full = field({ absent: [65535, -9999] });
    for (const value of [65535n, '-9999.0'])
      expect(readNumber(full, volumeScale('litre'), raw(value))).toMatchObject({
        value: null,
        quality: 'good',
      });
  });

  it.each([
    [0x00000000, 'good', 5],
    [0x40900000, 'uncertain', 5],
    [0x808c0000, 'bad', null],
    [0xc0000000, 'bad', null],
  ] as const)('of status %i is %s', (status, quality, value) => {
    expect(readNumber(field(), { n: 1n, d: 1n, least: 0, most: 9 }, raw(5n, status))).toMatchObject({
      quality,
      value,
    });
    expect(qualityOf(status)).toBe(quality);
  });

  it('names the statuses that a gauge gives, and others by their number', () => {
    expect([0x808c0000, 0x808c0400, 0x80ab0000].map(statusName)).toEqual([
      ...['BadSensorFailure', 'BadSensorFailure', '0x80ab0000'],
    ]);
  });

  it('of any value is a whole number within its bounds, or none with a reason', () => {
    const anything = fc.oneof(
      fc.bigInt(),
      fc.double().map(String),
      fc.string(),
      fc.boolean(),
      fc.constant(null),
    );
    fc.assert(
      fc.property(anything, fc.nat(), fc.nat(9), (value, status, decimals) => {
        const scale = temperatureScale('fahrenheit');
        const read = readNumber(field({ decimals }), scale, raw(value, status));
        if (read.value === null) return read.reason !== '';
        return Number.isSafeInteger(read.value) && read.value >= scale.least && read.value <= scale.most;
      }),
    );
  });
});

describe('a flag of an OPC UA node', () => {
  const flag = { node: 's=x', inverted: false };
  it.each([
    [flag, true, true],
    [flag, 0n, false],
    [flag, 4n, true],
    [{ ...flag, inverted: true }, false, true],
    [{ ...flag, mask: 0b100 }, 0b1011n, false],
    [{ ...flag, mask: 0b100 }, 0b0100n, true],
    [{ ...flag, equals: 3 }, 3n, true],
    [{ ...flag, mask: 0x0f, equals: 3 }, 0xf3n, true],
    [flag, ' 1 ', true],
    [flag, 'on', null],
    [flag, '1.5', null],
  ] as const)('%o of %s is %s', (rule, value, is) => {
    expect(readFlag(rule, raw(value)).value).toBe(is);
  });
});

describe('a node of a profile', () => {
  it.each([
    ['s=Tank{tank}.Volume', { tank: 3 }, 's=Tank3.Volume'],
    ['s=Tanks[{tank-1}].V', { tank: 3 }, 's=Tanks[2].V'],
    ['/P{point+10}/H{hose}', { point: 1, hose: 2 }, '/P11/H2'],
  ])('%s of %o is %s', (template, numbers, is) => {
    expect(fillTemplate(template, numbers)).toBe(is);
  });

  it.each([
    ['ns=2;s=Tank.Volume', { kind: 'id', namespace: 2, identifier: 's=Tank.Volume' }],
    ['nsu=urn:x:y;i=15', { kind: 'id', namespace: 'urn:x:y', identifier: 'i=15' }],
    ['s=a;b=c', { kind: 'id', namespace: 'urn:own', identifier: 's=a;b=c' }],
    ['i=abc', null],
    ['Tank.Volume', null],
    ['/Tanks//Volume', null],
    [
      '/Objects/3:Tanks/Volume',
      {
        kind: 'path',
        segments: [
          { namespace: 3, name: 'Tanks' },
          { namespace: 'urn:own', name: 'Volume' },
        ],
      },
    ],
  ])('%s is understood', (text, is) => {
    expect(parseNode(text, 'urn:own')).toEqual(is);
  });
});
