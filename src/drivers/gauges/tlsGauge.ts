/**
 * A Veeder-Root TLS gauge or one that speaks like it, over serial or TCP: asked in turn for all that it knows, and told as
 * facts. It is a loop of one question at a time; whatever fails ends the round, and the next begins after a growing pause.
 */
import { codeOf } from '../../core/tls/request.ts';
import { writeTime } from '../../core/tls/times.ts';
import { asForecourtError, ForecourtError } from '../../model/errors.ts';
import type { Instant, MonoMs } from '../../model/units.ts';
import { guarded } from '../bus/trace.ts';
import { gatheringConnection } from '../connections/gatheringConnection.ts';
import { pauseMs } from '../connections/keepConnected.ts';
import { tcpConnection } from '../connections/tcpConnection.ts';
import { converter } from './convert.ts';
import { GaugeClock } from './gaugeClock.ts';
import type { TlsGauge, TlsGaugeInfo, TlsGaugeOptions } from './options.ts';
import { tellAlarms } from './tlsAlarms.ts';
import { backfill } from './tlsBackfill.ts';
import { deliveryReports } from './tlsDeliveries.ts';
import { isUnreadable, tlsInquiry, troubleOf } from './tlsInquiry.ts';
import { inventoryPoll } from './tlsInventory.ts';
import { tlsSession } from './tlsSession.ts';
import { type GaugeUnits, readSetup, readUnits } from './tlsSetup.ts';
import type { TlsWork } from './tlsWork.ts';

/** Ports are local and opening one costs nothing; a server that is down is asked more seldom. */
const longestPauseMs = { serial: 2_000, tcp: 10_000 } as const;
const longestBackoffMs = 60_000;
const everyMs = { alarms: 30_000, deliveries: 600_000, setup: 3_600_000 } as const;
/** After the bit has fallen the report may take a moment: asked again after these. */
const reportAfterMs = [0, 60_000, 300_000] as const;
/** One request in so many may be lost before the gauge is. */
const lostAfter = 2;
/** A clock that was set shows it within this. */
const clockSetMs = 90_000;

export function createTlsGauge(options: TlsGaugeOptions): TlsGauge {
  const { config, clock, log } = options;
  const gaugeClock = new GaugeClock(options.local, config.clock === 'utc');
  const quirks = new Set<string>();
  let online: boolean | null = null;
  let greeted = false;
  let failures = 0;
  let backoff = 0;
  let stopped = false;
  let wake: () => void = () => undefined;
  let units: GaugeUnits = { units: 'us', unitsFrom: 'assumed' };
  let setup: Pick<TlsGaugeInfo, 'tanks' | 'modules'> = { tanks: [], modules: [] };
  let inProgress: ReadonlySet<number> = new Set();
  const due = { alarms: 0, setup: 0, deliveries: [] as number[] };

  const session = tlsSession({
    connect:
      options.connect ??
      (config.connection.kind === 'serial'
        ? gatheringConnection(config.connection)
        : tcpConnection(config.connection)),
    clock,
    random: options.random,
    log,
    securityCode: options.securityCode,
    commandGapMs: config.commandGapMs,
    timeoutMs: config.timeoutMs,
    longestPauseMs: longestPauseMs[config.connection.kind],
    opened: () => wake(),
    closed(reason, because) {
      if (!stopped) lost(because ? troubleOf(because, options.securityCode) : `no connection: ${reason}`);
    },
  });
  const inquiry = tlsInquiry(
    session,
    options.tanks,
    (time, { at }) => void gaugeClock.saw(time, at),
    () => gaugeClock.right(clock.now()),
  );
  const work: TlsWork = {
    options,
    inquiry,
    gaugeClock,
    convert: (refused) => converter(units.units, config.heightUnit, refused),
    emit: (fact) => guarded(log, 'a listener of gauge facts', () => options.onFact(fact)),
    quirk(words) {
      if (quirks.has(words)) return;
      quirks.add(words);
      log.info({ gauge: config.id }, `the gauge ${words}`);
    },
  };
  const inventory = inventoryPoll(work);
  const deliveries = deliveryReports(work);

  function tellHealth(now: boolean, reason: string): void {
    if (online === now) return;
    online = now;
    work.emit({ kind: 'health', online: now, reason, at: clock.now(), mono: clock.mono() });
  }

  function lost(reason: string): void {
    greeted = false;
    tellHealth(false, reason);
  }

  /** Everything that has to be known, and told, before the first level of now. */
  async function greet(): Promise<void> {
    inquiry.forget();
    if (config.format !== 'auto') inquiry.format = config.format;
    // Brings the clock with it.
    await orUnreadable(() => inquiry.ask('501'));
    await inventory.find();
    units = await readUnits(work);
    await backfill(work, deliveries);
    const now = clock.mono();
    due.alarms = now;
    due.setup = now;
    due.deliveries = [now + everyMs.deliveries];
    greeted = true;
  }

  async function round(): Promise<void> {
    if (!greeted) await greet();
    const before = inProgress;
    inProgress = await inventory.poll();
    failures = 0;
    backoff = 0;
    tellHealth(true, '');
    if (units.unitsFrom === 'assumed')
      work.quirk('does not tell its units: US units are assumed; set `units`');
    const now = clock.mono();
    if ([...before].some((tank) => !inProgress.has(tank)))
      due.deliveries.push(...reportAfterMs.map((ms) => now + ms));
    if (now >= due.alarms) {
      due.alarms = now + everyMs.alarms;
      await orUnreadable(() => tellAlarms(work));
    }
    if (due.deliveries.some((at) => now >= at)) {
      due.deliveries = due.deliveries.filter((at) => now < at);
      if (due.deliveries.length === 0) due.deliveries.push(now + everyMs.deliveries);
      await orUnreadable(tellDeliveries);
    }
    if (now >= due.setup) {
      due.setup = now + everyMs.setup;
      units = await readUnits(work);
      setup = await readSetup(work);
    }
  }

  async function tellDeliveries(): Promise<void> {
    for (const delivery of await deliveries.read()) {
      work.emit(delivery);
      deliveries.told(delivery);
    }
  }

  /** What the round can do without. */
  async function orUnreadable(ask: () => Promise<unknown>): Promise<void> {
    try {
      await ask();
    } catch (error) {
      if (!isUnreadable(error)) throw error;
      work.quirk(`gives a reply that cannot be read: ${asForecourtError(error).message}`);
    }
  }

  function failed(error: ForecourtError): void {
    if (error.code === 'LINE_CLOSED') return;
    failures += 1;
    // Half of what it says may be missing: it begins anew.
    const auto = config.format === 'auto' && inventory.name === null && error.code === 'GAUGE_SILENT';
    if (auto) inquiry.format = inquiry.format === 'display' ? null : 'display';
    if (failures >= lostAfter) lost(troubleOf(error, options.securityCode));
    log.debug({ gauge: config.id, code: error.code }, error.message);
  }

  function rest(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(end, ms);
      function end(): void {
        clearTimeout(timer);
        wake = () => undefined;
        resolve();
      }
      wake = end;
    });
  }

  async function run(): Promise<void> {
    while (!stopped) {
      if (!session.open) {
        await rest(longestBackoffMs);
        continue;
      }
      const began: MonoMs = clock.mono();
      try {
        await round();
      } catch (error) {
        failed(asForecourtError(error));
        backoff = failures === 0 ? 0 : pauseMs(failures - 1, longestBackoffMs, options.random);
      }
      const wait = backoff || began + config.pollS * 1000 - clock.mono();
      if (!stopped && session.open && wait > 0) await rest(wait);
    }
  }
  const running = run();

  async function setClock(): Promise<void> {
    // Gauges take whole minutes: the nearest is at most half of one wrong.
    const wanted = gaugeClock.right((Math.round(clock.now() / 60_000) * 60_000) as Instant);
    const letter = inquiry.format === 'display' ? 'S' : 's';
    const { frame, at } = await session.exchange({ code: codeOf(letter, '501', 0), data: writeTime(wanted) });
    if (frame.kind === 'unknown-function')
      throw new ForecourtError('GAUGE_UNKNOWN_FUNCTION', 'the gauge does not let its clock be set');
    gaugeClock.forget();
    if (frame.kind === 'display') return;
    const now = await inquiry.ask('501');
    const shown = now?.records ?? now?.time ?? frame.time;
    const shownAt = gaugeClock.saw(shown, now?.at ?? at);
    if (shownAt === null || Math.abs(shownAt - clock.now()) > clockSetMs)
      throw new ForecourtError(
        'GAUGE_REFUSED',
        `the gauge's clock shows ${shown} after it was set to ${wanted}`,
      );
  }

  return {
    id: config.id,
    async stop() {
      stopped = true;
      wake();
      await session.stop();
      await running;
    },
    stats: () => ({
      gauge: config.id,
      online: online === true,
      ...session.counts,
      rttP50Ms: session.roundTrips.quantile(0.5),
      rttP99Ms: session.roundTrips.quantile(0.99),
      reconnects: session.reconnects(),
      backoffMs: backoff,
      format: inventory.name === null ? 'unknown' : (inquiry.format ?? 'computer'),
      inventory: inventory.name,
      clockOffsetMs: gaugeClock.offsetMs,
      quirks: [...quirks, ...(session.echoes ? ['echoes what it is asked'] : [])],
    }),
    info: () => ({ ...units, ...setup }),
    trace: (listener) => session.trace(listener),
    setClock,
  };
}
