/**
 * The main thread's side of OPC UA: one thread reads all servers, and is started with the first of them. Nothing here loads
 * node-opcua. A dead or stuck thread is a server that does not answer; pumps on other lines do not notice it.
 */
import type { Clock, Log, Random } from '../../core/ports.ts';
import type { OpcuaServerConfig } from '../../model/config/opcua.ts';
import type { OpcuaProfile } from '../../model/config/opcuaProfile.ts';
import type { ErrorCode } from '../../model/error-catalogue.ts';
import { ForecourtError } from '../../model/errors.ts';
import type { DispenserReading, Wants } from '../../model/readings.ts';
import type { GaugeFact } from '../../model/tank.ts';
import { instant, monoMs } from '../../model/units.ts';
import type { FromWorker, OpcuaCounters, OpcuaIdentity, ToWorker, WorkerSetup } from './messages.ts';
import { programBeside, startThread, type Thread } from './thread.ts';
import { createTurns } from './turns.ts';

export interface OpcuaOptions {
  /** Certificates and trust live here: `client/` below it. */
  readonly pkiDirectory: string;
  /** Who the station is, in its certificate: `urn:forecourt:{site}`. */
  readonly applicationUri: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly random: Random;
  /** For tests: another program of the thread. */
  readonly program?: URL;
}

export interface OpcuaClientOptions {
  readonly server: OpcuaServerConfig;
  readonly profile: OpcuaProfile;
  readonly identity: OpcuaIdentity;
  /** The server's own numbers of the tanks and fuelling points that are used. */
  readonly tanks: readonly number[];
  readonly points: readonly number[];
  readonly currencyDecimals: number;
  /** Readings, alarms and health; also those of a server without tanks tell its health. */
  readonly onFact: (fact: GaugeFact) => void;
  readonly onReading: (point: number, reading: DispenserReading) => void;
}

export interface OpcuaStats extends OpcuaCounters {
  readonly online: boolean;
  /** Why it is offline, or why its values are polled only; else empty. */
  readonly reason: string;
  readonly code: ErrorCode | null;
  readonly subscribed: boolean;
  /** Station's monotonic time of the last value; null: none yet. */
  readonly lastGoodMono: number | null;
}

export interface OpcuaClient {
  /** As `Dispenser.want` of a Modbus dispenser. Nothing of a fuelling point is read before the first call. */
  want(point: number, wants: Wants): void;
  /** OPC UA servers are never written to: nothing happens. */
  release(point: number, saleNumber: number | null): Promise<void>;
  stop(): void;
  stats(): OpcuaStats;
}

export interface Opcua {
  /** Throws CONFIG_INVALID for a second client of one server, or when the profile lacks what is to be read. */
  client(options: OpcuaClientOptions): OpcuaClient;
  /** Ends the thread; its sessions are closed first, within some seconds. */
  stop(): Promise<void>;
  stats(): { readonly running: boolean; readonly restarts: number; readonly heapMb: number };
  /** For tests: ends the thread as a crash would. */
  kill(): void;
}

/** More than this between sending and receiving is not believed: the clocks of the threads are one. */
const mostWaitMs = 60_000;
const clockEveryMs = 10_000;
const noCounters: OpcuaCounters = {
  connects: 0,
  reads: 0,
  values: 0,
  notifications: 0,
  failures: 0,
  undecodable: 0,
  missing: 0,
};

interface Entry {
  readonly options: OpcuaClientOptions;
  readonly wants: Map<number, Wants>;
  counters: OpcuaCounters;
  online: boolean | null;
  reason: string;
  code: ErrorCode | null;
  subscribed: boolean;
  lastGoodMono: number | null;
  /** Points whose loss was told and that have not been read since. */
  readonly lost: Set<number>;
}

export function createOpcua(options: OpcuaOptions): Opcua {
  const { clock, log } = options;
  const entries = new Map<string, Entry>();
  /** Facts in their order; readings of fuelling points do not wait. */
  const turns = createTurns();
  let thread: Thread<ToWorker> | null = null;
  let heapMb = 0;

  const aheadMs = (): number => Math.round(clock.now() - Date.now());
  const setup = (): WorkerSetup => ({
    directory: `${options.pkiDirectory}/client`,
    applicationUri: options.applicationUri,
    aheadMs: aheadMs(),
  });

  function open(id: string, { options: client, wants }: Entry): void {
    const { server, profile, identity, tanks, points, currencyDecimals } = client;
    thread?.send({ kind: 'open', spec: { server, profile, identity, tanks, points, currencyDecimals } });
    for (const [point, wanted] of wants) sendWants(id, point, wanted);
  }

  function sendWants(server: string, point: number, wants: Wants): void {
    for (const group of ['live', 'totals', 'last-sale', 'price'] as const)
      thread?.send({ kind: 'want', server, point, group, urgency: wants[group] });
  }

  /** The station's time of something that the thread did at `sentAt` of the clock that both share. */
  function stampOf(sentAt: number) {
    const waited = Number(process.hrtime.bigint()) / 1e6 - sentAt;
    const ago = waited >= 0 && waited < mostWaitMs ? waited : 0;
    return { at: instant(Math.round(clock.now() - ago)), mono: monoMs(clock.mono() - ago) };
  }

  function take(message: FromWorker): void {
    if (message.kind === 'beat') heapMb = message.heapMb;
    if (message.kind === 'log') log[message.level]({ ...message.fields, thread: 'opcua' }, message.message);
    if (!('server' in message)) return;
    const entry = entries.get(message.server);
    if (!entry) return;
    switch (message.kind) {
      case 'fact': {
        const { at, mono } = stampOf(message.sentAt);
        const { fact } = message;
        entry.lastGoodMono = mono;
        // a source that says when it measured: so long before it was received
        const measured = fact.kind === 'tank' ? message.measuredAgoMs : 0;
        const key = fact.kind === 'tank' ? `${message.server} ${fact.tank}` : undefined;
        turns.add(() => entry.options.onFact({ ...fact, at: instant(at - measured), mono }), key);
        return;
      }
      case 'reading': {
        const { point, reading } = message;
        if (reading.kind === 'lost') entry.lost.add(point);
        else entry.lost.delete(point);
        const stamp = stampOf(message.sentAt);
        if (reading.kind !== 'lost') entry.lastGoodMono = stamp.mono;
        entry.options.onReading(point, { ...reading, ...stamp });
        return;
      }
      case 'health':
        entry.subscribed = message.subscribed;
        tellHealth(entry, message.online, message.reason, message.code);
        return;
      case 'counters':
        entry.counters = message.counters;
        return;
    }
  }

  function tellHealth(entry: Entry, online: boolean, reason: string, code: ErrorCode | null): void {
    const { online: wasOnline, reason: before } = entry;
    const { id } = entry.options.server;
    Object.assign(entry, { online, reason, code });
    if (online === wasOnline && (online || reason === before)) return;
    if (online) log.info({ server: id }, 'the OPC UA server is read');
    else log.warn({ server: id, code, reason }, 'the OPC UA server is not read');
    const { at, mono } = { at: clock.now(), mono: clock.mono() };
    turns.add(() => entry.options.onFact({ kind: 'health', online, reason: online ? '' : reason, at, mono }));
  }

  /** The thread is down: so is everything that it read. */
  function gone(reason: string): void {
    const text = `the OPC UA thread is gone (${reason}) and is started again`;
    for (const entry of entries.values()) {
      entry.subscribed = false;
      tellHealth(entry, false, text, 'OPCUA_CONNECT');
      for (const point of entry.options.points) {
        if (entry.lost.has(point)) continue;
        entry.lost.add(point);
        const at = { at: clock.now(), mono: clock.mono() };
        entry.options.onReading(point, { kind: 'lost', ...at, reason: text });
      }
    }
  }

  const clockTimer = setInterval(() => thread?.send({ kind: 'clock', aheadMs: aheadMs() }), clockEveryMs);
  clockTimer.unref();

  function started(): Thread<ToWorker> {
    return startThread<ToWorker, FromWorker>({
      name: 'opcua',
      program: options.program ?? programBeside('worker', import.meta.url),
      setup,
      clock,
      log,
      random: options.random,
      // the first start: the caller opens its client itself
      onStart() {
        if (thread) for (const [id, entry] of entries) open(id, entry);
      },
      onMessage: take,
      onGone: gone,
    });
  }

  return {
    client(client) {
      const { id } = client.server;
      refuseMissing(client);
      if (entries.has(id)) throw new ForecourtError('CONFIG_INVALID', `two clients of OPC UA server ${id}`);
      const entry: Entry = {
        options: client,
        wants: new Map(),
        counters: noCounters,
        online: null,
        reason: 'not connected yet',
        code: null,
        subscribed: false,
        lastGoodMono: null,
        lost: new Set(),
      };
      entries.set(id, entry);
      thread ??= started();
      open(id, entry);
      return {
        want(point, wants) {
          if (!client.points.includes(point)) return;
          entry.wants.set(point, wants);
          sendWants(id, point, wants);
        },
        async release() {},
        stop() {
          entries.delete(id);
          thread?.send({ kind: 'close', server: id });
        },
        stats: () => ({
          ...entry.counters,
          online: entry.online ?? false,
          reason: entry.reason,
          code: entry.code,
          subscribed: entry.subscribed,
          lastGoodMono: entry.lastGoodMono,
        }),
      };
    },
    async stop() {
      clearInterval(clockTimer);
      turns.clear();
      entries.clear();
      await thread?.stop({ kind: 'stop' });
      thread = null;
    },
    stats: () => ({ running: thread !== null, restarts: thread?.restarts ?? 0, heapMb }),
    kill: () => thread?.kill(),
  };
}

function refuseMissing({ server, profile, tanks, points }: OpcuaClientOptions): void {
  const lacks =
    tanks.length > 0 && !profile.tank
      ? 'tanks'
      : points.length > 0 && !profile.dispenser
        ? 'fuelling points'
        : null;
  if (lacks === null) return;
  throw new ForecourtError(
    'CONFIG_INVALID',
    `OPC UA server ${server.id}: profile ${profile.profile} has no ${lacks}`,
  );
}
