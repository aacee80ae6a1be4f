/** What alarm numbers mean, in words and in the trade's kinds. Source: Veeder-Root 576013-635. */
import type { TankAlarmKind } from '../../model/tank.ts';
import type { TlsAlarm } from './records.ts';

/** Category of the alarms of tanks: their device is the tank. */
export const tankCategory = 2;

const categories: Readonly<Record<number, string>> = {
  1: 'system',
  2: 'tank',
  3: 'liquid sensor',
  4: 'vapour sensor',
  5: 'input',
  6: 'volumetric line leak',
  7: 'groundwater sensor',
  8: 'type A sensor',
  12: 'type B sensor',
  13: 'universal sensor',
  14: 'auto-dial',
  18: 'dispenser interface',
  19: 'dispenser interface',
  20: 'product',
  21: 'line leak',
  26: 'wireless line leak',
  28: 'smart sensor',
  29: 'Modbus',
  30: 'vapour recovery site',
  31: 'vapour recovery hose',
  32: 'vapour flow meter',
  33: 'vapour pressure',
  34: 'pump relay',
  35: 'vapour dispenser interface',
  36: 'vapour monitor',
  99: 'external',
};

interface Meaning {
  readonly text: string;
  readonly kind: TankAlarmKind;
}

const tankTypes: Readonly<Record<number, Meaning>> = {
  1: { text: 'set-up data warning', kind: 'gauge-alarm' },
  2: { text: 'leak', kind: 'leak-suspected' },
  3: { text: 'high water', kind: 'water' },
  4: { text: 'overfill', kind: 'overfill' },
  5: { text: 'low product', kind: 'low' },
  6: { text: 'sudden loss', kind: 'sudden-loss' },
  7: { text: 'high product', kind: 'high' },
  8: { text: 'invalid fuel level', kind: 'gauge-alarm' },
  9: { text: 'probe out', kind: 'probe-lost' },
  10: { text: 'high water warning', kind: 'water-warning' },
  11: { text: 'delivery needed', kind: 'gauge-alarm' },
  12: { text: 'maximum product', kind: 'high' },
  13: { text: 'gross leak test failed', kind: 'leak-suspected' },
  14: { text: 'periodic leak test failed', kind: 'leak-suspected' },
  15: { text: 'annual leak test failed', kind: 'leak-suspected' },
  16: { text: 'periodic test needed (warning)', kind: 'gauge-alarm' },
  17: { text: 'annual test needed (warning)', kind: 'gauge-alarm' },
  18: { text: 'periodic test needed (alarm)', kind: 'gauge-alarm' },
  19: { text: 'annual test needed (alarm)', kind: 'gauge-alarm' },
  20: { text: 'leak test active', kind: 'gauge-alarm' },
  21: { text: 'no idle time for the continuous test', kind: 'gauge-alarm' },
  22: { text: 'siphon break', kind: 'gauge-alarm' },
  23: { text: 'rate of the continuous test', kind: 'gauge-alarm' },
  24: { text: 'calibration', kind: 'gauge-alarm' },
  25: { text: 'reconciliation warning', kind: 'gauge-alarm' },
  26: { text: 'reconciliation alarm', kind: 'stock-variance' },
  27: { text: 'cold temperature', kind: 'gauge-alarm' },
  28: { text: 'missing delivery ticket', kind: 'gauge-alarm' },
  29: { text: 'gross leak of the line', kind: 'leak-suspected' },
  30: { text: 'delivery density', kind: 'gauge-alarm' },
};

const two = (value: number): string => String(value).padStart(2, '0');

/** `0203`: category and type; other devices than tanks follow, `0302/05`, because several may have the same alarm. */
export function alarmCode({ category, type, device }: TlsAlarm): string {
  const code = `${two(category)}${two(type)}`;
  return category === tankCategory || device === 0 ? code : `${code}/${two(device)}`;
}

/** The alarm in words, and the trade's kind, `gauge-alarm` where there is none. */
export function alarmMeaning({ category, type, device }: TlsAlarm): Meaning {
  if (category === tankCategory)
    return tankTypes[type] ?? { text: `tank alarm ${two(type)}`, kind: 'gauge-alarm' };
  const what = categories[category] ?? `category ${two(category)}`;
  const of = device === 0 ? '' : ` ${device}`;
  return { text: `${what}${of}: alarm ${two(type)}`, kind: 'gauge-alarm' };
}

/** Words that gauges print in display format; longer ones first where one holds another. */
const printed: readonly (readonly [RegExp, number])[] = [
  [/HIGH WATER WARN/, 10],
  [/HIGH WATER/, 3],
  [/OVERFILL/, 4],
  [/LOW PRODUCT/, 5],
  [/SUDDEN LOSS/, 6],
  [/HIGH PRODUCT/, 7],
  [/MAX(IMUM)? PRODUCT/, 12],
  [/INVALID/, 8],
  [/PROBE OUT/, 9],
  [/DELIVERY NEEDED/, 11],
  [/GROSS (LEAK )?TEST FAIL/, 13],
  [/PERIODIC (LEAK )?TEST FAIL/, 14],
  [/ANNUAL (LEAK )?TEST FAIL/, 15],
  [/LEAK ALARM/, 2],
  [/SET-?UP DATA/, 1],
  [/COLD TEMP/, 27],
  [/MISSING (DELIVERY )?TICKET/, 28],
];

/** Type of a tank's alarm by the words a gauge prints; null: words that nobody knows. */
export function printedType(words: string): number | null {
  return printed.find(([pattern]) => pattern.test(words.toUpperCase()))?.[1] ?? null;
}
