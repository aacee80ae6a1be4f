/** Connects again and again until stopped: with growing pauses, and never in step with others. */
import type { Clock, Random } from '../../core/ports.ts';
import type { Connect, Connection } from './connection.ts';

export interface KeepOptions {
  readonly connect: Connect;
  readonly clock: Clock;
  readonly random: Random;
  /** Longest pause before the jitter, milliseconds. */
  readonly longestPauseMs: number;
  opened(): void;
  bytes(chunk: Uint8Array): void;
  /** An open connection ended, or an attempt failed. */
  closed(reason: string): void;
}

const firstPauseMs = 250;
/** A connection that lasted so long was a good one: the pauses begin anew. */
const goodAfterMs = 5_000;

/** Pause before attempt `failures` + 1: doubling from 250 ms, between half and one and a half of it. @returns milliseconds */
export function pauseMs(failures: number, longestMs: number, random: Random): number {
  const pause = Math.min(longestMs, firstPauseMs * 2 ** Math.min(failures, 20));
  return Math.round(pause * (0.5 + random()));
}

export interface KeptConnection {
  /** Lost when there is no open connection. */
  send(bytes: Uint8Array): void;
  /** Ends the present connection, which looks alive and is not; the next one follows. */
  drop(): void;
  stop(): Promise<void>;
  reconnects(): number;
}

export function keepConnected(options: KeepOptions): KeptConnection {
  let connection: Connection | null = null;
  let timer: NodeJS.Timeout | null = null;
  let stopped = false;
  let failures = 0;
  let openings = 0;

  function attempt(): void {
    timer = null;
    let openedAt: number | null = null;
    connection = options.connect({
      opened() {
        openings += 1;
        openedAt = options.clock.mono();
        options.opened();
      },
      bytes: options.bytes,
      closed(reason) {
        connection = null;
        if (openedAt !== null && options.clock.mono() - openedAt >= goodAfterMs) failures = 0;
        options.closed(reason);
        if (stopped) return;
        timer = setTimeout(attempt, pauseMs(failures, options.longestPauseMs, options.random));
        failures += 1;
      },
    });
  }
  attempt();

  return {
    send: (bytes) => connection?.send(bytes),
    drop: () => void connection?.close(),
    async stop() {
      stopped = true;
      if (timer) clearTimeout(timer);
      await connection?.close();
    },
    reconnects: () => Math.max(0, openings - 1),
  };
}
