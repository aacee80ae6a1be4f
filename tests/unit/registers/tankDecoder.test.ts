/** A gauge's registers to one tank: what is read, and what makes it uncertain or bad. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { imageOf, type RegisterMap } from '../../../src/core/registers/image.ts';
import { lookAtTank, type TankValues, tankRanges } from '../../../src/core/registers/tankDecoder.ts';
import { gaugeEncoder } from '../../../src/core/registers/tankEncoder.ts';
import { gaugeFieldNames, gaugeProfileSchema } from '../../../src/model/config/gaugeProfile.ts';
import { gaugeProfile, shippedGauges } from '../../support/profiles.ts';
import { baseGauge, madeGauge, quietTank, quietValues } from '../../support/quietGauge.ts';

const generic = gaugeProfile('generic-gauge');

describe.each(shippedGauges.map((profile) => [profile.profile, profile] as const))('%s', (_, profile) => {
  const encoder = gaugeEncoder(profile);

  it('reads back what it shows, of every tank, beside the other tanks', () => {
    const one = fc.record({
      volume: fc.integer({ min: 1, max: 90_000_000 }),
      height: fc.integer({ min: 0, max: 30_000 }),
      temperature: fc.integer({ min: -3_000, max: 6_000 }),
      delivery: fc.boolean(),
    });
    fc.assert(
      fc.property(
        fc.array(one, { minLength: profile.tanks.count, maxLength: profile.tanks.count }),
        (tanks) => {
          const map: RegisterMap = new Map();
          encoder.gauge({ standing: [], beat: 5 }, map);
          for (const [n, tank] of tanks.entries())
            encoder.tank(
              n + 1,
              { ...quietTank, delivery: tank.delivery, values: { ...quietValues, ...tank } },
              map,
            );
          for (const [n, tank] of tanks.entries()) {
            const look = lookAtTank(profile, n + 1, imageOf(map));
            expect([look.quality, look.reason, look.delivery]).toEqual(['good', '', tank.delivery]);
            // the coarsest of them shows whole gallons, tenths of an inch and of a degree Fahrenheit
            const off = (name: 'volume' | 'height' | 'temperature') =>
              profile.tank[name] ? Math.abs((look.values[name] ?? Number.NaN) - tank[name]) : 0;
            expect(off('volume')).toBeLessThanOrEqual(1_893);
            expect(off('height')).toBeLessThanOrEqual(13);
            expect(off('temperature')).toBeLessThanOrEqual(3);
          }
        },
      ),
      { numRuns: 50 },
    );
  });

  it('names every alarm bit that stands, and no other', () => {
    const words = profile.tank.status.flatMap(({ name, bits }) => bits.map((bit) => ({ name, ...bit })));
    for (const { name, bit, alarm, values, text } of words.filter((each) => each.alarm)) {
      const code = `${name}.${bit}`;
      const map = encoder.tank(
        1,
        { ...quietTank, standing: [code] },
        encoder.gauge({ standing: [], beat: 1 }),
      );
      const look = lookAtTank(profile, 1, imageOf(map));
      expect(look.alarms).toEqual([{ code, alarm, text }]);
      expect(look.quality).toBe(values ?? 'good');
      expect(look.reason).toBe(values ? text : '');
    }
  });

  it('any registers at all give a reading within bounds, never a crash', () => {
    const words = fc.array(fc.constantFrom(0, 1, 0x7fff, 0x8000, 0xffff, 0x1234), {
      minLength: 1,
      maxLength: 80,
    });
    fc.assert(
      fc.property(words, (pattern) => {
        const map: RegisterMap = new Map();
        let n = 0;
        for (const { table, address, count } of tankRanges(profile, 1))
          for (let at = 0; at < count; at++)
            map.set(`${table}:${address + at}`, pattern[n++ % pattern.length] ?? 0);
        const look = lookAtTank(profile, 1, imageOf(map));
        for (const name of gaugeFieldNames) {
          const value = look.values[name];
          if (value !== null) expect(Number.isSafeInteger(value)).toBe(true);
          if (name !== 'temperature' && value !== null) expect(value).toBeGreaterThanOrEqual(0);
        }
        expect(look.quality === 'good').toBe(look.reason === '');
        if (look.quality === 'good')
          expect(look.values[profile.tank.volume ? 'volume' : 'height']).not.toBeNull();
      }),
    );
  });
});

it('-0.1 degF is a temperature, though its bits are those of full scale', () => {
  const profile = gaugeProfile('pneumercator-tms');
  const map = gaugeEncoder(profile).tank(1, {
    ...quietTank,
    values: { ...quietValues, temperature: -1_783 },
  });
  gaugeEncoder(profile).gauge({ standing: [], beat: 1 }, map);
  expect(lookAtTank(profile, 1, imageOf(map))).toMatchObject({
    quality: 'good',
    values: { temperature: -1_783 },
  });
});

describe('a look at a tank', () => {
  const shown = (change: Partial<TankValues>, profile = generic, standing: string[] = []) => {
    const encoder = gaugeEncoder(profile);
    const map = encoder.tank(1, { ...quietTank, values: { ...quietValues, ...change } });
    encoder.gauge({ standing, beat: 1 }, map);
    return lookAtTank(profile, 1, imageOf(map));
  };

  it.each([
    ['the volume', 'volume', 'bad', 'volume: the gauge has no value'],
    ['the temperature', 'temperature', 'good', ''],
  ] as const)('without %s', (_, name, quality, reason) => {
    expect(shown({ [name]: null })).toMatchObject({
      quality,
      reason,
      values: { ...quietValues, [name]: null },
    });
  });

  it('of which a value cannot be: that one is left out, and the rest stays', () => {
    const look = shown({ density: 100_000 });
    expect(look).toMatchObject({ quality: 'uncertain', reason: 'density: 100.0 cannot be' });
    expect(look.values).toEqual({ ...quietValues, density: null });
    expect(look.faults).toEqual([{ field: 'density', reason: '100.0 cannot be' }]);
  });

  it('through a gauge that does not measure: nothing counts, no bit of a tank either', () => {
    const look = shown({}, generic, ['gauge.0']);
    expect(look).toMatchObject({
      quality: 'bad',
      reason: 'the gauge has lost its measuring unit',
      alarms: null,
    });
    expect(Object.values(look.values).every((value) => value === null)).toBe(true);
    expect(look.gaugeAlarms?.map(({ code }) => code)).toEqual(['gauge.0']);
  });

  it('takes the water off where the volume includes it, and tells where it cannot', () => {
    const wet = gaugeProfileSchema.parse({ ...generic, volumeIncludesWater: true });
    expect(shown({}, wet).values).toEqual(quietValues);
    expect(shown({ waterVolume: null }, wet)).toMatchObject({
      quality: 'uncertain',
      reason: 'volume: it includes water of unknown volume',
      values: { volume: 12_000_000 },
    });
    expect(shown({ waterVolume: null, water: 0 }, wet).quality).toBe('good');
    const drowned = gaugeEncoder(generic).tank(1, {
      ...quietTank,
      values: { ...quietValues, volume: 40_000 },
    });
    gaugeEncoder(generic).gauge({ standing: [], beat: 1 }, drowned);
    expect(lookAtTank(wet, 1, imageOf(drowned))).toMatchObject({
      quality: 'bad',
      reason: 'volume: less than the water in it',
      values: { volume: null },
    });
  });

  it('relies on the settings that the profile expects', () => {
    const expecting = madeGauge({
      device: { expect: [{ field: { address: 5 }, equals: [1, 2], text: 'volumes are in gallons' }] },
    });
    const look = (setting: number) =>
      lookAtTank(
        expecting,
        1,
        imageOf(
          new Map([
            ['holding:5', setting],
            ['holding:100', 0],
            ['holding:101', 7],
          ]),
        ),
      );
    expect(look(2)).toMatchObject({ quality: 'good', values: { volume: 700 } });
    expect(look(3)).toMatchObject({
      quality: 'bad',
      reason: 'not so at the gauge: volumes are in gallons (found 3)',
      values: { volume: null },
    });
  });

  it('understands a bit that is 0 while it holds, and a coil', () => {
    const profile = madeGauge({
      tank: {
        ...baseGauge.tank,
        status: [
          {
            name: 'm',
            field: { address: 102 },
            bits: [{ bit: 7, activeLow: true, values: 'uncertain', text: 'moves' }],
          },
          {
            name: 'c',
            field: { table: 'coil', address: 3, type: 'bit' },
            bits: [{ bit: 0, shows: 'delivery' }],
          },
        ],
      },
    });
    const look = (word: number, coil: number) =>
      lookAtTank(
        profile,
        2,
        imageOf(
          new Map([
            ['holding:110', 0],
            ['holding:111', 5],
            ['holding:112', word],
            ['coil:13', coil],
          ]),
        ),
      );
    expect(look(0x80, 0)).toMatchObject({ quality: 'good', delivery: false });
    expect(look(0, 1)).toMatchObject({ quality: 'uncertain', reason: 'moves', delivery: true });
  });
});
