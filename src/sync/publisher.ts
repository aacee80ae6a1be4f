/** Tells head office: journal rows in order over MQTT at QoS 1 from a kept cursor, and the newest state of things. */
import type { Clock, FeedSource, Log, Random } from '../core/ports.ts';
import { asForecourtError, ForecourtError } from '../model/errors.ts';
import type { StationStatus } from '../model/states.ts';
import type { Instant } from '../model/units.ts';
import { createBackOff } from './backOff.ts';
import { clientOptions, type MqttConfig } from './clientOptions.ts';
import { type Connection, type Limits, openConnection } from './connection.ts';
import { createEventFlow, type SetAsideEvent } from './eventFlow.ts';
import { eventEncoder, stateMessage, statusMessage } from './messages.ts';
import { createRetainedStates } from './retainedStates.ts';

export interface PublisherReport {
  readonly connected: boolean;
  /** RFC 3339 UTC: connected, or not, since then. Null before the first try has ended. */
  readonly since: string | null;
  /** Why there is no connection, or what went wrong last on this one. */
  readonly lastError: string | null;
  /** Events that the broker does not have. */
  readonly backlog: { readonly business: number; readonly telemetry: number };
  /** Events acknowledged, and events set aside, since the start. */
  readonly published: number;
  readonly rejected: number;
  readonly inFlight: number;
}

export interface Publisher {
  start(): void;
  /** A hint that the journal may have grown; it is looked at every 250 ms anyway. */
  wake(): void;
  /** The newest state of a thing, retained at `{root}/{site}/state/{thing}`; see `model/states.ts`. */
  state(thing: string, payload: object): void;
  report(): PublisherReport;
  /** Sends what is left, says goodbye and ends; after the deadline by cutting the line. */
  stop(deadlineMs: number): Promise<void>;
}

/** Milliseconds. Tests shorten them. */
export interface Timing {
  readonly connectDeadline: number;
  /** A broker that answers nothing for so long while something is under way is taken for dead. */
  readonly answerDeadline: number;
  readonly firstRetry: number;
  readonly mostRetry: number;
  readonly statusEvery: number;
}

export interface PublisherOptions {
  readonly source: FeedSource;
  readonly mqtt: MqttConfig;
  readonly site: string;
  readonly version: string;
  readonly secrets: { readonly password?: string };
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly timing?: Partial<Timing>;
  /** An event will not reach the broker; it is noted in the store already. */
  readonly onSetAside?: (event: SetAsideEvent) => void;
}

const usualTiming: Timing = {
  connectDeadline: 15_000,
  answerDeadline: 20_000,
  firstRetry: 1000,
  mostRetry: 60_000,
  statusEvery: 60_000,
};
const lookEveryMs = 250;

/** Makes the publisher; `start` begins. Errors of the broker and the line are logged and kept for `report`, none is thrown. */
export function createPublisher(options: PublisherOptions): Publisher {
  const { source, mqtt, site, version, clock, log } = options;
  const timing = { ...usualTiming, ...options.timing };
  const reconnects = createBackOff(options.random, timing.firstRetry, timing.mostRetry);
  const flow = createEventFlow({
    source,
    encode: eventEncoder(mqtt.root, site, source.epoch),
    mqtt5: mqtt.protocol === 'mqtt-5',
    window: mqtt.window,
    clock,
    log,
    pauses: createBackOff(options.random, timing.firstRetry, timing.mostRetry),
    onAcknowledged: reconnects.reset,
    onAnswer: () => onProgress(),
    onSetAside: options.onSetAside,
    onError: (message) => {
      lastError = message;
    },
  });
  const states = createRetainedStates(clock, lookEveryMs, (thing, text) =>
    connection?.publish(stateMessage(`${mqtt.root}/${site}/state/${thing}`, text), () => {}),
  );

  let connection: Connection | null = null;
  /** Monotonic time of the broker's consent; null while there is no connection. */
  let openedAt: number | null = null;
  /** The broker has our birth: events may follow. */
  let online = false;
  let since: Instant | null = null;
  let lastError: string | null = null;
  let statusAt = 0;
  let stopping = false;
  let ticker: NodeJS.Timeout | undefined;
  let retry: NodeJS.Timeout | undefined;
  /** Called whenever something that is waited for may have come. */
  let onProgress = (): void => {};

  function status(state: StationStatus['state'], qos: 0 | 1) {
    const at = new Date(clock.now()).toISOString();
    const { epoch } = source;
    return statusMessage(mqtt.root, site, { state, at, version, epoch, backlog: flow.backlog() }, qos);
  }

  function connect(): void {
    try {
      const settings = clientOptions(mqtt, site, options.secrets.password, status('offline', 1));
      connection = openConnection(settings, timing.connectDeadline, { opened, closed });
    } catch (error) {
      closed(asForecourtError(error).message);
    }
  }

  function opened(limits: Limits): void {
    since = clock.now();
    openedAt = clock.mono();
    const mine = connection;
    mine?.publish(status('online', 1), (outcome) => {
      if (connection !== mine || outcome.kind === 'lost') return;
      online = true;
      lastError = outcome.kind === 'refused' ? `status: ${outcome.reason}` : null;
      statusAt = clock.mono();
      log.info({ ...flow.backlog(), ...limits }, 'connected to the broker');
      states.online();
      flow.opened(mine, limits);
    });
  }

  function closed(reason: string): void {
    const wasOpen = openedAt !== null;
    if (openedAt !== null && clock.mono() - openedAt > timing.mostRetry) reconnects.reset();
    connection = null;
    openedAt = null;
    online = false;
    states.offline();
    flow.closed();
    if (wasOpen || since === null) since = clock.now();
    if (!stopping) {
      const wait = reconnects.next();
      retry = setTimeout(connect, wait);
      const error = new ForecourtError('MQTT_CONNECT', reason);
      const fields = { code: error.code, host: mqtt.host, port: mqtt.port, retryInMs: Math.round(wait) };
      // The same failure at every try is told once.
      if (wasOpen || lastError !== reason) log.warn(fields, reason);
      lastError = reason;
    }
    onProgress();
  }

  function tick(): void {
    const now = clock.mono();
    const silent = openedAt !== null && !online ? now - openedAt : flow.silentMs();
    if (silent > timing.answerDeadline) {
      connection?.cut(`the broker answered nothing for ${timing.answerDeadline} ms`);
    }
    states.tick();
    if (online && now - statusAt >= timing.statusEvery) {
      statusAt = now;
      connection?.publish(status('online', 0), () => {});
    }
    flow.tick();
    onProgress();
  }

  /** Resolves when `done` holds, or when it is too late. */
  function until(done: () => boolean, lateAt: number): Promise<void> {
    return new Promise((resolve) => {
      onProgress = () => {
        if (done() || clock.mono() >= lateAt) resolve();
      };
      onProgress();
    });
  }

  function emptied(): boolean {
    const { business, telemetry } = flow.backlog();
    return flow.inFlight === 0 && business + telemetry === 0;
  }

  async function stop(deadlineMs: number): Promise<void> {
    const lateAt = clock.mono() + deadlineMs;
    stopping = true;
    clearTimeout(retry);
    flow.wake();
    await until(() => !online || emptied(), lateAt);
    flow.save();
    const mine = connection;
    if (online && flow.inFlight === 0) {
      mine?.publish(status('offline', 1), (outcome) => outcome.kind === 'acknowledged' && mine.end());
      await until(() => connection === null, lateAt);
    }
    connection?.cut('stopped');
    clearInterval(ticker);
    flow.stop();
  }

  return {
    start() {
      ticker = setInterval(tick, lookEveryMs);
      connect();
    },
    wake: flow.wake,
    state: states.set,
    report: () => ({
      connected: online,
      since: since === null ? null : new Date(since).toISOString(),
      lastError,
      backlog: flow.backlog(),
      published: flow.published,
      rejected: flow.rejected,
      inFlight: flow.inFlight,
    }),
    stop,
  };
}
