import { describe, expect, it } from 'vitest';
import { allAmounts } from '../../../src/core/tls/layouts.ts';
import type { TlsInventory, TlsUnits } from '../../../src/core/tls/records.ts';
import { converter } from '../../../src/drivers/gauges/convert.ts';
import { dispensedOf, readingOf } from '../../../src/drivers/gauges/tlsFacts.ts';
import { gaugeSchema } from '../../../src/model/config/tanks.ts';
import { instant, monoMs } from '../../../src/model/units.ts';

const empty = Object.fromEntries(allAmounts.map((name) => [name, null])) as Record<
  (typeof allAmounts)[number],
  null
>;

function read(record: Partial<TlsInventory>, settings: object = {}, units: TlsUnits = 'metric') {
  const config = gaugeSchema.parse({
    id: 'g1',
    kind: 'tls',
    connection: { kind: 'tcp', host: 'gauge' },
    ...settings,
  });
  if (config.kind !== 'tls') throw new Error('not a TLS gauge');
  return readingOf(
    { ...empty, tank: 1, product: '1', status: 0, rejected: [], ...record },
    {
      at: instant(1),
      mono: monoMs(1),
      config,
      source: 'live',
      gaugeClock: null,
      convert: (refused) => converter(units, config.heightUnit, refused),
    },
  );
}

describe('a reading', () => {
  it.each<[TlsUnits, object, object]>([
    ['metric', {}, { volume: 1_000_000, height: 1000, temperature: 5000, water: 20 }],
    ['us', {}, { volume: 3_785_412, height: 25_400, temperature: 1000, water: 508 }],
    ['imperial', {}, { volume: 4_546_090, height: 25_400, temperature: 1000, water: 508 }],
    ['us', { heightUnit: 'mm' }, { volume: 3_785_412, height: 1000, water: 20 }],
    ['metric', { heightUnit: 'cm' }, { height: 10_000, water: 200 }],
    ['metric', { heightUnit: 'inch' }, { height: 25_400 }],
  ])('%s %j', (units, settings, expected) => {
    expect(read({ volume: 1000, height: 100, temperature: 50, water: 2 }, settings, units)).toMatchObject({
      ...expected,
      quality: 'good',
    });
  });

  it.each<[string, Partial<TlsInventory>, object, object]>([
    ['invalid height', { volume: 1, status: 4 }, {}, { quality: 'bad' }],
    ['nothing at all', {}, {}, { quality: 'bad', volume: null }],
    ['height alone', { height: 5 }, {}, { quality: 'good', volume: null, height: 50 }],
    [
      'a volume of no tank',
      { volume: 1e8, height: 5 },
      {},
      { quality: 'bad', volume: null, reason: /volume/ },
    ],
    [
      'a temperature of no tank',
      { volume: 1, temperature: 900 },
      {},
      { quality: 'uncertain', temperature: null },
    ],
    [
      'a float that was none',
      { volume: 1, rejected: ['water: not a finite number'] },
      {},
      { quality: 'uncertain' },
    ],
    ['water taken out', { volume: 100, waterVolume: 30 }, { volumeIncludesWater: true }, { volume: 70_000 }],
    [
      'water of unknown volume',
      { volume: 100, water: 30 },
      { volumeIncludesWater: true },
      { volume: 100_000, quality: 'uncertain' },
    ],
    [
      'delivery and leak test',
      { volume: 1, status: 3 },
      {},
      { deliveryInProgress: true, leakTestInProgress: true },
    ],
    ['no status', { volume: 1, status: null }, {}, { deliveryInProgress: null, leakTestInProgress: null }],
    [
      'a gauge that does not correct',
      { volume: 1, tcVolume: 0 },
      {},
      { correctedVolume: null, reference: null },
    ],
    ['an empty tank', { volume: 0, tcVolume: 0 }, {}, { correctedVolume: 0 }],
    ['its reference', { volume: 1, tcVolume: 1 }, { referenceC: 15 }, { reference: 1500 }],
    ['no reference without a corrected volume', { volume: 1 }, { referenceC: 15 }, { reference: null }],
  ])('%s', (_, record, settings, expected) => {
    const wanted = Object.fromEntries(
      Object.entries(expected).map(([name, value]) => [
        name,
        value instanceof RegExp ? expect.stringMatching(value) : value,
      ]),
    );
    expect(read(record, settings)).toMatchObject(wanted);
  });
});

describe('dispensed during a delivery, out of an adjusted report', () => {
  const adjusted = (volume: number | null, dispensed: number | null): (number | null)[] => [
    ...[1000, 8000, volume, volume, 500],
    ...[15, 15, 15, 15, 15, 15, 1500, 16, 16, 16, 16, 16, 16],
    ...[dispensed, 15, 16],
  ];
  it.each<[string, readonly (number | null)[], number | null]>([
    ['agrees with rise and adjusted volume', adjusted(7120.5, 120.5), 120.5],
    ['does not agree with them', adjusted(7000, 120.5), null],
    ['zero: the gauge may not hear the dispensers', adjusted(7000, 0), null],
    ['not there', adjusted(7120.5, null), null],
    ['a temperature that would fit is none', [...adjusted(7015, 0).slice(0, 18)], null],
    ['fewer floats', [7120.5, 3, 120.5, 1000, 8000], null],
  ])('%s', (_, values, expected) => {
    expect(dispensedOf(values, 1000, 8000)).toBe(expected);
  });

  it('nothing without volumes', () => {
    expect(dispensedOf(adjusted(7120.5, 120.5), null, 8000)).toBeNull();
  });
});
