/**
 * The order of the floats in each reply. Assumption: the ten first of i202 are the ten first of a TLS-4xx's sixteen too.
 */
import type { TlsDelivery, TlsInventory } from './records.ts';

type Amount = Exclude<keyof TlsInventory, 'tank' | 'product' | 'status' | 'rejected'>;

const i201 = [
  'volume',
  'tcVolume',
  'ullage',
  'height',
  'water',
  'temperature',
  'waterVolume',
] as const satisfies readonly Amount[];

export const inventoryLayouts = {
  '201': i201,
  '214': ['volume', 'mass', 'density', 'height', 'water', 'temperature'],
  '21A': i201.map((name) => (name === 'ullage' ? 'safeUllage' : name)),
  '21E': i201,
} as const satisfies Record<string, readonly Amount[]>;

export const allAmounts = [...i201, 'mass', 'density', 'safeUllage'] as const satisfies readonly Amount[];

export const deliveryLayout = [
  'startVolume',
  'startTc',
  'startWater',
  'startTemperature',
  'endVolume',
  'endTc',
  'endWater',
  'endTemperature',
  'startHeight',
  'endHeight',
] as const satisfies readonly Exclude<keyof TlsDelivery, 'start' | 'end' | 'more' | 'rejected'>[];
