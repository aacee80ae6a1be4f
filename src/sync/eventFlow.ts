/** Journal rows to the broker: a bounded window of events under way, and what their answers mean. */
import type { Clock, FeedSource, Log } from '../core/ports.ts';
import { asForecourtError } from '../model/errors.ts';
import type { JournalRow, Stream } from '../model/events.ts';
import type { BackOff } from './backOff.ts';
import type { Connection, Limits, Outcome } from './connection.ts';
import { type Message, packetSize } from './messages.ts';
import { createOutbox, type Sent } from './outbox.ts';
import { createSuspects } from './suspects.ts';

export interface EventFlow {
  /** Events may be sent from now on. */
  opened(connection: Connection, limits: Limits): void;
  /** What was under way is sent again on the next connection; an event at which connections break each time is set aside. */
  closed(): void;
  /** Sends what there is, in a moment. */
  wake(): void;
  /** To be called a few times a second: keeps the cursor, looks for new rows. */
  tick(): void;
  /** Keeps the cursor now. */
  save(): void;
  /** How long events have been under way without any answer; 0 when none is. */
  silentMs(): number;
  backlog(): { business: number; telemetry: number };
  readonly published: number;
  readonly rejected: number;
  readonly inFlight: number;
  stop(): void;
}

export interface EventFlowOptions {
  readonly source: FeedSource;
  readonly encode: (row: JournalRow) => Message;
  readonly mqtt5: boolean;
  /** Most events under way, where the broker does not ask for fewer. */
  readonly window: number;
  readonly clock: Clock;
  readonly log: Log;
  /** Waits after a refusal that will pass. */
  readonly pauses: BackOff;
  /** The broker has taken an event. */
  readonly onAcknowledged: () => void;
  /** Any answer came. */
  readonly onAnswer: () => void;
  readonly onError: (message: string) => void;
  /** An event will not reach the broker: it is noted in the store with its reason. */
  readonly onSetAside?: ((event: SetAsideEvent) => void) | undefined;
}

export interface SetAsideEvent {
  readonly stream: Stream;
  readonly seq: number;
  readonly reason: string;
}

const saveEveryMs = 1000;
const saveEvery = 500;
/**
 * A backlog goes out at most so many events in so many milliseconds: it has time, while the bus and the next sale have none,
 * and a broker on a small machine is not run over.
 */
const batch = 32;
const batchEveryMs = 4;
/** Packet identifier in use, quota exceeded: not the event's fault, so it is tried again. */
const passingCodes: readonly number[] = [0x91, 0x97];

export function createEventFlow(options: EventFlowOptions): EventFlow {
  const { source, clock, log, pauses } = options;
  const outbox = createOutbox(source);
  const suspects = createSuspects();
  let open: { readonly connection: Connection; readonly limits: Limits } | null = null;
  let published = 0;
  let rejected = 0;
  let heardAt = 0;
  let savedAt = 0;
  let pausedUntil = 0;
  let batchAt = Number.NEGATIVE_INFINITY;
  let left = batch;
  let pumping: NodeJS.Immediate | undefined;
  let resuming: NodeJS.Timeout | undefined;

  /** A disk that fails must not end the daemon from a timer: what could not be noted is sent again. */
  function guarded(work: () => void): void {
    try {
      work();
    } catch (error) {
      const failure = asForecourtError(error);
      options.onError(failure.message);
      log.error({ code: failure.code }, `the feed cannot use the journal: ${failure.message}`);
      pause();
    }
  }

  function pause(): number {
    const wait = pauses.next();
    pausedUntil = clock.mono() + wait;
    outbox.rewind();
    return Math.round(wait);
  }

  function wake(): void {
    pumping ??= setImmediate(() => {
      pumping = undefined;
      guarded(pump);
    });
  }

  function pump(): void {
    if (open === null || clock.mono() < pausedUntil) return;
    const window = suspects.careful ? 1 : Math.min(options.window, open.limits.receiveMaximum);
    if (clock.mono() - batchAt >= batchEveryMs) {
      batchAt = clock.mono();
      left = batch;
    }
    for (; outbox.taken < window; left--) {
      if (left === 0) {
        resume();
        return;
      }
      const row = outbox.next();
      if (row === null) return;
      send(row, open);
    }
  }

  function resume(): void {
    resuming ??= setTimeout(() => {
      resuming = undefined;
      guarded(pump);
    }, batchEveryMs);
  }

  function send(row: JournalRow, to: NonNullable<typeof open>): void {
    const message = options.encode(row);
    if (outbox.unanswered === 0) heardAt = clock.mono();
    const event = outbox.sent(row);
    const size = packetSize(message, options.mqtt5);
    if (size > to.limits.maximumPacketSize) {
      outbox.answered();
      setAside(event, `${size} bytes, the broker takes ${to.limits.maximumPacketSize}`);
    } else {
      suspects.sent(event);
      to.connection.publish(message, (outcome) => {
        if (open === to) guarded(() => answered(event, outcome));
      });
    }
  }

  function answered(event: Sent, outcome: Outcome): void {
    if (outcome.kind === 'lost') return;
    heardAt = clock.mono();
    outbox.answered();
    suspects.answered(event);
    if (outcome.kind === 'acknowledged') {
      suspects.acknowledged();
      outbox.settle(event);
      published++;
      pauses.reset();
      options.onAcknowledged();
    } else if (passingCodes.includes(outcome.code)) {
      const { stream, seq } = event;
      options.onError(outcome.reason);
      log.warn({ code: 'MQTT_REJECTED', stream, seq, retryInMs: pause() }, outcome.reason);
    } else {
      setAside(event, outcome.reason);
    }
    if (outbox.unsaved >= saveEvery) save();
    wake();
    options.onAnswer();
  }

  function setAside(event: Sent, reason: string): void {
    const { stream, seq } = event;
    source.setAside(stream, seq, reason);
    outbox.settle(event);
    rejected++;
    options.onError(reason);
    log.warn({ code: 'MQTT_REJECTED', stream, seq }, `event set aside: ${reason}`);
    options.onSetAside?.({ stream, seq, reason });
  }

  function save(): void {
    savedAt = clock.mono();
    outbox.save();
  }

  return {
    opened(connection, limits) {
      open = { connection, limits };
      wake();
    },
    closed() {
      const guilty = open === null ? null : suspects.broken();
      open = null;
      // Before the outbox goes back to it.
      if (guilty) guarded(() => setAside(guilty, 'the connection breaks at this event every time'));
      outbox.reset();
    },
    wake,
    tick() {
      if (clock.mono() - savedAt >= saveEveryMs) guarded(save);
      guarded(pump);
    },
    save: () => guarded(save),
    silentMs: () => (outbox.unanswered === 0 ? 0 : clock.mono() - heardAt),
    backlog: () => ({ business: outbox.backlog('business'), telemetry: outbox.backlog('telemetry') }),
    get published() {
      return published;
    },
    get rejected() {
      return rejected;
    },
    get inFlight() {
      return outbox.unanswered;
    },
    stop() {
      clearImmediate(pumping);
      clearTimeout(resuming);
    },
  };
}
