/** What a simulated TLS gauge answers: its tanks as records, in computer format and metric units. */
import { writeComputerFrame, writeUnknownFunction } from '../../core/tls/frame.ts';
import type { TlsFunction, TlsInventory, TlsReplies } from '../../core/tls/records.ts';
import { writeReply } from '../../core/tls/writer.ts';
import type { GaugeReport } from '../tanks/inflows.ts';
import type { GaugeShows } from '../tanks/shows.ts';
import type { TlsCommand } from './tlsIntake.ts';

/** A tank behind the gauge's own number. */
export interface TlsTank {
  readonly number: number;
  readonly label: string;
  readonly capacityLitres: number;
  shows(): GaugeShows;
  reports(): readonly GaugeReport[];
}

export interface TlsAnswers {
  /** The gauge's clock, `YYYYMMDDHHmm`. */
  time(): string;
  /** Of a moment of the simulation, milliseconds. */
  timeOf(simulatedMs: number): string;
  setClock(digits: string): void;
  readonly tanks: readonly TlsTank[];
  /** Inventories that were kept, oldest first. */
  history(tank: number): readonly { readonly time: string; readonly shows: GaugeShows }[];
}

const deliveryBit = 1;
const noAmounts = { mass: null, density: null, ullage90: null, ullage95: null, rejected: [] };

const inventoryOf = (tank: TlsTank, shows: GaugeShows): TlsInventory => ({
  ...noAmounts,
  tank: tank.number,
  product: String(tank.number % 10),
  status: shows.deliveryInProgress ? deliveryBit : 0,
  volume: shows.volumeLitres,
  tcVolume: shows.volume15Litres,
  ullage: shows.ullageLitres,
  height: shows.heightMm,
  water: shows.waterMm,
  temperature: shows.temperatureC,
  waterVolume: shows.waterLitres,
});

type Records = {
  readonly [F in TlsFunction]?: (tanks: readonly TlsTank[], gauge: TlsAnswers, data: string) => TlsReplies[F];
};

const records: Records = {
  '101': () => [],
  '111': () => [],
  '112': () => [],
  '201': (tanks) => tanks.map((tank) => inventoryOf(tank, tank.shows())),
  '202': (tanks, gauge) =>
    tanks.map((tank) => ({
      tank: tank.number,
      product: String(tank.number % 10),
      deliveries: tank
        .reports()
        .slice(-10)
        .map(({ startedAt, endedAt, start, end }) => ({
          start: gauge.timeOf(startedAt),
          end: gauge.timeOf(endedAt),
          startVolume: start.volumeLitres,
          startTc: start.volume15Litres,
          startWater: start.waterMm,
          startTemperature: start.temperatureC,
          endVolume: end.volumeLitres,
          endTc: end.volume15Litres,
          endWater: end.waterMm,
          endTemperature: end.temperatureC,
          startHeight: start.heightMm,
          endHeight: end.heightMm,
          ...{ more: [], rejected: [] },
        })),
    })),
  '205': (tanks) => tanks.map(({ number }) => ({ tank: number, types: [] })),
  '206': (tanks) => tanks.map(({ number }) => ({ tank: number, events: [] })),
  '21E': (tanks, gauge, since) =>
    tanks.map((tank) => ({
      tank: tank.number,
      product: String(tank.number % 10),
      records: gauge
        .history(tank.number)
        .filter(({ time }) => time.slice(2) >= since)
        .map(({ time, shows }) => ({ ...inventoryOf(tank, shows), time })),
    })),
  '501': (_, gauge) => gauge.time(),
  '517': () => 'metric',
  '602': (tanks) => tanks.map(({ number, label }) => ({ tank: number, label })),
  '604': (tanks) =>
    tanks.map(({ number, capacityLitres }) => ({ tank: number, value: capacityLitres, rejected: [] })),
  '610': (tanks) => tanks.map(({ number }) => ({ tank: number, minutes: 5 })),
};

/** The whole frame. What the gauge does not know, display format among it, is answered with 9999FF1B. */
export function answerTls(gauge: TlsAnswers, { function: name, tank, data }: TlsCommand): Uint8Array {
  const code = `${name}${tank}`;
  if (name === 's501') {
    gauge.setClock(data);
    return writeComputerFrame(code, gauge.time(), data);
  }
  const asked = Number(tank);
  const tanks = gauge.tanks.filter(({ number }) => asked === 0 || number === asked);
  const kind = name.slice(1) as TlsFunction;
  return name.startsWith('i') && kind in records
    ? writeComputerFrame(code, gauge.time(), dataOf(kind, tanks, gauge, data))
    : writeUnknownFunction();
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
