/** The tortured station: dispensers of three kinds on four lines, a reader at each fuelling point. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { matchingSchema } from '../../src/model/config/station.ts';
import { freePort } from '../support/freePort.ts';
import { shippedDispensers } from '../support/profiles.ts';

export interface TorturedStation {
  readonly directory: string;
  readonly file: string;
  readonly socket: string;
  readonly database: string;
  /** Fuelling points whose dispenser numbers its sales. */
  readonly numbered: ReadonlySet<string>;
}

/**
 * Drivers and dispensers are so many times as fast as life; the wire and the daemon are not. Still the next driver comes
 * no sooner than 6 s after the last one has hung up, and a fuelling and the next lift take longer than the daemon is ever
 * blind here.
 */
export const speed = 6;

/** The windows of the shipped policy, as much shorter as the drivers are faster. */
const matching = Object.fromEntries(
  Object.entries(matchingSchema.parse({})).map(([name, value]) => [
    name,
    typeof value === 'number' ? Math.round(value / speed) : value,
  ]),
);

/** All that a device is granted is as short as the wire allows. */
const timing = {
  timeoutMs: 80,
  lateReplyMs: 150,
  minGapMs: 0,
  fastMs: 40,
  normalMs: 80,
  slowMs: 1_000,
  settleMs: 400,
};

interface Device {
  readonly id: string;
  readonly profile: string;
  readonly line: string;
  readonly writes?: boolean;
}
const devices: readonly Device[] = [
  { id: 'd1', profile: 'generic-be32', line: 'tcp-1', writes: true },
  { id: 'd2', profile: 'generic-be32', line: 'rtu-1', writes: true },
  { id: 'd3', profile: 'generic-be32', line: 'tcp-1' },
  { id: 'd4', profile: 'generic-be32', line: 'rtu-2' },
  { id: 'd5', profile: 'generic-cdab', line: 'rtu-1' },
  { id: 'd6', profile: 'generic-cdab', line: 'rtu-2' },
  { id: 'd7', profile: 'generic-cdab', line: 'tcp-2' },
  { id: 'd8', profile: 'compac-c5000', line: 'tcp-1' },
  { id: 'd9', profile: 'compac-c5000', line: 'rtu-1' },
  { id: 'd10', profile: 'compac-c5000', line: 'rtu-2' },
  { id: 'd11', profile: 'compac-c5000', line: 'tcp-2' },
  { id: 'd12', profile: 'compac-c5000', line: 'tcp-2' },
];
const grades = ['92', '95', '98', 'diesel'];
const cardCount = 120;

/** One point a litre, rounded down: what the books are compared with is computed in `expected.ts`. */
const program = {
  program: 'torture',
  version: 1,
  earn: [{ id: 'litres', per: 'litre', points: 1 }],
  tiers: [{ id: 'ordinary' }],
};

/** Writes station, program, members and the dispensers' profiles with their shortened times into `directory`. */
export async function writeStation(directory: string, brokerPort: number): Promise<TorturedStation> {
  const host = '127.0.0.1';
  const taken = new Set<number>([brokerPort]);
  const port = async (): Promise<number> => {
    for (;;) {
      const free = await freePort();
      if (taken.has(free)) continue;
      taken.add(free);
      return free;
    }
  };
  const lines: object[] = [];
  for (const id of new Set(devices.map(({ line }) => line))) {
    const kind = id.startsWith('tcp') ? { kind: 'modbus-tcp' } : { kind: 'rtu-over-tcp', baud: 921_600 };
    lines.push({ id, host, port: await port(), ...kind });
  }
  let nozzle = 0;
  const fuellingPoints = devices.flatMap(({ id: device, profile: name }) => {
    const profile = shippedDispensers.find((each) => each.profile === name);
    return Array.from({ length: profile?.points.count ?? 1 }, (_, point) => ({
      id: `${device}-${point + 1}`,
      device,
      point: point + 1,
      nozzles: Array.from({ length: profile?.hoses ?? 1 }, (_, hose) => {
        nozzle += 1;
        return { id: `${nozzle}`, hose: hose + 1, grade: grades[nozzle % grades.length] };
      }),
    }));
  });
  const readers: object[] = [];
  for (const { id } of fuellingPoints) {
    const connection = { kind: 'tcp', host, port: await port() };
    readers.push({ id: `R-${id}`, kind: 'line', format: 'number', fuellingPoints: [id], connection });
  }
  const members = Array.from({ length: cardCount }, (_, n) => {
    const number = `100000${String(n).padStart(4, '0')}`;
    return { id: `m-${n}`, tier: 'ordinary', cards: [{ number, format: 'number' }] };
  });
  const write = (name: string, content: object): void =>
    writeFileSync(join(directory, name), stringify(content));
  mkdirSync(join(directory, 'store'));
  mkdirSync(join(directory, 'profiles'));
  for (const profile of shippedDispensers)
    writeFileSync(
      join(directory, 'profiles', `${profile.profile}.yaml`),
      JSON.stringify({ ...profile, timing }),
    );
  write('program.yaml', program);
  write('members.yaml', { members });
  write('station.yaml', {
    site: { id: 'S1', zone: 'Asia/Shanghai', businessDayStart: '06:00' },
    store: { directory: 'store' },
    grades: grades.map((id) => ({ id })),
    lines,
    devices: devices.map((device, index) => ({ writes: false, ...device, unit: index + 1 })),
    fuellingPoints,
    readers,
    matching,
    mqtt: { host, port: brokerPort },
    profiles: ['profiles'],
    program: 'program.yaml',
    members: 'members.yaml',
  });
  const numbered = new Set(
    devices.flatMap(({ id, profile: name }) => {
      const profile = shippedDispensers.find((each) => each.profile === name);
      return profile?.saleNumber
        ? fuellingPoints.filter(({ device }) => device === id).map((each) => each.id)
        : [];
    }),
  );
  return {
    directory,
    file: join(directory, 'station.yaml'),
    socket: join(directory, 'store', 'forecourt.sock'),
    database: join(directory, 'store', 'forecourt.db'),
    numbered,
  };
}
