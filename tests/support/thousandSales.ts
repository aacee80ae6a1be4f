/** A station with 16 nozzles on four lines, and its drivers: a busy day that passes in three minutes. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { onTestFinished } from 'vitest';
import type { EventData, EventType } from '../../src/model/events.ts';
import { type FaultPlan, faultPresets } from '../../src/simulator/faults.ts';
import type { Behaviour, Simulation } from '../../src/simulator/options.ts';
import { createSimulation } from '../../src/simulator/simulation.ts';
import { type LoadedStation, loadStation } from '../../src/station/configuration/load.ts';
import { problemText } from '../../src/station/configuration/problem.ts';
import { systemClock } from '../../src/station/systemClock.ts';
import { freePort } from './freePort.ts';
import { shippedDispensers } from './profiles.ts';
import { type StationFile, writeStation } from './station.ts';
import { recordingLog } from './tempStore.ts';

/** Drivers and dispensers are so many times as fast as life; the wire and the daemon are not. */
const speed = 20;
const seed = 20261122;

/** Therefore all that a device is granted is as short as the wire allows. */
const timing = {
  timeoutMs: 60,
  lateReplyMs: 100,
  minGapMs: 0,
  fastMs: 30,
  normalMs: 60,
  slowMs: 1_000,
  settleMs: 400,
};

/**
 * Faults of the wire and the devices at such rates that a dispenser is hardly ever unseen for longer than one driver
 * takes: what two drivers bought meanwhile, one without sale numbers cannot tell apart. In life a driver takes minutes,
 * here a second. Second copies of replies have tests of their own.
 */
export const dayFaults: FaultPlan = {
  ...faultPresets.harsh,
  rates: {
    late: 0.005,
    'bad-crc': 0.004,
    echo: 0.005,
    silence: 0.003,
    noise: 0.008,
    'illegal-address': 0.003,
    truncated: 0.001,
    reboot: 0.02,
    'link-drop': 0.0003,
  },
  lateMs: [70, 120],
  rebootMs: 4_000,
};

/**
 * Whole seconds, which are long for these drivers. A second after the end the next one may have scanned, so what is
 * scanned after the end is nobody's.
 */
const matching = { beforeS: 1, afterS: 0, slowS: 0, oldS: 1, lateS: 0, promptS: 1, waitS: 0, sharedWaitS: 0 };

const behaviour: Partial<Behaviour> = {
  // Longer than the window before, so that a scan can be of one driver only.
  emptyMs: [23_000, 27_000],
  scanToLiftMs: [3_000, 8_000],
  hangUpToScanMs: [1_500, 6_000],
  authoriseMs: [2_000, 5_000],
  fillMl: [3_000, 12_000],
  totalizerStart: 'near-rollover',
};

const grades = ['92', '95', '98', 'diesel'];

interface Island {
  readonly line: string;
  readonly profile: string;
  readonly devices: readonly string[];
  /** Fuelling points of one device, and nozzles of one point. */
  readonly points: number;
  readonly nozzles: number;
  readonly writes?: boolean;
}
const islands: readonly Island[] = [
  { line: 'tcp-1', profile: 'generic-be32', devices: ['d1', 'd2'], points: 2, nozzles: 1, writes: true },
  { line: 'rtu-1', profile: 'generic-be32', devices: ['d3', 'd4'], points: 2, nozzles: 1, writes: true },
  { line: 'rtu-2', profile: 'generic-cdab', devices: ['d5'], points: 1, nozzles: 2 },
  { line: 'tcp-2', profile: 'generic-cdab', devices: ['d6'], points: 1, nozzles: 2 },
  { line: 'tcp-2', profile: 'compac-c5000', devices: ['d7', 'd8'], points: 1, nozzles: 1 },
  { line: 'rtu-2', profile: 'compac-c5000', devices: ['d9', 'd10'], points: 1, nozzles: 1 },
];

const readerKinds = [
  { kind: 'line', format: 'number' },
  { kind: 'rdm6300' },
  { kind: 'scanner', aimPrefix: true },
] as const;

/** 30 cards for each kind of reader, one a member. */
const members = Array.from({ length: 90 }, (_, n) => {
  const serial = String(n).padStart(4, '0');
  const card =
    n % 3 === 0
      ? { number: `100000${serial}`, format: 'number' }
      : n % 3 === 1
        ? { number: `0700AA${serial}`, format: 'em40' }
        : { number: `FC-${serial}`, format: 'code' };
  return { id: `m-${serial}`, tier: 'ordinary', cards: [card] };
});

export interface BusyStation extends StationFile {
  readonly loaded: LoadedStation;
}

/** Writes the station's files; each point has a reader of its own, so that it is certain whose card was read there. */
export async function writeBusyStation(): Promise<BusyStation> {
  const host = '127.0.0.1';
  const ports = new Set<number>();
  const port = async (): Promise<number> => {
    const { size } = ports;
    while (ports.size === size) ports.add(await freePort());
    return [...ports].at(-1) ?? 0;
  };
  const lines: object[] = [];
  for (const id of new Set(islands.map(({ line }) => line))) {
    const kind = id.startsWith('tcp') ? { kind: 'modbus-tcp' } : { kind: 'rtu-over-tcp', baud: 921_600 };
    lines.push({ id, host, port: await port(), ...kind });
  }
  let nozzle = 0;
  const devices = islands.flatMap(({ devices: ids, profile, line, writes = false }) =>
    ids.map((id) => ({ id, profile, line, unit: Number(id.slice(1)), writes })),
  );
  const fuellingPoints = islands.flatMap(({ devices: ids, points, nozzles }) =>
    ids.flatMap((device) =>
      Array.from({ length: points }, (_, index) => ({
        id: points === 1 ? `FP-${device}` : `FP-${device}-${index + 1}`,
        device,
        point: index + 1,
        nozzles: Array.from({ length: nozzles }, (_, hose) => {
          nozzle += 1;
          return { id: `${nozzle}`, hose: hose + 1, grade: grades[nozzle % grades.length] };
        }),
      })),
    ),
  );
  const ids = fuellingPoints.map(({ id }) => id);
  const readers: object[] = [];
  for (const [index, id] of ids.entries()) {
    const connection = { kind: 'tcp', host, port: await port() };
    const kind = readerKinds[index % readerKinds.length];
    readers.push({ id: `R${index + 1}`, ...kind, fuellingPoints: [id], connection });
  }
  const written = writeStation({
    station: {
      grades: grades.map((id) => ({ id })),
      tanks: [],
      lines,
      devices,
      fuellingPoints,
      readers,
      matching,
      profiles: ['profiles'],
      log: { level: 'warn' },
    },
    members,
  });
  const folder = join(written.directory, 'profiles');
  mkdirSync(folder);
  for (const profile of shippedDispensers)
    writeFileSync(join(folder, `${profile.profile}.yaml`), JSON.stringify({ ...profile, timing }));
  const { station, problems } = loadStation(written.file);
  if (!station) throw new Error(problems.map(problemText).join('\n'));
  return { ...written, loaded: station };
}

/**
 * The devices of the station, until the test ends. They remember their counters from one simulation to the next.
 * @param maxSales no car comes after so many sales
 */
export async function simulate(
  station: BusyStation,
  maxSales: number,
  faults: FaultPlan,
): Promise<Simulation> {
  const { config, profiles, members } = station.loaded;
  const simulation = createSimulation({
    station: config,
    profiles,
    members,
    seed,
    speed,
    faults,
    maxSales,
    behaviour,
    memory: join(station.directory, 'dispensers.json'),
    log: recordingLog(),
    clock: systemClock,
  });
  onTestFinished(() => simulation.stop());
  await simulation.start();
  return simulation;
}

/** All events of a type in the journal of a daemon that has ended, oldest first. */
export function journalled<T extends EventType>(station: BusyStation, type: T): EventData<T>[] {
  const db = new Database(join(station.directory, 'store', 'forecourt.db'), { readonly: true });
  const read = db.prepare<[string], string>('SELECT data FROM journal_business WHERE type = ? ORDER BY seq');
  const rows = read.pluck().all(type);
  db.close();
  return rows.map((row) => JSON.parse(row) as EventData<T>);
}
