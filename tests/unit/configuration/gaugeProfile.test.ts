/** What the schema of a gauge's profile refuses, and where it says so. */
import { describe, expect, it } from 'vitest';
import { gaugeProfileSchema } from '../../../src/model/config/gaugeProfile.ts';
import { baseGauge } from '../../support/quietGauge.ts';

describe('a profile of a gauge is refused', () => {
  const volume = baseGauge.tank.volume;
  it.each<[string, object, string, RegExp]>([
    ['with neither volume nor height', { tank: { temperature: { address: 1 } } }, 'tank', /volume.*height/],
    [
      'with a field beyond the last address',
      { tank: { volume: { address: 65_530, type: 'u32' } } },
      'tank.volume.address',
      /beyond address 65535/,
    ],
    [
      'with a field before the first address',
      { addressBase: 1, tank: { volume: { address: 0 } } },
      'tank.volume.address',
      /starts at 1/,
    ],
    ['with hoses', { tank: { volume: { ...volume, hoseStride: 2 } } }, 'tank.volume.hoseStride', /no hoses/],
    ['with several tanks in one place', { tanks: { count: 2 } }, 'tanks.stride', /need a stride/],
    ['whose water cannot be taken off', { volumeIncludesWater: true }, 'tank', /waterVolume/],
    [
      'with a bit that its word has not',
      {
        device: {
          status: [{ name: 's', field: { address: 1 }, bits: [{ bit: 16, values: 'bad', text: 't' }] }],
        },
      },
      'device.status.0.bits.0.bit',
      /bits 0 to 15/,
    ],
    [
      'with one bit twice',
      {
        tank: {
          volume,
          status: [
            {
              name: 's',
              field: { address: 1 },
              bits: [
                { bit: 1, shows: 'delivery' },
                { bit: 1, shows: 'leak-test' },
              ],
            },
          ],
        },
      },
      'tank.status.0.bits.1.bit',
      /twice/,
    ],
    [
      'with a bit that means nothing',
      { tank: { volume, status: [{ name: 's', field: { address: 1 }, bits: [{ bit: 1 }] }] } },
      'tank.status.0.bits.0',
      /what it means/,
    ],
    [
      'with an alarm without words',
      { tank: { volume, status: [{ name: 's', field: { address: 1 }, bits: [{ bit: 1, alarm: 'low' }] }] } },
      'tank.status.0.bits.0.text',
      /in words/,
    ],
    [
      'with two words of one name',
      {
        tank: {
          volume,
          status: [1, 2].map((address) => ({
            name: 's',
            field: { address },
            bits: [{ bit: 1, shows: 'delivery' }],
          })),
        },
      },
      'tank.status.1.name',
      /there twice/,
    ],
    [
      'with bits of a signed number',
      {
        tank: {
          volume,
          status: [{ name: 's', field: { address: 1, type: 'i16' }, bits: [{ bit: 1, shows: 'delivery' }] }],
        },
      },
      'tank.status.0.field.type',
      /u16/,
    ],
    [
      'with a delivery of the whole gauge',
      { device: { status: [{ name: 's', field: { address: 1 }, bits: [{ bit: 1, shows: 'delivery' }] }] } },
      'device.status.0.bits.0.shows',
      /of a tank/,
    ],
    [
      'with a setting that is a float',
      { device: { expect: [{ field: { address: 1, type: 'f32' }, equals: [1], text: 't' }] } },
      'device.expect.0.field.type',
      /whole number/,
    ],
  ])('%s', (_, more, path, message) => {
    const { success, error } = gaugeProfileSchema.safeParse({ ...baseGauge, ...more });
    expect(success).toBe(false);
    const found = error?.issues.find((issue) => issue.path.join('.') === path);
    expect(found?.message, JSON.stringify(error?.issues)).toMatch(message);
  });
});
