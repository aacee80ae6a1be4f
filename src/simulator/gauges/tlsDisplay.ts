/** Reports as a gauge prints them for people: what clones have that speak nothing else. Layout: 576013-635, display format. */
import type {
  TlsDeliveries,
  TlsFunction,
  TlsInventory,
  TlsReplies,
  TlsTankAlarms,
} from '../../core/tls/records.ts';
import { timeFields } from '../../core/tls/times.ts';

/** A tank's line needs its label beside what the records hold. */
interface Labelled {
  readonly number: number;
  readonly label: string;
}

const months = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
const words: Readonly<Record<number, string>> = {
  3: 'HIGH WATER ALARM',
  4: 'OVERFILL ALARM',
  5: 'LOW PRODUCT ALARM',
  7: 'HIGH PRODUCT ALARM',
  9: 'PROBE OUT',
  10: 'HIGH WATER WARNING',
};

/** Lines that end in LF; null: a report that such a gauge does not print. `time`: the gauge's, `YYYYMMDDHHmm`. */
export function displayText(
  kind: TlsFunction,
  records: TlsReplies[TlsFunction],
  time: string,
  tanks: readonly Labelled[],
): string | null {
  const body = bodyOf(kind, records, tanks);
  return body === null ? null : `${['', printed(time), '', ...body, ''].join('\n')}\n`;
}

function bodyOf(
  kind: TlsFunction,
  records: TlsReplies[TlsFunction],
  tanks: readonly Labelled[],
): readonly string[] | null {
  switch (kind) {
    case '101':
      return status(records as TlsReplies['101']);
    case '201':
      return inventory(records as TlsInventory[], tanks);
    case '202':
      return deliveries(records as TlsDeliveries[], tanks);
    case '205':
      return tankStatus(records as TlsTankAlarms[], tanks);
    default:
      return null;
  }
}

/** `JAN 22, 1996  3:06 PM` */
function printed(time: string): string {
  const { year, month, day, hour, minute } = timeFields(time);
  const clock = `${String(hour % 12 || 12).padStart(2)}:${String(minute).padStart(2, '0')} ${hour < 12 ? 'AM' : 'PM'}`;
  return `${months[month - 1]} ${String(day).padStart(2)}, ${year} ${clock}`;
}

const column = (value: number | null, width: number, decimals: number): string =>
  (value === null ? '?'.repeat(width - 1) : value.toFixed(decimals)).padStart(width);
const labelOf = (tanks: readonly Labelled[], tank: number): string =>
  (tanks.find(({ number }) => number === tank)?.label ?? '').padEnd(20);

const inventory = (records: readonly TlsInventory[], tanks: readonly Labelled[]): string[] => [
  'IN-TANK INVENTORY',
  '',
  'TANK PRODUCT             VOLUME TC VOLUME   ULLAGE   HEIGHT    WATER     TEMP',
  ...records.map(
    ({ tank, volume, tcVolume, ullage, height, water, temperature }) =>
      `${String(tank).padStart(3)}  ${labelOf(tanks, tank)}${column(volume, 8, 0)}${column(tcVolume, 10, 0)}` +
      `${column(ullage, 9, 0)}${column(height, 9, 2)}${column(water, 9, 2)}${column(temperature, 9, 2)}`,
  ),
];

const deliveries = (records: readonly TlsDeliveries[], tanks: readonly Labelled[]): string[] => [
  'DELIVERY REPORT',
  '',
  ...records.flatMap(({ tank, deliveries: all }) => [
    `T ${tank}:${labelOf(tanks, tank).trimEnd()}`,
    'INCREASE   DATE / TIME              LITERS  TC LITERS   WATER  TEMP DEG C   HEIGHT',
    '',
    ...all
      .toReversed()
      .flatMap((each) => [
        moment('  END', each.end, [
          each.endVolume,
          each.endTc,
          each.endWater,
          each.endTemperature,
          each.endHeight,
        ]),
        moment('START', each.start, [
          ...[each.startVolume, each.startTc, each.startWater, each.startTemperature, each.startHeight],
        ]),
        `   AMOUNT:${column((each.endVolume ?? 0) - (each.startVolume ?? 0), 10, 0)}`,
        '',
      ]),
  ]),
];

function moment(
  name: string,
  time: string,
  [volume, tc, water, temperature, height]: (number | null)[],
): string {
  const numbers = `${column(volume ?? null, 10, 0)}${column(tc ?? null, 10, 0)}${column(water ?? null, 9, 2)}`;
  return `${name}: ${printed(time)}${numbers}${column(temperature ?? null, 9, 2)}${column(height ?? null, 9, 2)}`;
}

const status = (records: TlsReplies['101']): string[] => [
  'SYSTEM STATUS REPORT',
  '',
  ...(records.length === 0
    ? ['ALL FUNCTIONS NORMAL']
    : records.map(({ type, device }) => `T ${device}:${words[type] ?? 'ALARM'}`)),
];

const tankStatus = (records: readonly TlsTankAlarms[], tanks: readonly Labelled[]): string[] => [
  'TANK   PRODUCT                 STATUS',
  '',
  ...records.flatMap(({ tank, types }) => {
    const [first = 'NORMAL', ...more] = types.map((type) => words[type] ?? 'ALARM');
    return [
      `${String(tank).padStart(3)}   ${labelOf(tanks, tank)}   ${first}`,
      ...more.map((each) => `${' '.repeat(29)}${each}`),
    ];
  }),
];
