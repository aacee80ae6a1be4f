/** A gauge's numbers in our units, and back. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromTankUnit, rawOf, toTankUnit } from '../../../src/core/registers/tankScale.ts';
import { madeGauge } from '../../support/quietGauge.ts';

const units = madeGauge({});

describe('a gauge’s number in our units', () => {
  it.each([
    ['volume', 98_765n, 1, { volumeUnit: 'us-gallon' }, 37_386_619],
    ['volume', 100n, 0, { volumeUnit: 'imperial-gallon' }, 454_609],
    ['volume', '12345.6789', 0, {}, 12_345_679],
    ['height', 712n, 0, { heightUnit: 'tenth-inch' }, 18_085],
    ['height', 712n, 1, { heightUnit: 'inch' }, 18_085],
    ['height', 1234n, 0, { heightUnit: 'cm' }, 123_400],
    ['water', 5n, 1, {}, 5],
    ['temperature', 685n, 1, { temperatureUnit: 'fahrenheit' }, 2_028],
    ['temperature', -45n, 1, { temperatureUnit: 'fahrenheit' }, -2_028],
    ['temperature', 32n, 0, { temperatureUnit: 'fahrenheit' }, 0],
    ['temperature', '-0.125', 0, {}, -13],
    ['density', '0.7412', 0, { densityUnit: 'g-per-cm3' }, 741_200],
    ['density', 7_412n, 1, {}, 741_200],
  ] as const)('%s %s', (name, raw, decimals, unit, expected) => {
    expect(toTankUnit(name, raw, decimals, { ...units, ...unit })).toEqual({ ok: true, value: expected });
  });

  it.each([
    ['volume', -1n, 1, '-0.1 cannot be'],
    ['volume', 0xffffffffn, 0, '4294967295 cannot be'],
    ['height', 500_001n, 1, '50000.1 cannot be'],
    ['temperature', 20_001n, 2, '200.01 cannot be'],
    ['temperature', -10_001n, 2, '-100.01 cannot be'],
    ['density', 0n, 1, '0.0 cannot be'],
    ['density', 'half full', 0, 'not a number'],
    ['volume', '1e300', 0, '1e300 cannot be'],
  ] as const)('%s %s is none', (name, raw, decimals, reason) => {
    expect(toTankUnit(name, raw, decimals, units)).toEqual({ ok: false, reason });
  });

  it('comes back as the same raw number, whatever the unit', () => {
    const unit = fc.record({
      volumeUnit: fc.constantFrom('litre', 'us-gallon', 'imperial-gallon'),
      heightUnit: fc.constantFrom('mm', 'inch', 'tenth-inch'),
      temperatureUnit: fc.constantFrom('celsius', 'fahrenheit'),
      densityUnit: fc.constantFrom('kg-per-m3'),
    });
    const decimals = { volume: 2, height: 0, temperature: 1, density: 1 } as const;
    fc.assert(
      fc.property(
        unit,
        fc.constantFrom('volume', 'height', 'temperature', 'density'),
        fc.bigInt({ min: 4_000n, max: 14_000n }),
        (settings, name, raw) => {
          const given = name === 'temperature' ? raw - 4_200n : raw;
          const scaled = toTankUnit(name, given, decimals[name], settings);
          fc.pre(scaled.ok);
          const back = rawOf(fromTankUnit(name, scaled.ok ? scaled.value : 0, settings), decimals[name]);
          expect(back).toBe(given);
        },
      ),
    );
  });
});
