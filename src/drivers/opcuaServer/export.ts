/** The main thread's side of the station's own OPC UA server. Nothing here loads node-opcua. */
import type { Clock, Log, Random } from '../../core/ports.ts';
import type { OpcuaExportConfig } from '../../model/config/opcua.ts';
import { programBeside, startThread } from '../opcua/thread.ts';
import type { ExportSetup, ExportSnapshot, FromExport, ToExport } from './messages.ts';

export type { ExportSnapshot } from './messages.ts';

export interface OpcuaExportOptions {
  readonly config: OpcuaExportConfig;
  /** With their passwords, as the configuration names them. */
  readonly users: readonly { readonly user: string; readonly password: string }[];
  /** Certificates and trust live here: `server/` below it. */
  readonly pkiDirectory: string;
  readonly site: string;
  readonly version: string;
  readonly currencyDecimals: number;
  readonly clock: Clock;
  readonly log: Log;
  readonly random: Random;
}

export interface OpcuaExport {
  /** The newest counts; sent at most twice a second. */
  update(snapshot: ExportSnapshot): void;
  stop(): Promise<void>;
  stats(): OpcuaExportStats;
}

export interface OpcuaExportStats {
  /** null: it does not listen. */
  readonly endpoint: string | null;
  readonly sha1: string | null;
  /** Why it does not listen; else empty. */
  readonly reason: string;
  readonly sessions: number;
  readonly subscriptions: number;
  readonly restarts: number;
  readonly heapMb: number;
}

const sendEveryMs = 500;

export function createOpcuaExport(options: OpcuaExportOptions): OpcuaExport {
  const { config, users, site, version, currencyDecimals, clock, log, random } = options;
  const { host, port, policy, mode, names, maxSessions } = config;
  let stats = {
    endpoint: null as string | null,
    sha1: null as string | null,
    reason: 'starting',
    sessions: 0,
    subscriptions: 0,
    heapMb: 0,
  };
  let snapshot: ExportSnapshot | null = null;
  let timer: NodeJS.Timeout | null = null;
  let isNew = false;

  function take(message: FromExport): void {
    switch (message.kind) {
      case 'listening':
        stats = { ...stats, endpoint: message.endpoint, sha1: message.sha1, reason: '' };
        log.info(
          { endpoint: message.endpoint, sha1: message.sha1, sha256: message.sha256 },
          "the station's OPC UA server listens",
        );
        return;
      case 'failed':
        stats = { ...stats, endpoint: null, reason: message.reason };
        log.error({ host, port, reason: message.reason }, "the station's OPC UA server cannot listen");
        return;
      case 'log':
        log[message.level]({ ...message.fields, thread: 'opcua-server' }, message.message);
        return;
      case 'beat':
        stats = {
          ...stats,
          sessions: message.sessions,
          subscriptions: message.subscriptions,
          heapMb: message.heapMb,
        };
        return;
    }
  }

  const setup: ExportSetup = {
    directory: `${options.pkiDirectory}/server`,
    config: { host, port, policy, mode, names, maxSessions },
    users,
    site,
    version,
    currencyDecimals,
  };
  const thread = startThread<ToExport, FromExport>({
    name: 'opcua-server',
    program: programBeside('worker', import.meta.url),
    setup: () => setup,
    clock,
    log,
    random,
    onStart: () => {
      isNew = true;
      schedule();
    },
    onMessage: take,
    onGone: (reason) => {
      stats = {
        ...stats,
        endpoint: null,
        reason: stats.reason === '' ? reason : stats.reason,
        sessions: 0,
        subscriptions: 0,
      };
    },
  });

  function schedule(): void {
    timer ??= setTimeout(() => {
      timer = null;
      if (!isNew || !snapshot) return;
      isNew = false;
      thread.send({ kind: 'update', snapshot });
    }, sendEveryMs);
    timer.unref();
  }

  return {
    update(next) {
      snapshot = next;
      isNew = true;
      schedule();
    },
    async stop() {
      if (timer) clearTimeout(timer);
      await thread.stop({ kind: 'stop' });
    },
    stats: () => ({ ...stats, restarts: thread.restarts }),
  };
}
