/** What a simulated TLS gauge answers: its tanks as records, in metric units, in the format that is asked for. */
import { writeComputerFrame, writeDisplayFrame, writeUnknownFunction } from '../../core/tls/frame.ts';
import type {
  SettingFunction,
  TlsAlarmEvent,
  TlsDelivery,
  TlsFunction,
  TlsInventory,
  TlsReplies,
} from '../../core/tls/records.ts';
import { writeReply } from '../../core/tls/writer.ts';
import type { TankAlarmKind } from '../../model/tank.ts';
import type { GaugeReport } from '../tanks/inflows.ts';
import type { GaugeShows } from '../tanks/shows.ts';
import type { AlarmEvent, LevelLimits } from './levelWatch.ts';
import type { CloneHabits } from './options.ts';
import { displayText } from './tlsDisplay.ts';
import type { TlsCommand } from './tlsIntake.ts';

/** A tank behind the gauge's own number. Times are simulated milliseconds. */
export interface TlsTank {
  readonly number: number;
  readonly label: string;
  readonly capacityLitres: number;
  readonly limits: LevelLimits;
  readonly density15: number;
  /** null: its probe is out. */
  shows(): GaugeShows | null;
  reports(): readonly GaugeReport[];
  standing(): ReadonlySet<TankAlarmKind>;
  alarmEvents(): readonly AlarmEvent[];
  /** Recorded before the start: `at` is negative, real milliseconds. */
  readonly past: readonly { readonly at: number; readonly shows: GaugeShows }[];
  /** Litres that nozzles took between the two. */
  drawn(from: number, to: number): number;
}

export interface TlsAnswers {
  readonly habits: CloneHabits;
  /** The gauge's clock, `YYYYMMDDHHmm`. */
  time(): string;
  /** Of a moment of the simulation, milliseconds. */
  timeOf(simulatedMs: number): string;
  /** `YYMMDDHHmm`; false: that is no time. */
  setClock(digits: string): boolean;
  readonly tanks: readonly TlsTank[];
  /** Inventories that were kept, oldest first. */
  history(tank: number): readonly { readonly time: string; readonly shows: GaugeShows }[];
}

const deliveryBit = 1;
const invalidHeightBit = 4;
const tankCategory = 2;
const deliveriesKept = 10;
const diameterMm = 2_400;
/** As a gauge is installed with; litres. */
const suddenLossLitres = 190;
/** Numbers of the manual; kinds that it does not have are not told. */
const alarmTypes: Readonly<Partial<Record<TankAlarmKind, number>>> = {
  water: 3,
  overfill: 4,
  low: 5,
  high: 7,
  'probe-lost': 9,
  'water-warning': 10,
};
/** i111; the others are in i112. */
const priority: ReadonlySet<number> = new Set([3, 4, 5, 9]);
const noAmounts = {
  ...{ volume: null, tcVolume: null, ullage: null, height: null, water: null, temperature: null },
  ...{ waterVolume: null, mass: null, density: null, safeUllage: null, rejected: [] },
};

const productOf = ({ number }: TlsTank): string => String(number % 10);
const typesOf = (tank: TlsTank): number[] => [...tank.standing()].flatMap((kind) => alarmTypes[kind] ?? []);

function inventoryOf(tank: TlsTank, shows: GaugeShows | null, { centimetres }: CloneHabits): TlsInventory {
  const about = { ...noAmounts, tank: tank.number, product: productOf(tank) };
  if (shows === null) return { ...about, status: invalidHeightBit };
  const length = (mm: number): number => (centimetres ? mm / 10 : mm);
  const full = tank.capacityLitres - shows.ullageLitres;
  return {
    ...about,
    status: shows.deliveryInProgress ? deliveryBit : 0,
    volume: shows.volumeLitres,
    tcVolume: shows.volume15Litres,
    ullage: shows.ullageLitres,
    height: length(shows.heightMm),
    water: length(shows.waterMm),
    temperature: shows.temperatureC,
    waterVolume: shows.waterLitres,
    mass: (shows.volume15Litres * tank.density15) / 1000,
    density: tank.density15,
    safeUllage: Math.max(0, 0.95 * tank.capacityLitres - full),
  };
}

const inventories = (tanks: readonly TlsTank[], gauge: TlsAnswers): TlsInventory[] =>
  tanks.map((tank) => inventoryOf(tank, tank.shows(), gauge.habits));

function deliveriesOf(tanks: readonly TlsTank[], gauge: TlsAnswers, most: number) {
  const length = (mm: number): number => (gauge.habits.centimetres ? mm / 10 : mm);
  return tanks.map((tank) => ({
    tank: tank.number,
    product: productOf(tank),
    deliveries: tank
      .reports()
      .slice(-most)
      .map(
        ({ startedAt, endedAt, start, end }): TlsDelivery => ({
          start: gauge.timeOf(startedAt),
          end: gauge.timeOf(endedAt),
          startVolume: start.volumeLitres,
          startTc: start.volume15Litres,
          startWater: length(start.waterMm),
          startTemperature: start.temperatureC,
          endVolume: end.volumeLitres,
          endTc: end.volume15Litres,
          endWater: length(end.waterMm),
          endTemperature: end.temperatureC,
          startHeight: length(start.heightMm),
          endHeight: length(end.heightMm),
          ...{ more: [], rejected: [] },
        }),
      ),
  }));
}

/** i21B has 21 floats; those of six thermistors at the start and at the end are all the tank's one temperature. */
const adjustedOf = (tanks: readonly TlsTank[], gauge: TlsAnswers): TlsReplies['21B'] =>
  deliveriesOf(tanks, gauge, deliveriesKept).map(({ tank: number, deliveries }, index) => ({
    tank: number,
    deliveries: deliveries.map((each, n) => {
      const report = tanks[index]?.reports().slice(-deliveriesKept)[n];
      const dispensed = report ? (tanks[index]?.drawn(report.startedAt, report.endedAt) ?? 0) : 0;
      const rise = (each.endVolume ?? 0) - (each.startVolume ?? 0);
      const riseTc = (each.endTc ?? 0) - (each.startTc ?? 0);
      const { start, end, startVolume, startTemperature, startHeight } = each;
      const { endVolume, endTemperature, endHeight } = each;
      const six = (value: number | null) => new Array<number | null>(6).fill(value);
      const values = [
        ...[startVolume, endVolume, rise + dispensed, riseTc + dispensed],
        ...[startHeight, ...six(startTemperature), endHeight, ...six(endTemperature)],
        ...[dispensed, startTemperature, endTemperature],
      ];
      return { start, end, values, rejected: [] };
    }),
  }));

const alarmHistory =
  (wanted: (type: number) => boolean) =>
  (tanks: readonly TlsTank[], gauge: TlsAnswers): TlsAlarmEvent[] =>
    tanks
      .flatMap((tank) => tank.alarmEvents().map((event) => ({ ...event, device: tank.number })))
      .sort((one, other) => other.at - one.at)
      .flatMap(({ at, kind, active, device }) => {
        const type = alarmTypes[kind];
        if (type === undefined || !wanted(type)) return [];
        const state = active ? 'occurred' : 'cleared';
        return [
          { category: tankCategory, sensor: '00', type, device, state, time: gauge.timeOf(at) } as const,
        ];
      });

const setting = (value: (tank: TlsTank) => number) => (tanks: readonly TlsTank[]) =>
  tanks.map((tank) => ({ tank: tank.number, value: value(tank), rejected: [] }));

const settings: { readonly [F in SettingFunction]: (tanks: readonly TlsTank[]) => TlsReplies[F] } = {
  '604': setting(({ capacityLitres }) => capacityLitres),
  '607': setting(() => diameterMm),
  '621': setting(({ limits }) => limits.lowLitres),
  '622': setting(({ limits }) => limits.highLitres),
  '623': setting(({ limits }) => limits.overfillLitres),
  '624': setting(({ limits }) => limits.waterMm),
  '625': setting(() => suddenLossLitres),
  '628': setting(({ capacityLitres }) => capacityLitres),
  '629': setting(({ capacityLitres }) => 0.25 * capacityLitres),
};

type Records = {
  readonly [F in TlsFunction]?: (tanks: readonly TlsTank[], gauge: TlsAnswers, data: string) => TlsReplies[F];
};

const records: Records = {
  ...settings,
  '101': (tanks) =>
    tanks.flatMap((tank) =>
      typesOf(tank).map((type) => ({ category: tankCategory, type, device: tank.number })),
    ),
  '111': alarmHistory((type) => priority.has(type)),
  '112': alarmHistory((type) => !priority.has(type)),
  '201': inventories,
  '214': inventories,
  '21A': inventories,
  '202': (tanks, gauge) => deliveriesOf(tanks, gauge, deliveriesKept),
  '20C': (tanks, gauge) => deliveriesOf(tanks, gauge, 1),
  '21B': adjustedOf,
  '205': (tanks) => tanks.map((tank) => ({ tank: tank.number, types: typesOf(tank) })),
  '206': (tanks, gauge) =>
    tanks.map((tank) => ({
      tank: tank.number,
      events: tank.alarmEvents().flatMap(({ at, kind, active }) => {
        const type = alarmTypes[kind];
        return active && type !== undefined ? [{ time: gauge.timeOf(at), type }] : [];
      }),
    })),
  '21E': (tanks, gauge, since) =>
    tanks.map((tank) => ({
      tank: tank.number,
      product: productOf(tank),
      records: gauge
        .history(tank.number)
        .filter(({ time }) => time.slice(2) >= since)
        .map(({ time, shows }) => ({ ...inventoryOf(tank, shows, gauge.habits), time })),
    })),
  '501': (_, gauge) => gauge.time(),
  '505': () => 'metric',
  '517': () => 'metric',
  '602': (tanks) => tanks.map(({ number, label }) => ({ tank: number, label })),
  '610': (tanks) => tanks.map(({ number }) => ({ tank: number, minutes: 5 })),
};

/**
 * The whole frame. What the gauge does not know is answered with 9999FF1B.
 * @param absent tank whose values are `?` in this reply; null: none
 */
export function answerTls(
  gauge: TlsAnswers,
  { function: name, tank, data }: TlsCommand,
  absent: number | null = null,
): Uint8Array {
  const code = `${name}${tank}`;
  const kind = name.slice(1) as TlsFunction;
  const { habits } = gauge;
  const computer = /^[is]/.test(name);
  if ((computer && habits.displayOnly) || habits.lacks.includes(kind)) return writeUnknownFunction();
  if (/^s501/i.test(name)) {
    if (!gauge.setClock(data)) return writeUnknownFunction();
    return computer ? writeComputerFrame(code, gauge.time(), data) : writeDisplayFrame(code, '\nOK\n');
  }
  const make = records[kind];
  if (!/^i/i.test(name) || !make) return writeUnknownFunction();
  const tanks = gauge.tanks
    .filter(({ number }) => Number(tank) === 0 || number === Number(tank))
    .map((each) => (each.number === absent ? { ...each, shows: () => null } : each));
  if (computer) return writeComputerFrame(code, gauge.time(), dataOf(kind, tanks, gauge, data));
  const text = displayText(kind, make(tanks, gauge, data), gauge.time(), tanks);
  return text === null ? writeUnknownFunction() : writeDisplayFrame(code, text);
}

function dataOf<F extends TlsFunction>(
  kind: F,
  tanks: readonly TlsTank[],
  gauge: TlsAnswers,
  data: string,
): string {
  const make = records[kind];
  return make ? writeReply(kind, make(tanks, gauge, data)) : '';
}
