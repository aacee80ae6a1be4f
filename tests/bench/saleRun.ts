/** Runs the station, its dispensers and its listeners, one sale after the other, and brings their stamps together. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { openBareCommit } from './saleBare.ts';
import { startBroker } from './saleBroker.ts';
import { listenToApi, listenToBroker } from './saleListeners.ts';
import {
  type BayId,
  bays,
  type FromDispenser,
  type FromStation,
  type Ports,
  type Reply,
  type ToDispenser,
  type ToStation,
  type Transaction,
} from './saleMessages.ts';

export interface MeasuredSale {
  readonly bay: BayId;
  /** One FULL commit of as many bytes, next to this sale. */
  readonly bareMs: number;
  readonly replies: readonly Reply[];
  readonly transaction: Transaction;
  /** Transactions between the hang-up's reply and the sale's. */
  readonly before: readonly Transaction[];
  readonly apiAt: number;
  readonly mqttAt: number;
}

export interface RunOptions {
  readonly sales: number;
  readonly directory: string;
  /** A folder for a CPU profile of the daemon; null: none. */
  readonly profileTo: string | null;
  /** Further parts of the station's file. */
  readonly station?: object;
  /** Modules that the daemon imports first. */
  readonly imports?: readonly string[];
  /** Before the first car. */
  readonly atStart?: (socket: string) => Promise<void>;
  /** After the last sale, while the daemon still runs. */
  readonly atEnd?: (daemon: { readonly pid: number; readonly socket: string }) => Promise<void>;
}

export interface SaleRun {
  readonly broker: string;
  /** Bound values of one sale's transaction. */
  readonly bytes: number;
  readonly sales: readonly MeasuredSale[];
  readonly transactions: readonly Transaction[];
  readonly cpuMs: number;
}

export const warmUp = 20;
const cards = 40;
const cardNumber = (n: number): string => String(1_000_000_000 + (n % cards));

export async function runSales(options: RunOptions): Promise<SaleRun> {
  const { directory, profileTo } = options;
  const stops: (() => unknown)[] = [];
  try {
    const broker = await startBroker(directory);
    stops.push(broker.stop);
    const dispenser = fork(script('saleDispenser.ts'));
    stops.push(() => dispenser.disconnect());
    const { ports } = await answer<FromDispenser, 'listening'>(dispenser, 'listening');
    const file = writeStation(directory, ports, broker.port, options.station ?? {});
    const profiling =
      profileTo === null ? [] : ['--cpu-prof', '--cpu-prof-interval=100', `--cpu-prof-dir=${profileTo}`];
    const execArgv = [...profiling, ...(options.imports ?? []).flatMap((module) => ['--import', module])];
    const station = fork(script('saleStation.ts'), [file], { execArgv, serialization: 'advanced' });
    stops.push(() => endStation(station));
    await answer<FromStation, 'running'>(station, 'running');
    const socket = join(directory, 'store', 'forecourt.sock');
    const api = await listenToApi(socket);
    stops.push(api.close);
    const mqtt = await listenToBroker(broker.port);
    stops.push(mqtt.close);
    const bare = openBareCommit(directory);
    stops.push(bare.close);
    await sleep(500);
    await options.atStart?.(socket);

    const toDispenser = (message: ToDispenser): void => void dispenser.send(message);
    const toStation = (message: ToStation): void => void station.send(message);
    /** A car: card, fuelling, hang-up, credit at both listeners. */
    const sell = async (n: number, bay: BayId) => {
      const known = api.next('member.brief');
      toDispenser({ kind: 'card', bay, number: cardNumber(n) });
      await known;
      const arrivals = Promise.all([api.next('credit.posted'), mqtt.next('credit.posted')]);
      toDispenser({ kind: 'fuel', bay, saleNumber: 1 + (n >> 1), volumeCl: 2000 + ((n * 37) % 2000) });
      const [atApi, atMqtt] = await arrivals;
      return { apiAt: atApi.at, mqttAt: atMqtt.at };
    };

    for (let n = 0; n < warmUp; n++) {
      await sell(n, bayOf(n));
      bare.commit(4096);
    }
    const counted = (await report(station)).transactions.flatMap((each) =>
      each.sale ? [each.bytes ?? 0] : [],
    );
    const bytes = Math.round(counted.reduce((sum, each) => sum + each, 0) / counted.length);
    toStation({ kind: 'stop-counting' });

    const met: { n: number; bareMs: number; apiAt: number; mqttAt: number }[] = [];
    for (let n = warmUp; n < warmUp + options.sales; n++) {
      // Next to each sale, by turns before and after it, so that a disk that drifts is the same for both.
      const first = n % 4 < 2 ? bare.commit(bytes) : null;
      const arrived = await sell(n, bayOf(n));
      await sleep(5);
      met.push({ n, bareMs: first ?? bare.commit(bytes), ...arrived });
    }

    await options.atEnd?.({ pid: station.pid ?? 0, socket });
    const { transactions, cpuMs } = await report(station);
    const hangUps = answer<FromDispenser, 'report'>(dispenser, 'report');
    toDispenser({ kind: 'report' });
    const told = (await hangUps).hangUps;
    const sales = met.map(({ n, ...rest }): MeasuredSale => {
      const bay = bays[n % 2] ?? bays[0];
      const saleNumber = 1 + (n >> 1);
      const replies =
        told.find((each) => each.bay === bay.id && each.saleNumber === saleNumber)?.replies ?? [];
      const index = transactions.findIndex(
        ({ sale }) => sale?.fuellingPoint === bay.fuellingPoint && sale.saleNumber === saleNumber,
      );
      const transaction = transactions[index];
      const [shown] = replies;
      if (!transaction || !shown) throw new Error(`sale ${saleNumber} of ${bay.id} has no stamps`);
      const before = transactions.slice(0, index).filter((each) => each.begunAt > shown.at);
      return { bay: bay.id, replies, transaction, before, ...rest };
    });
    return { broker: broker.name, bytes, sales, transactions, cpuMs };
  } finally {
    for (const stop of stops.reverse()) await stop();
  }
}

const bayOf = (n: number): BayId => (bays[n % 2] ?? bays[0]).id;
const script = (name: string): string => fileURLToPath(import.meta.resolve(`./${name}`));

/** The next message of one kind. Rejects when the process ends instead. */
function answer<M extends { kind: string }, K extends M['kind']>(
  child: ChildProcess,
  kind: K,
): Promise<Extract<M, { kind: K }>> {
  return new Promise((resolve, reject) => {
    const ended = (code: number | null): void => reject(new Error(`${child.spawnfile} ended with ${code}`));
    const take = (message: M): void => {
      if (message.kind !== kind) return;
      child.off('message', take);
      child.off('exit', ended);
      resolve(message as Extract<M, { kind: K }>);
    };
    child.on('message', take);
    child.once('exit', ended);
  });
}

function report(station: ChildProcess): Promise<Extract<FromStation, { kind: 'report' }>> {
  const told = answer<FromStation, 'report'>(station, 'report');
  station.send({ kind: 'report' } satisfies ToStation);
  return told;
}

async function endStation(station: ChildProcess): Promise<void> {
  if (station.exitCode !== null) return;
  station.send({ kind: 'stop' } satisfies ToStation);
  await once(station, 'exit');
}

/** JSON is YAML too. */
function writeStation(
  directory: string,
  ports: Readonly<Record<BayId, Ports>>,
  mqttPort: number,
  more: object,
): string {
  const host = '127.0.0.1';
  mkdirSync(join(directory, 'store'), { recursive: true });
  const members = Array.from({ length: cards }, (_, n) => ({
    id: `m-${n}`,
    tier: n % 3 === 0 ? 'vip' : 'ordinary',
    vehicles: [{ plate: `A-${10_000 + n}`, grade: '92', tankLitres: 60 }],
    cards: [{ number: cardNumber(n), format: 'number' }],
  }));
  const station = {
    site: { id: 'BENCH', zone: 'Asia/Shanghai', businessDayStart: '06:00', currency: 'CNY' },
    store: { directory: 'store' },
    lines: bays.map(({ id }) => ({ id, kind: 'modbus-tcp', host, port: ports[id].line })),
    devices: bays.map(({ id }) => ({ id, profile: id, line: id, unit: 1 })),
    grades: ['92', '95', '98', 'diesel'].map((id) => ({ id })),
    fuellingPoints: bays.map(({ id, fuellingPoint }) => ({
      id: fuellingPoint,
      device: id,
      nozzles: [{ id: fuellingPoint.slice(2), grade: '92' }],
    })),
    readers: bays.map(({ id, fuellingPoint, reader }) => ({
      id: reader,
      kind: 'line',
      fuellingPoints: [fuellingPoint],
      connection: { kind: 'tcp', host, port: ports[id].reader },
    })),
    program: fileURLToPath(import.meta.resolve('../../config/programs/standard.yaml')),
    members: 'members.yaml',
    profiles: [fileURLToPath(import.meta.resolve('./sale'))],
    mqtt: { host, port: mqttPort },
    ...more,
  };
  const file = join(directory, 'station.yaml');
  writeFileSync(join(directory, 'members.yaml'), JSON.stringify({ members }));
  writeFileSync(file, JSON.stringify(station));
  return file;
}
