/** The running daemon: opens the books, wires lines and readers to the use cases, answers the API, feeds head office. */
import { mkdirSync } from 'node:fs';
import type { Log } from '../core/ports.ts';
import { instant } from '../model/units.ts';
import { openStore } from '../store/store.ts';
import { type ApiServer, startApi } from './api/server.ts';
import { createBoard } from './board.ts';
import { businessDay, rfc3339 } from './businessDay.ts';
import type { LoadedStation } from './configuration/load.ts';
import { readSecret, storedCardSecret } from './configuration/secrets.ts';
import type { StationContext } from './context.ts';
import type { StationDeps } from './deps.ts';
import { createFeed } from './feed.ts';
import { createFieldDevices } from './fieldDevices.ts';
import { createFuellingPoints } from './fuellingPoints.ts';
import { createMemberBook } from './memberBook.ts';
import { createScans } from './scans.ts';
import { createView } from './stationView.ts';
import { createTally } from './tally.ts';
import type { Push } from './view.ts';

export interface Station {
  readonly socket: string;
  /** Takes the members of a freshly loaded file; everything else of it needs a restart. */
  replaceMembers(loaded: LoadedStation): void;
  /** Ends cleanly: no reading is lost half-way, the feed gets a moment to empty, the broker hears of it. */
  stop(reason: string): Promise<void>;
}

const pruneEveryMs = 3600 * 1000;
/** Often enough that no sale's commit has to do it. */
const checkpointEveryMs = 5000;
const feedDrainMs = 3000;
const pruneAtMost = 10_000;

/** Starts everything that `loaded` names. Throws coded errors when the store or the socket cannot be had; lines and broker may come later. */
export async function startStation(loaded: LoadedStation, deps: StationDeps): Promise<Station> {
  const { config } = loaded;
  const { clock, log } = deps;
  mkdirSync(loaded.storeDirectory, { recursive: true, mode: 0o700 });
  const secret =
    config.cardSecret === undefined ? null : readSecret(config.cardSecret, loaded.file, deps.env);
  const password =
    config.mqtt?.password === undefined ? null : readSecret(config.mqtt.password, loaded.file, deps.env);
  const store = openStore({ directory: loaded.storeDirectory, clock, log, site: config.site.id });
  const context: StationContext = {
    site: config.site.id,
    currency: config.site.currency,
    currencyDecimals: config.site.currencyDecimals,
    store,
    clock,
    log,
    businessDate: businessDay(config.site.zone, config.site.businessDayStart),
    policy: config.matching,
    program: loaded.program,
    members: createMemberBook(loaded.members, secret ?? storedCardSecret(loaded.storeDirectory)),
    board: createBoard(),
    tally: createTally(store, clock.now()),
  };

  const startedAt = clock.now();
  const feed = createFeed(context, config, password, deps);
  let api: ApiServer | null = null;
  const push = (event: Push): void => api?.push(event);
  const points = createFuellingPoints(context, loaded, { push, feed });
  const scans = createScans(context, config, { push, feed, points });
  const field = createFieldDevices(context, loaded, deps, { points, scans, feed });
  const view = createView({ context, loaded, startedAt, version: deps.version, points, field, feed });
  try {
    api = await startApi(loaded.socket, view, log);
  } catch (error) {
    store.close();
    throw error;
  }

  store.transaction(() =>
    store.journal.append('station.started', config.site.id, startedAt, context.businessDate(startedAt), {
      version: deps.version,
      bootedAt: rfc3339(startedAt),
      program: loaded.program.program,
      programVersion: loaded.program.version,
    }),
  );
  feed.start();
  field.start();

  const day = 24 * 3600 * 1000;
  const prune = setInterval(() => {
    const now = clock.now();
    guarded(log, 'pruning the journal', () => {
      const before = {
        business: instant(now - config.store.retentionDays * day),
        telemetry: instant(now - config.store.telemetryDays * day),
      };
      return store.transaction(() => store.journal.prune(before, pruneAtMost));
    });
  }, pruneEveryMs);

  const checkpoint = setInterval(
    () => guarded(log, 'the checkpoint', () => store.checkpoint()),
    checkpointEveryMs,
  );

  let stopping: Promise<void> | null = null;
  const shutDown = async (reason: string): Promise<void> => {
    clearInterval(prune);
    clearInterval(checkpoint);
    await field.stop();
    guarded(log, 'keeping the running fuellings', () => points.saveAll());
    const at = clock.now();
    guarded(log, 'recording the stop', () =>
      store.transaction(() =>
        store.journal.append('station.stopped', config.site.id, at, context.businessDate(at), { reason }),
      ),
    );
    await feed.stop(feedDrainMs);
    await api?.stop();
    store.close();
  };
  return {
    socket: loaded.socket,
    replaceMembers: (next) => {
      context.members.replace(next.members);
      log.info({ members: context.members.size }, 'members read again');
    },
    stop: (reason) => {
      stopping ??= shutDown(reason);
      return stopping;
    },
  };
}

/** Runs housekeeping whose failure must not end anything. */
function guarded(log: Log, what: string, work: () => unknown): void {
  try {
    work();
  } catch (error) {
    log.error({ err: error }, `${what} failed`);
  }
}
