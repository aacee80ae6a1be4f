/** The running daemon: opens the books, wires lines and readers to the use cases, answers the API, feeds head office. */
import { mkdirSync } from 'node:fs';
import type { Log } from '../core/ports.ts';
import { openStore } from '../store/store.ts';
import { createAlerts } from './alerts.ts';
import { type ApiServer, startApi } from './api/server.ts';
import { createBoard } from './board.ts';
import { businessDay, rfc3339 } from './businessDay.ts';
import { createClockGuard } from './clock/clockGuard.ts';
import { createStationClock } from './clock/stationClock.ts';
import type { LoadedStation } from './configuration/load.ts';
import { readSecret, storedCardSecret } from './configuration/secrets.ts';
import type { StationContext } from './context.ts';
import type { StationDeps } from './deps.ts';
import { createDesk } from './desk.ts';
import { createFeed } from './feed.ts';
import { createFieldDevices } from './fieldDevices.ts';
import { createFuellingPoints } from './fuellingPoints.ts';
import { startHousekeeping } from './housekeeping.ts';
import { createMemberBook } from './memberBook.ts';
import { createNotices } from './notices.ts';
import { noteRules } from './rulesInForce.ts';
import { createScada } from './scada.ts';
import { createScans } from './scans.ts';
import { createView } from './stationView.ts';
import { createStoreWatch } from './storeWatch.ts';
import { unknownBoot } from './systemClock.ts';
import { createTally } from './tally.ts';
import { createTankSide } from './tanks/tankSide.ts';
import type { Push } from './view.ts';
import { createWrongFuelWatch } from './wrongFuel.ts';

export interface Station {
  readonly socket: string;
  /** Takes the members of a freshly loaded file; everything else of it needs a restart. */
  replaceMembers(loaded: LoadedStation): void;
  /** The process ends at once because of a defect: the reason goes into the journal. Throws what the store throws. */
  recordDefect(reason: string): void;
  /** Ends cleanly: no reading is lost half-way, the feed gets a moment to empty, the broker hears of it. */
  stop(reason: string): Promise<void>;
}

const settleEveryMs = 1000;
const bytesPerMb = 1024 * 1024;
const feedDrainMs = 3000;

/** Starts everything that `loaded` names. Throws coded errors when the store or the socket cannot be had; lines and broker may come later. `createField` makes everything with a wire: a run in virtual time has its own. */
export async function startStation(
  loaded: LoadedStation,
  deps: StationDeps,
  createField: typeof createFieldDevices = createFieldDevices,
): Promise<Station> {
  const { config } = loaded;
  const { log } = deps;
  const clock = createStationClock(deps.clock);
  mkdirSync(loaded.storeDirectory, { recursive: true, mode: 0o700 });
  const secret =
    config.cardSecret === undefined ? null : readSecret(config.cardSecret, loaded.file, deps.env);
  const password =
    config.mqtt?.password === undefined ? null : readSecret(config.mqtt.password, loaded.file, deps.env);
  const store = openStore({
    directory: loaded.storeDirectory,
    clock,
    log,
    site: config.site.id,
    reserveBytes: config.store.reserveMb * bytesPerMb,
    spaceLowBytes: config.store.spaceLowMb * bytesPerMb,
  });
  const businessDate = businessDay(config.site.zone, config.site.businessDayStart);
  const clockGuard = createClockGuard({
    system: deps.clock,
    boot: deps.boot ?? unknownBoot(deps.clock),
    clock,
    store,
    site: config.site.id,
    businessDate,
    log,
    things: () => points.movable,
  });
  const context: StationContext = {
    site: config.site.id,
    currency: config.site.currency,
    currencyDecimals: config.site.currencyDecimals,
    store,
    clock,
    clockGuard,
    log,
    businessDate,
    policy: config.matching,
    corrections: config.corrections,
    checks: config.checks,
    program: loaded.program,
    members: createMemberBook(loaded.members, secret ?? storedCardSecret(loaded.storeDirectory)),
    board: createBoard(),
    tally: createTally(store, clock.now()),
  };

  const startedAt = clock.now();
  const startedMono = clock.mono();
  const feed = createFeed(context, config, password, { ...deps, clock });
  let api: ApiServer | null = null;
  const notices = createNotices();
  const push = (event: Push): void => {
    notices.take(event);
    api?.push(event);
  };
  const deviceAt = new Map(config.fuellingPoints.map(({ id, device }) => [id, device]));
  const alerts = createAlerts(context, {
    ...{ push, feed },
    device: (point) => field.devices().find(({ id }) => id === deviceAt.get(point)) ?? null,
  });
  const wrongFuel = createWrongFuelWatch(context, { push, feed });
  const points = createFuellingPoints(context, loaded, {
    ...{ push, feed },
    recorded(spec, reading, { facts, sales }) {
      tanks.noted(spec.fuellingPoint, reading);
      for (const { sale, id } of sales) tanks.sold(sale, id);
      alerts.trail.note(spec.fuellingPoint, reading);
      wrongFuel.facts(spec, facts);
      for (const { sale } of sales) alerts.trail.sold(sale);
      if (sales.length > 0) alerts.look();
    },
  });
  const scans = createScans(context, config, { push, feed, points, scanned: wrongFuel.scanned });
  const tanks = createTankSide(context, loaded, { push, feed, points: points.running });
  const field = createField(context, loaded, { ...deps, clock }, { points, scans, feed, tanks });
  const tankDesk = tanks.desk(field.gauges);
  const view = createView({
    context,
    loaded,
    startedMono,
    version: deps.version,
    points,
    field,
    feed,
    notices,
    tanks: tankDesk,
  });
  const scada = createScada(
    context,
    loaded,
    { ...deps, clock },
    {
      fuellingPoints: points.states,
      tanks: tanks.states,
      alarms: () => tankDesk.alarms({ all: false, limit: 1000 }),
    },
  );
  const desk = createDesk(context, { push, feed, points, alerts });
  try {
    api = await startApi(loaded.socket, { view, desk, tanks: tankDesk }, log);
  } catch (error) {
    store.close();
    throw error;
  }

  clockGuard.start();
  guarded(log, 'noting the program and the tiers', () => noteRules(context));
  guarded(log, 'recording the start', () =>
    store.transaction(() =>
      store.journal.append('station.started', config.site.id, startedAt, context.businessDate(startedAt), {
        version: deps.version,
        bootedAt: rfc3339(startedAt),
        program: loaded.program.program,
        programVersion: loaded.program.version,
      }),
    ),
  );
  feed.start();
  field.start();
  const storeWatch = createStoreWatch(context, feed.wake);
  storeWatch.start();

  const stopHousekeeping = startHousekeeping({
    ...{ store, clock, log, retention: config.store },
    mayPrune: clockGuard.mayPrune,
  });

  const settle = setInterval(() => {
    scans.settle();
    alerts.look();
    tanks.tick();
    guarded(log, 'telling the SCADA', scada.tick);
  }, settleEveryMs);

  const recordStop = (reason: string): void => {
    const at = clock.now();
    store.transaction(() =>
      store.journal.append('station.stopped', config.site.id, at, context.businessDate(at), { reason }),
    );
  };

  let stopping: Promise<void> | null = null;
  const shutDown = async (reason: string): Promise<void> => {
    stopHousekeeping();
    storeWatch.stop();
    clearInterval(settle);
    await Promise.all([field.stop(), scada.stop()]);
    guarded(log, 'keeping the running fuellings', () => points.saveAll());
    guarded(log, 'keeping what is known of the tanks', () => tanks.save());
    guarded(log, 'recording the stop', () => recordStop(reason));
    clockGuard.stop();
    await feed.stop(feedDrainMs);
    await api?.stop();
    store.close();
  };
  return {
    socket: loaded.socket,
    replaceMembers: (next) => {
      context.members.replace(next.members);
      guarded(log, 'noting the tiers', () => noteRules(context));
      log.info({ members: context.members.size }, 'members read again');
    },
    recordDefect: recordStop,
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
