/** A station with 16 nozzles, four line kinds and three dispenser models, for a simulated day in two minutes. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LoadedStation } from '../../src/station/configuration/load.ts';
import { loadStation } from '../../src/station/configuration/load.ts';
import { problemText } from '../../src/station/configuration/problem.ts';
import { freePort } from './freePort.ts';
import { shippedDispensers } from './profiles.ts';
import { type StationFile, writeStation } from './station.ts';

/** The world runs so many times as fast as the wire: what a device's profile grants it is shortened as well. */
const timing = {
  timeoutMs: 60,
  lateReplyMs: 100,
  minGapMs: 0,
  fastMs: 30,
  normalMs: 60,
  slowMs: 1_000,
  settleMs: 400,
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

/** 30 cards for each kind of reader, one a member; the daemon knows all of them. */
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

/** Writes the station's files; each point has a reader of its own. */
export async function writeBusyStation(): Promise<BusyStation> {
  const host = '127.0.0.1';
  const lines: object[] = [];
  for (const id of new Set(islands.map(({ line }) => line))) {
    const kind = id.startsWith('tcp') ? { kind: 'modbus-tcp' } : { kind: 'rtu-over-tcp', baud: 115_200 };
    lines.push({ id, host, port: await freePort(), ...kind });
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
    const connection = { kind: 'tcp', host, port: await freePort() };
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
      // As much shorter as the drivers are faster.
      matching: { beforeS: 1, afterS: 1 },
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
