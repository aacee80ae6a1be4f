/** A station with 16 nozzles, four line kinds and three dispenser models, for a simulated day in two minutes. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from './freePort.ts';
import { shippedDispensers } from './profiles.ts';
import { type StationFile, writeStation } from './station.ts';

/** The world runs so many times as fast as the wire: what a device's profile grants it is shortened as well. */
const timing = {
  timeoutMs: 60,
  lateReplyMs: 150,
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
  { line: 'rtu-1', profile: 'generic-be32', devices: ['d3'], points: 2, nozzles: 1, writes: true },
  { line: 'rtu-2', profile: 'generic-cdab', devices: ['d4', 'd5'], points: 1, nozzles: 2 },
  { line: 'tcp-2', profile: 'generic-cdab', devices: ['d6'], points: 1, nozzles: 2 },
  { line: 'tcp-2', profile: 'compac-c5000', devices: ['d7', 'd8'], points: 1, nozzles: 1 },
  { line: 'rtu-1', profile: 'compac-c5000', devices: ['d9', 'd10'], points: 1, nozzles: 1 },
];

const readerKinds = [
  { kind: 'line', format: 'number' },
  { kind: 'rdm6300' },
  { kind: 'scanner', aimPrefix: true },
] as const;

/** 30 cards for each kind of reader, one a member; the daemon knows all of them. */
export const members = Array.from({ length: 90 }, (_, n) => {
  const serial = String(n).padStart(4, '0');
  const card =
    n % 3 === 0
      ? { number: `100000${serial}`, format: 'number' }
      : n % 3 === 1
        ? { number: `0700AA${serial}`, format: 'em40' }
        : { number: `FC-${serial}`, format: 'code' };
  return { id: `m-${serial}`, tier: 'ordinary', cards: [card] };
});

/** Writes the station; each point has a reader of its own but the last two, which share one. */
export async function writeBusyStation(): Promise<StationFile> {
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
  const served = [...ids.slice(0, -2).map((id) => [id]), ids.slice(-2)];
  const readers: object[] = [];
  for (const [index, points] of served.entries()) {
    const connection = { kind: 'tcp', host, port: await freePort() };
    const kind = readerKinds[index % readerKinds.length];
    readers.push({ id: `R${index + 1}`, ...kind, fuellingPoints: points, connection });
  }
  const station = writeStation({
    station: {
      grades: grades.map((id) => ({ id })),
      tanks: [],
      lines,
      devices,
      fuellingPoints,
      readers,
      // As much shorter as the drivers are faster.
      matching: { beforeS: 2, afterS: 1 },
      profiles: ['.'],
      log: { level: 'warn' },
    },
    members,
  });
  return station;
}

export { shippedDispensers, timing, writeFileSync, join };
