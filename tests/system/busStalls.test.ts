/**
 * The process stands still in the middle of requests, as in a commit on a disk that stalls. Devices answer meanwhile, in
 * processes and threads of their own; what they said lies in the kernel when the process wakes with all its timers overdue.
 */
import { once } from 'node:events';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type Bus, createBus, type PollResult } from '../../src/drivers/bus/bus.ts';
import { type LineConfig, lineSchema } from '../../src/model/config/station.ts';
import { seededRandom } from '../../src/simulator/physics/random.ts';
import { lineTo, quickDevice, type RigKind, silentLog, systemClock, until } from '../support/busRig.ts';
import { startSlave } from '../support/modbusSlave.ts';
import { bridgePty } from '../support/ptyBridge.ts';
import { scriptedRegister } from '../support/scriptedSlave.ts';
import type { LateSlave } from '../support/slaveWorker.ts';
import { tempDirectory } from '../support/tempStore.ts';

const units = [1, 2, 3];
const addresses = [0, 100];
const count = 4;
const timing = { timeoutMs: 300, lateReplyMs: 400 };

function standStill(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

function startBus(line: LineConfig): Bus {
  const bus = createBus(line, { clock: systemClock, random: seededRandom(3), log: silentLog });
  onTestFinished(() => bus.stop());
  return bus;
}

interface Seen {
  readonly results: PollResult[];
  wrong: number;
  readonly monos: Map<number, number[]>;
}

function pollAll(bus: Bus): Seen {
  const seen: Seen = { results: [], wrong: 0, monos: new Map(units.map((unit) => [unit, []])) };
  for (const unit of units) {
    const device = bus.device(quickDevice(unit, timing));
    for (const address of addresses) {
      const ranges = [{ table: 'holding' as const, address, count }];
      device.poll({ name: `${address}`, ranges, intervalMs: 5 }, (result) => {
        seen.results.push(result);
        seen.monos.get(unit)?.push(result.mono);
        if (!result.ok) return;
        const values = result.image.registers('holding', address, count);
        if (values.some((value, n) => value !== scriptedRegister(unit, address + n))) seen.wrong++;
      });
    }
  }
  bus.start();
  return seen;
}

/** Stands still `stalls` times, each a random while after a request went out. Resolves when the line has worked on after the last. */
async function stallInRequests(bus: Bus, seen: Seen, stalls: number, stallMs: number): Promise<void> {
  const random = seededRandom(11);
  let left = stalls;
  let requests = 0;
  let waits = false;
  const stop = bus.trace(({ direction }) => {
    if (direction !== 'tx' || waits || left === 0 || ++requests % 7 !== 0) return;
    waits = true;
    const stall = (): void => {
      waits = false;
      left -= 1;
      standStill(stallMs);
    };
    const delay = random();
    // At once, in the next turn, or while the answer comes in.
    if (delay < 0.4) stall();
    else if (delay < 0.7) setImmediate(stall);
    else setTimeout(stall, delay * 4);
  });
  await until('the stalls', () => left === 0 && !waits, 60);
  stop();
  const before = seen.results.length;
  await until('readings after the last stall', () => seen.results.length > before + 30, 30);
}

const registers = (unit: number) =>
  Object.fromEntries(
    addresses.map((address) => [
      address,
      Array.from({ length: count }, (_, n) => scriptedRegister(unit, address + n)),
    ]),
  );

describe('a process that stands still for two seconds', { timeout: 120_000 }, () => {
  for (const kind of ['modbus-tcp', 'rtu-over-tcp', 'serial'] as const) {
    it(`counts no time-out, no bad frame and no wrong value of pymodbus over ${kind}`, async () => {
      const slave = await startSlave('pymodbus', kind);
      for (const unit of units) await slave.set(unit, registers(unit));
      const bus = startBus(lineSchema.parse({ id: 'line', ...slave.line }));
      const seen = pollAll(bus);
      await until('the first readings', () => seen.results.length > 50, 30);
      const failed = () => seen.results.filter(({ ok }) => !ok).length;
      const failedBefore = failed();
      const before = bus.stats().devices;
      await stallInRequests(bus, seen, 6, 2_000);
      expect(seen.wrong).toBe(0);
      expect(failed()).toBe(failedBefore);
      for (const [n, device] of bus.stats().devices.entries()) {
        expect(device).toMatchObject({
          state: 'online',
          timeouts: before[n]?.timeouts,
          badFrames: before[n]?.badFrames,
          strays: before[n]?.strays,
        });
        // A stall of ours is no delay of the device.
        expect(device.rttP99Ms).toBeLessThan(1_000);
      }
      for (const monos of seen.monos.values()) expect(monos).toEqual(monos.toSorted((a, b) => a - b));
    });
  }
});

async function lateSlave(kind: RigKind, options: Omit<LateSlave, 'mbap'>): Promise<LineConfig> {
  const worker = new Worker(new URL('../support/slaveWorker.ts', import.meta.url), {
    workerData: { ...options, mbap: kind === 'modbus-tcp' } satisfies LateSlave,
  });
  onTestFinished(async () => void (await worker.terminate()));
  const [port] = (await once(worker, 'message')) as [number];
  const path = join(tempDirectory(), 'port');
  if (kind === 'pty') {
    const bridge = await bridgePty(path, port);
    onTestFinished(() => bridge.stop());
  }
  return lineTo(kind, port, path);
}

describe('a process that stands still beside devices whose replies are late', { timeout: 120_000 }, () => {
  for (const kind of ['pty', 'rtu-over-tcp', 'modbus-tcp'] satisfies RigKind[]) {
    // Shorter than the lateness, so that the late reply comes after the wake; and longer, so that it lies there already.
    it.each([150, 380, 700])(
      `believes no late reply for another's over ${kind}, stalls of %i ms`,
      async (stallMs) => {
        const bus = startBus(await lateSlave(kind, { lateEvery: 13, lateMs: 450 }));
        const seen = pollAll(bus);
        await until('the first readings', () => seen.results.length > 20, 30);
        await stallInRequests(bus, seen, 6, stallMs);
        expect(seen.wrong).toBe(0);
        expect(seen.results.filter(({ ok }) => ok).length).toBeGreaterThan(50);
      },
    );
  }
});

it('the reading of a stalled request bears the earliest time it can be of, and the next one shows the gap', async () => {
  const bus = startBus(await lateSlave('modbus-tcp', { lateEvery: 0, lateMs: 0 }));
  const seen = pollAll(bus);
  await until('the first readings', () => seen.results.length > 20, 30);
  let stalledAt = 0;
  let told = 0;
  const stop = bus.trace(({ direction }) => {
    if (direction !== 'tx' || stalledAt > 0) return;
    stalledAt = systemClock.mono();
    told = seen.results.length;
    standStill(1_000);
  });
  await until('the stall', () => stalledAt > 0);
  stop();
  await until('readings after it', () => seen.results.length > told + 10);
  const after = seen.results.slice(told).map(({ mono }) => mono - stalledAt);
  expect(after[0]).toBeLessThan(100);
  expect(after.filter((ms) => ms >= 100 && ms < 950)).toEqual([]);
});
