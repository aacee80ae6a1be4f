/** A gauge at rest, and profiles made by a test. */
import type { TankValues } from '../../src/core/registers/tankDecoder.ts';
import { type GaugeProfile, gaugeProfileSchema } from '../../src/model/config/gaugeProfile.ts';

export const baseGauge = {
  ...{ kind: 'gauge', profile: 'made', title: 'made', source: 'made by the test' },
  tanks: { count: 3, stride: 10 },
  tank: { volume: { address: 100, type: 'u32', decimals: 1 } },
};
/** The least profile with more to it. */
export const madeGauge = (more: object): GaugeProfile => gaugeProfileSchema.parse({ ...baseGauge, ...more });

export const quietValues: TankValues = {
  ...{ volume: 12_000_000, correctedVolume: 11_950_000, ullage: 8_000_000, height: 12_000, water: 100 },
  ...{ waterVolume: 50_000, temperature: 1_834, density: 741_200 },
};
export const quietTank = { values: quietValues, delivery: false, leakTest: false, standing: [] };
