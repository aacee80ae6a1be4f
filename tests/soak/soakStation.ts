/** The whole daemon in this process without its wires: store, use cases, API, and a feed to a real broker. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { mqttSchema } from '../../src/model/config/station.ts';
import { loadStation } from '../../src/station/configuration/load.ts';
import type { StationContext } from '../../src/station/context.ts';
import { pruneStore } from '../../src/station/housekeeping.ts';
import { type Station, startStation } from '../../src/station/station.ts';
import { systemClock } from '../../src/station/systemClock.ts';
import { createPublisher, type Publisher } from '../../src/sync/publisher.ts';
import { rngOf } from '../fuzz/random.ts';
import { freePort } from '../support/freePort.ts';
import { type VirtualClock, virtualClock, virtualPoints } from './virtualPoints.ts';

export interface SoakOptions {
  readonly points: number;
  readonly seed: number;
  readonly retentionDays: number;
  readonly telemetryDays: number;
  readonly prune: boolean;
}

const cards = 500;
const silent = {
  debug() {},
  info() {},
  warn() {},
  error: (fields: object, message: string) => console.error(message, fields),
};

export interface SoakStation {
  readonly clock: VirtualClock;
  readonly drivers: ReturnType<typeof virtualPoints>;
  readonly context: StationContext;
  /** What the daemon does by its timers, at the virtual time. */
  housekeeping(): void;
  /** Waits until the broker has everything. */
  drained(): Promise<void>;
  sizes(): { readonly file: number; readonly wal: number };
  stop(): Promise<void>;
}

export async function startSoakStation(options: SoakOptions): Promise<SoakStation> {
  const folder = mkdtempSync(join(tmpdir(), 'forecourt-soak-'));
  const write = (name: string, content: object): void =>
    writeFileSync(join(folder, name), JSON.stringify(content));
  const ids = Array.from({ length: options.points }, (_, n) => `FP${n + 1}`);
  const retention = { retentionDays: options.retentionDays, telemetryDays: options.telemetryDays };
  write('station.json', {
    ...{ site: { id: 'S1', zone: 'UTC' }, program: 'program.json', members: 'members.json' },
    store: { directory: 'store', ...retention },
    grades: [{ id: '92' }],
    lines: [{ id: 'bus', kind: 'modbus-tcp', host: '127.0.0.1' }],
    devices: ids.map((_, n) => ({ id: `d${n + 1}`, profile: 'generic-be32', line: 'bus', unit: n + 1 })),
    fuellingPoints: ids.map((id, n) => ({
      id,
      device: `d${n + 1}`,
      nozzles: [{ id: `${n + 1}`, grade: '92' }],
    })),
    readers: ids.map((id, n) => ({
      ...{ id: `R-${id}`, kind: 'line', format: 'number', fuellingPoints: [id] },
      connection: { kind: 'tcp', host: '127.0.0.1', port: 20_000 + n },
    })),
    log: { level: 'error' },
  });
  write('program.json', {
    ...{ program: 'soak', version: 1, earn: [{ id: 'l', per: 'litre', points: 1 }] },
    tiers: [{ id: 'ordinary' }],
  });
  write('members.json', {
    members: Array.from({ length: cards }, (_, n) => ({
      id: `m-${n}`,
      cards: [{ number: `${100_000 + n}` }],
    })),
  });
  const { station: loaded, problems } = loadStation(join(folder, 'station.json'));
  if (!loaded) throw new Error(JSON.stringify(problems));

  const clock = virtualClock(Date.UTC(2026, 10, 22));
  let running: {
    context: StationContext;
    drivers: ReturnType<typeof virtualPoints>;
    settle: () => void;
  } | null = null;
  const given = { clock, random: Math.random, log: silent, env: {}, version: '0' };
  const station: Station = await startStation(loaded, given, (context, _loaded, _deps, { points, scans }) => {
    const drivers = virtualPoints({
      ...{ ids, clock, rng: rngOf(options.seed), cards },
      reading: (id, reading) => void points.reading(id, reading),
      scan: (id, card) => {
        const stamp = { at: clock.now(), mono: clock.mono() };
        scans.read({ reader: `R-${id}`, format: 'number', text: `${100_000 + card}`, ...stamp });
      },
    });
    running = { context, drivers, settle: scans.settle };
    return {
      ...{ start() {}, async stop() {}, trace: () => () => {} },
      ...{ lines: () => [], devices: () => [], readers: () => [] },
      gauges: { views: () => [], setClock: async () => {} },
    };
  });
  if (!running) throw new Error('the station made no field');
  const { context, drivers, settle } = running as {
    context: StationContext;
    drivers: ReturnType<typeof virtualPoints>;
    settle: () => void;
  };
  const { broker, publisher } = await startFeed(context, folder);
  const size = (name: string): number =>
    statSync(join(folder, 'store', name), { throwIfNoEntry: false })?.size ?? 0;
  return {
    ...{ clock, drivers, context },
    housekeeping() {
      settle();
      if (options.prune) for (let n = 0; n < 4 && pruneStore(context.store, retention, clock.now()) > 0; n++);
      context.store.checkpoint();
    },
    async drained() {
      for (let waited = 0; waited < 60_000; waited += 5) {
        publisher.wake();
        const { connected, backlog } = publisher.report();
        if (connected && backlog.business + backlog.telemetry === 0) return;
        await sleep(5);
      }
      throw new Error(`the broker does not get everything: ${JSON.stringify(publisher.report())}`);
    },
    sizes: () => ({ file: size('forecourt.db'), wal: size('forecourt.db-wal') }),
    async stop() {
      await publisher.stop(1_000);
      await station.stop('done');
      broker.kill('SIGTERM');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The feed keeps real time: a broker is not faster because days pass. */
async function startFeed(
  context: StationContext,
  folder: string,
): Promise<{ broker: ChildProcess; publisher: Publisher }> {
  const port = await freePort();
  const file = join(folder, 'mosquitto.conf');
  const user = process.getuid?.() === 0 ? 'user root\n' : '';
  writeFileSync(
    file,
    `listener ${port} 127.0.0.1\n${user}allow_anonymous true\nmax_queued_messages 100000\n`,
  );
  const env = { ...process.env, PATH: `${process.env.PATH}:/usr/sbin` };
  const broker = spawn('mosquitto', ['-c', file], { stdio: 'ignore', env });
  const publisher = createPublisher({
    ...{
      source: context.store.feed,
      site: 'S1',
      version: '0',
      secrets: {},
      clock: systemClock,
      random: Math.random,
      log: silent,
    },
    mqtt: mqttSchema.parse({ host: '127.0.0.1', port }),
    timing: { firstRetry: 50, mostRetry: 500 },
  });
  publisher.start();
  return { broker, publisher };
}
