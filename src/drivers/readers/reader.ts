/**
 * A card reader that sends bytes by itself, over serial or TCP: kept connected, parsed, each card told once while it lies
 * there. What a card says goes to `onRead` and nowhere else: not into a log, an error or a statistic.
 */
import type { CardEvent, CardParser } from '../../core/cards/events.ts';
import type { Clock, Log, Random } from '../../core/ports.ts';
import { asForecourtError } from '../../model/errors.ts';
import type { CardRead } from '../../model/readings.ts';
import { type Instant, instant } from '../../model/units.ts';
import { keepConnected } from '../connections/keepConnected.ts';
import { serialConnection } from '../connections/serialConnection.ts';
import { tcpConnection } from '../connections/tcpConnection.ts';
import { type ByteReaderConfig, parserFor } from './parserFor.ts';
import { repeatFilter } from './repeats.ts';
import { silenceTimer } from './silenceTimer.ts';

export interface ReaderHealth {
  readonly reader: string;
  readonly online: boolean;
  /** Empty while online. */
  readonly reason: string;
  readonly at: Instant;
}

export interface ReaderDeps {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly onRead: (read: CardRead) => void;
  /** Told when it changes, and once at the start. */
  readonly onHealth: (health: ReaderHealth) => void;
  /** Runs what bytes and silence lead to, and what it throws goes no further; default: nothing is held back. */
  readonly guard?: (work: () => void) => void;
}

/** Counters since the start; `reads` without repetitions of a lying card. */
export interface ReaderStats {
  readonly online: boolean;
  readonly reads: number;
  readonly badFrames: number;
  /** Times a scanner said that it read nothing. */
  readonly noReads: number;
  /** Stripes that are no loyalty cards. */
  readonly dropped: number;
  readonly lastReadAt: Instant | null;
  readonly bytes: number;
  readonly reconnects: number;
}

export interface Reader {
  stop(): Promise<void>;
  stats(): ReaderStats;
}

/** Ports are local and opening one costs nothing; a server that is down is asked more seldom. Milliseconds. */
const longestPauseMs = { serial: 2_000, tcp: 10_000 } as const;

export function openReader(config: ByteReaderConfig, deps: ReaderDeps): Reader {
  const { clock, log, guard = (work) => work() } = deps;
  const counts = { reads: 0, badFrames: 0, noReads: 0, dropped: 0, bytes: 0 };
  const isRepeat = repeatFilter();
  let online: boolean | null = null;
  let lastReadAt: Instant | null = null;
  let parser: CardParser = parserFor(config);
  /** When the newest byte came: a text that silence completes was read then. */
  let lastMono = clock.mono();

  const silence = silenceTimer(
    clock,
    () => parser.due(),
    () => guarded(() => parser.flush(clock.mono()).forEach(take)),
  );

  function guarded(work: () => void): void {
    guard(() => {
      try {
        work();
      } catch (error) {
        // Whatever state it was in when it threw.
        parser = parserFor(config);
        throw error;
      }
    });
  }

  function take(event: CardEvent): void {
    if (event.kind === 'read') takeRead(event);
    else if (event.kind === 'no-read') counts.noReads += 1;
    else if (event.kind === 'dropped') counts.dropped += 1;
    else {
      counts.badFrames += 1;
      log.debug({ reader: config.id, reason: event.reason }, 'bytes of a card reader refused');
    }
  }

  function takeRead(event: Extract<CardEvent, { kind: 'read' }>): void {
    if (isRepeat(event.format, event.text, lastMono)) return;
    counts.reads += 1;
    // Reckoned now: the clock may have been set since the byte came.
    const at = instant(clock.now() - Math.round(clock.mono() - lastMono));
    lastReadAt = at;
    try {
      deps.onRead({ at, mono: lastMono, reader: config.id, format: event.format, text: event.text });
    } catch (error) {
      log.error(
        { reader: config.id, code: asForecourtError(error).code },
        'a card read could not be recorded',
      );
    }
  }

  function tellHealth(now: boolean, reason: string): void {
    if (online === now) return;
    online = now;
    guard(() => deps.onHealth({ reader: config.id, online: now, reason, at: clock.now() }));
  }

  const link = keepConnected({
    connect:
      config.connection.kind === 'serial'
        ? serialConnection(config.connection)
        : tcpConnection(config.connection),
    clock,
    random: deps.random,
    longestPauseMs: longestPauseMs[config.connection.kind],
    opened() {
      // Half a frame from before the break is not to be joined with bytes from after it.
      parser = parserFor(config);
      tellHealth(true, '');
    },
    bytes(chunk) {
      lastMono = clock.mono();
      counts.bytes += chunk.length;
      guarded(() => parser.push(chunk, lastMono).forEach(take));
      chunk.fill(0);
      silence.arm();
    },
    closed(reason) {
      silence.stop();
      tellHealth(false, reason);
    },
  });

  return {
    async stop() {
      await link.stop();
      silence.stop();
    },
    stats: () => ({ ...counts, online: online === true, lastReadAt, reconnects: link.reconnects() }),
  };
}
