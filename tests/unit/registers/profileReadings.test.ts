import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { imageOf, joinRanges, type RegisterMap } from '../../../src/core/registers/image.ts';
import {
  dispenserDecoder,
  hosesOf,
  totalizerModulus,
  totalizerResolution,
  volumeResolution,
} from '../../../src/core/registers/profileReadings.ts';
import { dispenserEncoder } from '../../../src/core/registers/profileWrites.ts';
import type { Field } from '../../../src/model/config/field.ts';
import { type DispenserProfile, dispenserProfileSchema } from '../../../src/model/config/profile.ts';
import type { DispenserReading, ReadingGroup } from '../../../src/model/readings.ts';
import { instant, millilitres, money, monoMs, unitPrice } from '../../../src/model/units.ts';
import { dispenserProfile, shippedDispensers } from '../../support/profiles.ts';

const stamp = { at: instant(1_700_000_000_000), mono: monoMs(5) };
const base = {
  kind: 'dispenser',
  profile: 'made',
  title: 'made',
  source: 'here',
  live: { state: { field: { address: 0 }, map: [{ equals: 0, state: 'idle' }] } },
  totals: { volume: { address: 10, type: 'u32', decimals: 2 } },
};
const made = (fields: object): DispenserProfile => dispenserProfileSchema.parse({ ...base, ...fields });
const withTotal = (volume: object, rest: object = {}) =>
  made({ totals: { volume: { address: 10, ...volume } }, ...rest });

function decode(
  profile: DispenserProfile,
  point: number,
  group: ReadingGroup,
  map: RegisterMap,
): DispenserReading {
  const decoded = dispenserDecoder(profile, point, 2).decode(group, imageOf(map), stamp);
  if (decoded.kind !== 'reading') throw new Error(`${decoded.field}: ${decoded.reason}`);
  expect(decoded.rounded).toEqual([]);
  return decoded.reading;
}

/** Values that a field can hold without rounding, in units of 10^-`unitDecimals`. */
function values(field: Field | undefined, unitDecimals: number): fc.Arbitrary<number | null> {
  if (field === undefined) return fc.constant(null);
  const largest =
    field.type === 'bcd'
      ? 10 ** (4 * (field.registers ?? 1)) - 1
      : field.type === 'u32'
        ? 0xffffffff
        : 0xffff;
  const step = 10 ** (unitDecimals - field.decimals);
  // a device finer than our unit shows whole units only
  return fc
    .integer({ min: 0, max: Math.floor(step < 1 ? largest * step : largest) })
    .map((n) => (step < 1 ? n : n * step));
}

const volumes = (field: Field | undefined) =>
  values(field, 3).map((n) => (n === null ? null : millilitres(n)));
const amounts = (field: Field | undefined) => values(field, 2).map((n) => (n === null ? null : money(n)));
const prices = (field: Field | undefined) => values(field, 3).map((n) => (n === null ? null : unitPrice(n)));
const there = <T>(arbitrary: fc.Arbitrary<T | null>) =>
  arbitrary.filter((value): value is T & {} => value !== null);

describe.each(shippedDispensers.map((profile) => [profile.profile, profile] as const))('%s', (_, profile) => {
  const { live, totals, lastSale, price, points } = profile;
  const point = fc.integer({ min: 1, max: points.count });
  const hose = (field: Field | undefined) =>
    field ? fc.constantFrom(null, ...hosesOf(profile)) : fc.constant(null);

  it('decodes every live reading that it can show', () => {
    const { states } = dispenserEncoder(profile, 1, 2);
    expect(states).toEqual(expect.arrayContaining(['idle', 'calling', 'fuelling']));
    const shown = fc.record({
      state: fc.constantFrom(...states),
      hose: hose(live.hose),
      volume: volumes(live.volume),
      amount: amounts(live.amount),
      price: prices(live.price),
    });
    fc.assert(
      fc.property(point, shown, (number, live) => {
        const map = dispenserEncoder(profile, number, 2).encodeLive(live);
        expect(decode(profile, number, 'live', map)).toEqual({ kind: 'live', ...stamp, ...live });
      }),
    );
  });

  it('decodes totals of all hoses', () => {
    const hoses = fc.tuple(
      ...hosesOf(profile).map((number) =>
        fc.record({
          hose: fc.constant(number),
          volume: there(volumes(totals.volume)),
          amount: amounts(totals.amount),
        }),
      ),
    );
    fc.assert(
      fc.property(point, hoses, (number, hoses) => {
        const map = dispenserEncoder(profile, number, 2).encodeTotals(hoses);
        expect(decode(profile, number, 'totals', map)).toEqual({ kind: 'totals', ...stamp, hoses });
      }),
    );
  });

  it('shows a totalizer that ran over as the small number that is left', () => {
    const modulus = totalizerModulus(profile);
    const step = totalizerResolution(profile);
    if (modulus === null) throw new Error('no modulus');
    const encoder = dispenserEncoder(profile, 1, 2);
    const hoses = hosesOf(profile).map((number) => ({
      hose: number,
      volume: millilitres(modulus + 3 * step),
      amount: null,
    }));
    const reading = decode(profile, 1, 'totals', encoder.encodeTotals(hoses));
    expect(reading).toMatchObject({ hoses: hoses.map((each) => ({ hose: each.hose, volume: 3 * step })) });
  });

  it('decodes every record of a sale', () => {
    if (!lastSale) throw new Error('no record');
    const { saleNumber } = profile;
    const record = fc.record({
      number: saleNumber ? fc.integer({ min: saleNumber.first, max: saleNumber.last }) : fc.constant(null),
      hose: hose(lastSale.hose),
      volume: there(volumes(lastSale.volume)),
      amount: amounts(lastSale.amount),
      price: prices(lastSale.price),
      endCode: lastSale.endCode ? fc.integer({ min: 0, max: 9 }) : fc.constant(null),
    });
    fc.assert(
      fc.property(point, record, (number, record) => {
        const map = dispenserEncoder(profile, number, 2).encodeLastSale(record);
        expect(decode(profile, number, 'last-sale', map)).toEqual({ kind: 'last-sale', ...stamp, ...record });
      }),
    );
  });

  it('decodes prices', () => {
    const hoses = fc.tuple(
      ...hosesOf(profile).map((number) =>
        fc.record({ hose: fc.constant(number), price: there(prices(price?.price)) }),
      ),
    );
    fc.assert(
      fc.property(point, hoses, (number, hoses) => {
        const map = dispenserEncoder(profile, number, 2).encodePrice(hoses);
        expect(decode(profile, number, 'price', map)).toEqual({ kind: 'price', ...stamp, hoses });
      }),
    );
  });

  it('reads the running values and the record in one reply each', () => {
    for (const group of ['live', 'last-sale'] as const) {
      const ranges = dispenserDecoder(profile, 1, 2).ranges(group);
      expect(ranges).toHaveLength(1);
      expect(ranges[0]?.whole).toBe(true);
    }
  });
});

describe('registers that several fields share', () => {
  it('keep the bits of the others', () => {
    const encoder = dispenserEncoder(dispenserProfile('generic-cdab'), 1, 2);
    const nothing = { volume: null, amount: null, price: null };
    const map: RegisterMap = new Map([['input:0', 0xff00]]);
    encoder.encodeLive({ state: 'fuelling', hose: 2, ...nothing }, map);
    expect(map.get('input:0')).toBe(0xff23);
    encoder.encodeLive({ state: 'idle', hose: null, ...nothing }, map);
    expect(map.get('input:0')).toBe(0xff00);
  });
});

describe('states', () => {
  it('first match wins, and a state behind another rule is not shown', () => {
    const rule = (map: object[]) => made({ live: { state: { field: { address: 0 }, map } } });
    const shadowed = rule([
      { mask: 1, equals: 1, state: 'fuelling' },
      { equals: 3, state: 'calling' },
      { equals: 0, state: 'idle' },
    ]);
    const encoder = dispenserEncoder(shadowed, 1, 2);
    expect(encoder.states).toEqual(['inoperative', 'idle', 'fuelling']);
    const live = { hose: null, volume: null, amount: null, price: null };
    expect(() => encoder.encodeLive({ state: 'calling', ...live })).toThrow(
      /does not know the state calling/,
    );
    for (const state of encoder.states) {
      expect(decode(shadowed, 1, 'live', encoder.encodeLive({ state, ...live }))).toMatchObject({ state });
    }
  });
});

describe('what is not a reading', () => {
  const be32 = dispenserProfile('generic-be32');
  const outcome = (profile: DispenserProfile, group: ReadingGroup, map: RegisterMap) => {
    const decoded = dispenserDecoder(profile, 1, 2).decode(group, imageOf(map), stamp);
    return decoded.kind === 'reading' ? decoded.reading : [decoded.kind, decoded.field];
  };

  it('no sale yet', () => {
    expect(outcome(be32, 'last-sale', dispenserEncoder(be32, 1, 2).encodeLastSale(null))).toEqual([
      'absent',
      'number',
    ]);
  });
  it('a totalizer that says it has no value, a total at its rollover', () => {
    const probe = withTotal({ type: 'u32', absent: [0xffffffff] });
    const map = (high: number, low: number): RegisterMap =>
      new Map([
        ['holding:10', high],
        ['holding:11', low],
      ]);
    expect(outcome(probe, 'totals', map(0xffff, 0xffff))).toEqual(['absent', 'volume']);
    const short = made({ totals: { volume: { address: 10, type: 'u32' }, rollover: 1_000_000 } });
    expect(outcome(short, 'totals', map(15, 0x4240))).toEqual(['undecodable', 'volume']);
    expect(outcome(short, 'totals', map(15, 0x423f))).toMatchObject({ hoses: [{ volume: 999_999_000 }] });
  });
  it('a negative volume', () => {
    const signed = withTotal({ type: 'i16' });
    expect(outcome(signed, 'totals', new Map([['holding:10', 0xffff]]))).toEqual(['undecodable', 'volume']);
  });
});

describe('volume totalizer', () => {
  it.each([
    [{ type: 'u32', decimals: 2 }, {}, 42_949_672_960, 10],
    [{ type: 'u32', decimals: 3 }, {}, 4_294_967_296, 1],
    [{ type: 'i32', decimals: 3 }, {}, 2_147_483_648, 1],
    [{ type: 'u32', mask: 0x00ffffff, decimals: 3 }, {}, 16_777_216, 1],
    [{ type: 'bcd', registers: 2, decimals: 2 }, {}, 1_000_000_000, 10],
    [{ type: 'bcd', registers: 2, mask: 0x00ffffff, decimals: 2 }, {}, 10_000_000, 10],
    [{ type: 'u16' }, {}, 65_536_000, 1000],
    [{ type: 'u64', decimals: 3 }, {}, null, 1],
    [{ type: 'f64' }, {}, null, 1],
    [{ type: 'f32' }, {}, null, 125],
    [{ type: 'u32', decimals: 2 }, { volumeUnit: 'us-gallon' }, 162_582_198_142, 38],
    [{ type: 'u32', decimals: 4 }, {}, 429_496_730, 1],
  ])('%j %j starts again at %s ml and counts in %i ml', (volume, rest, modulus, resolution) => {
    const profile = withTotal(volume, rest);
    expect(totalizerModulus(profile)).toBe(modulus);
    expect(totalizerResolution(profile)).toBe(resolution);
  });
  it.each([
    [{ type: 'u32', decimals: 2 }, undefined, 10],
    [{ type: 'u32', decimals: 3 }, { type: 'u32', decimals: 2 }, 10],
    [undefined, { type: 'bcd', registers: 3, decimals: 3 }, 1],
    [{ type: 'f32' }, undefined, 10],
    [{ type: 'ascii', registers: 4 }, { type: 'u16', decimals: 1 }, 100],
    [undefined, undefined, 1],
  ])('volumes live %j, of the record %j are told in steps of %i ml', (live, record, step) => {
    const state = { field: { address: 0 }, map: [{ equals: 0, state: 'idle' }] };
    const profile = made({
      live: { state, ...(live ? { volume: { address: 30, ...live } } : {}) },
      ...(record ? { lastSale: { volume: { address: 40, ...record } } } : {}),
    });
    expect(volumeResolution(profile)).toBe(step);
  });
  it('the count of the profile goes before the width of the field', () => {
    const profile = made({ totals: { volume: { address: 10, type: 'f64' }, rollover: 100_000 } });
    expect(totalizerModulus(profile)).toBe(100_000_000);
  });
});

describe('ranges', () => {
  const range = (address: number, count: number) => ({ table: 'holding', address, count }) as const;
  it('join over small gaps only, and within the limit', () => {
    expect(joinRanges([range(10, 2), range(0, 2), range(4, 2)], 2, 10)).toEqual([
      { ...range(0, 6), whole: true },
      { ...range(10, 2), whole: true },
    ]);
    expect(joinRanges([range(0, 2), range(2, 2)], 16, 3)).toHaveLength(2);
    expect(joinRanges([range(0, 4), range(2, 1)], -1, 10)).toEqual([{ ...range(0, 4), whole: true }]);
    expect(joinRanges([range(0, 1), { table: 'coil', address: 1, count: 1 }], 16, 10)).toHaveLength(2);
  });
  it('leave out what the profile has not', () => {
    const decoder = dispenserDecoder(made({}), 1, 2);
    expect(decoder.groups).toEqual(['live', 'totals']);
    expect(decoder.ranges('last-sale')).toEqual([]);
  });
});

describe('a profile that cannot be meant is refused', () => {
  it.each([
    [{ addressBase: 1 }, 'live.state.field.address', 'starts at 1'],
    [{ limits: { maxRegisters: 1 } }, 'totals.volume.type', 'longer than the longest block'],
    [
      { totals: { volume: { address: 65535, type: 'u32' } } },
      'totals.volume.address',
      'beyond address 65535',
    ],
    [{ points: { count: 16, stride: 8000 } }, 'live.state.field.address', 'beyond address 65535'],
    [
      { lastSale: { volume: { address: 1, hoseStride: 2 } } },
      'lastSale.volume.hoseStride',
      'only totals and price',
    ],
    [
      { live: { state: { ...base.live.state, field: { address: 0, type: 'f32' } } } },
      'live.state.field.type',
      'a state is',
    ],
    [{ saleNumber: { first: 5, last: 5 } }, 'saleNumber.last', 'greater than'],
    [
      { acknowledge: { function: 'write-coil', address: 1, value: 'sale-number' } },
      'acknowledge.value',
      '0 or 1',
    ],
  ])('%j', (fields, path, message) => {
    const parsed = dispenserProfileSchema.safeParse({ ...base, ...fields });
    const issue = parsed.error?.issues.find((each) => each.path.join('.') === path);
    expect(issue?.message).toContain(message);
  });
});
