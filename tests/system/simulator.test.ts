/** The simulator's bytes as others read them: pymodbus as the master, a bare socket as the card reader's listener. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { crc16 } from '../../src/core/modbus/crc16.ts';
import type { Clock, Log } from '../../src/core/ports.ts';
import { memberSchema } from '../../src/model/config/members.ts';
import { stationSchema } from '../../src/model/config/station.ts';
import { instant, monoMs } from '../../src/model/units.ts';
import { faultPresets } from '../../src/simulator/faults.ts';
import type { Simulation, SimulationOptions } from '../../src/simulator/options.ts';
import { createSimulation } from '../../src/simulator/simulation.ts';
import { freePort } from '../support/freePort.ts';
import { dispenserProfile } from '../support/profiles.ts';
import { joinPtys, type PtyPair } from '../support/socatPtys.ts';

const clock: Clock = { now: () => instant(Date.now()), mono: () => monoMs(performance.now()) };
const log: Log = { debug() {}, info() {}, warn() {}, error() {} };
const peer = fileURLToPath(new URL('../support/peers/pymodbus_master.py', import.meta.url));
const members = [0, 1, 2, 3].map((n) =>
  memberSchema.parse({ id: `M${n}`, cards: [{ number: `62E3086CE${n}`, format: 'em40' }] }),
);

interface SeenSale {
  readonly wrong?: string;
  readonly point: number;
  readonly number: number;
  readonly volume: number;
  readonly amount: number;
  readonly price: number;
  readonly totalVolume: number;
  readonly totalAmount: number;
}

let directory: string;
let simulation: Simulation | null = null;
let master: ChildProcess | null = null;
let ptys: PtyPair | null = null;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'forecourt-simulator-'));
});
afterEach(async () => {
  if (master !== null && master.exitCode === null) {
    master.kill();
    await once(master, 'exit');
  }
  await simulation?.stop();
  await ptys?.stop();
  [master, simulation, ptys] = [null, null, null];
  rmSync(directory, { recursive: true });
});

function simulate(line: object, changes: Partial<SimulationOptions> = {}, readerPort = 1): Simulation {
  const station = stationSchema.parse({
    site: { id: 'T', zone: 'UTC' },
    store: { directory: 'x' },
    program: 'x',
    lines: [{ id: 'L', ...line }],
    grades: [{ id: '92' }],
    devices: [{ id: 'D', profile: 'generic-be32', line: 'L', unit: 3, writes: true }],
    fuellingPoints: [1, 2].map((point) => ({
      id: `FP${point}`,
      device: 'D',
      point,
      nozzles: [{ id: `${point}`, grade: '92' }],
    })),
    readers:
      readerPort === 1
        ? []
        : [
            {
              id: 'R',
              kind: 'rdm6300',
              fuellingPoints: ['FP1', 'FP2'],
              connection: { kind: 'tcp', host: '127.0.0.1', port: readerPort },
            },
          ],
  });
  const options: SimulationOptions = {
    station,
    profiles: new Map([['generic-be32', dispenserProfile('generic-be32')]]),
    members,
    seed: 11,
    speed: 80,
    faults: faultPresets.off,
    maxSales: 6,
    log,
    clock,
    ...changes,
  };
  return createSimulation(options);
}

/** The sales as they are read; their end is that of the simulation, or of a master that gave up. */
function startMaster(kind: string, target: string): { seen: SeenSale[]; gaveUp: Promise<never> } {
  const child = spawn('/usr/bin/python3', [peer, kind, target, '3'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  master = child;
  const seen: SeenSale[] = [];
  createInterface({ input: child.stdout }).on('line', (text) => seen.push(JSON.parse(text) as SeenSale));
  const gaveUp = once(child, 'exit').then(([code]) =>
    Promise.reject(new Error(`the master ended with ${code}`)),
  );
  gaveUp.catch(() => undefined);
  return { seen, gaveUp };
}

function expectAllSeen(running: Simulation, seen: readonly SeenSale[]): void {
  const dispensed = running.dispensed.map((sale) => ({
    point: Number(sale.nozzle),
    number: sale.saleNumber,
    volume: sale.volume / 10,
    amount: sale.amount,
    price: sale.price,
    total: sale.totalizerEnd / 10,
  }));
  expect(dispensed).toHaveLength(6);
  const read = seen.map(({ point, number, volume, amount, price, totalVolume, wrong }) =>
    wrong === undefined ? { point, number, volume, amount, price, total: totalVolume } : wrong,
  );
  const byPoint = (point: number) =>
    [read, dispensed].map((all) => all.filter((sale) => typeof sale === 'string' || sale.point === point));
  for (const point of [1, 2]) {
    const [fromWire, truth] = byPoint(point);
    expect(fromWire).toEqual(truth);
  }
  const sum = (of: 'volume' | 'amount') => running.dispensed.reduce((total, sale) => total + sale[of], 0);
  expect(running.totals().reduce((total, { volumeMl }) => total + volumeMl, 0)).toBe(sum('volume'));
  expect(running.totals().reduce((total, { amount }) => total + amount, 0)).toBe(sum('amount'));
  expect(running.stats()).toMatchObject({ acknowledged: 6, exceptions: 0, garbageBytes: 0 });
}

describe('pymodbus at a simulated dispenser', () => {
  it.each(['modbus-tcp', 'rtu-over-tcp'] as const)(
    'reads and acknowledges every sale over %s',
    async (kind) => {
      const port = await freePort();
      simulation = simulate({ kind, host: '127.0.0.1', port });
      await simulation.start();
      const { seen, gaveUp } = startMaster(kind === 'modbus-tcp' ? 'tcp' : kind, `127.0.0.1:${port}`);
      await Promise.race([simulation.done, gaveUp]);
      expectAllSeen(simulation, seen);
    },
    60_000,
  );

  it('reads and acknowledges every sale over a serial line', async () => {
    ptys = await joinPtys(directory);
    simulation = simulate({ kind: 'serial', path: ptys.near, baud: 19200 }, { serialPaths: { L: ptys.far } });
    await simulation.start();
    const { seen, gaveUp } = startMaster('serial', ptys.near);
    await Promise.race([simulation.done, gaveUp]);
    expectAllSeen(simulation, seen);
  }, 60_000);
});

describe('a simulated station', () => {
  it('M13: sends the bytes of each scanned card to whoever listens', async () => {
    const [port, readerPort] = [await freePort(), await freePort()];
    simulation = simulate(
      { kind: 'modbus-tcp', host: '127.0.0.1', port },
      { behaviour: { scan: { before: 1, during: 1, after: 1, never: 0 } } },
      readerPort,
    );
    await simulation.start();
    const chunks: Buffer[] = [];
    const listener = connect(readerPort, '127.0.0.1');
    listener.on('data', (bytes: Buffer) => chunks.push(bytes));
    await once(listener, 'connect');
    const { gaveUp } = startMaster('tcp', `127.0.0.1:${port}`);
    await Promise.race([simulation.done, gaveUp]);
    const text = () => Buffer.concat(chunks).toString('latin1');
    await expect.poll(() => text().length).toBe(6 * 14);
    const cards = Array.from({ length: 6 }, (_, n) => text().slice(14 * n + 1, 14 * n + 11));
    expect(cards.sort()).toEqual(simulation.dispensed.map(({ card }) => card?.number).sort());
    expect(simulation.stats()).toMatchObject({ scans: 6, scansUnheard: 0 });
    listener.destroy();
  }, 60_000);

  it('survives a caller that talks nonsense, byte by byte, with every fault on', async () => {
    const port = await freePort();
    simulation = simulate({ kind: 'rtu-over-tcp', host: '127.0.0.1', port }, { faults: faultPresets.harsh });
    await simulation.start();
    const request = Buffer.from('030300000017', 'hex');
    const crc = crc16(request);
    const frame = Buffer.concat([request, Buffer.from([crc & 0xff, crc >>> 8])]);
    let answered = 0;
    const callers = Array.from({ length: 40 }, (_, round) => {
      const caller = connect(port, '127.0.0.1').setNoDelay();
      caller.on('error', () => caller.destroy());
      caller.on('data', (bytes: Buffer) => {
        answered += bytes.length;
      });
      const nonsense = Buffer.from(Array.from({ length: round }, (_, n) => (n * 37 + round) & 0xff));
      for (const byte of Buffer.concat([nonsense, frame, frame])) caller.write(Uint8Array.of(byte));
      return caller;
    });
    await expect.poll(() => simulation?.stats().requests, { timeout: 10_000 }).toBe(80);
    await expect.poll(() => answered).toBeGreaterThan(40 * 51);
    for (const caller of callers) caller.destroy();
    expect(simulation.stats().garbageBytes).toBeGreaterThan(100);
  }, 30_000);

  it.each([
    ['an address others could reach', { kind: 'modbus-tcp', host: '192.0.2.1', port: 502 }, {}],
    [
      'a device without a profile',
      { kind: 'modbus-tcp', host: '127.0.0.1', port: 502 },
      { profiles: new Map() },
    ],
    ['no speed', { kind: 'modbus-tcp', host: '127.0.0.1', port: 502 }, { speed: 0 }],
  ])('is refused with %s', (_, line, changes) => {
    expect(() => simulate(line, changes)).toThrow(expect.objectContaining({ code: 'SIMULATOR_REFUSED' }));
  });

  it.each([
    ['no pseudo-terminal for a serial line', {}, 'SIMULATOR_REFUSED'],
    ['a file for a serial line', { serialPaths: { L: '/dev/null' } }, 'SIMULATOR_REFUSED'],
    ['a path that is not there', { serialPaths: { L: '/dev/pts/none' } }, 'LINE_OPEN'],
  ])('does not start with %s', async (_, changes, code) => {
    const refused = simulate({ kind: 'serial', path: '/dev/ttyUSB0' }, changes);
    await expect(refused.start()).rejects.toMatchObject({ code });
  });

  it('does not start on a port that is taken, and leaves nothing open', async () => {
    const [port, readerPort] = [await freePort(), await freePort()];
    simulation = simulate({ kind: 'modbus-tcp', host: '127.0.0.1', port });
    await simulation.start();
    const second = simulate({ kind: 'modbus-tcp', host: '127.0.0.1', port: readerPort }, {}, port);
    await expect(second.start()).rejects.toMatchObject({ code: 'LINE_OPEN' });
    const probe = connect(readerPort, '127.0.0.1');
    await expect(once(probe, 'connect')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });
});
