/**
 * Exceptions that node-opcua throws from its own timers and sockets, brought home to the connection they belong to: it is
 * given up, and the other ones of the thread go on. Runs in a worker only.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { subscribe } from 'node:diagnostics_channel';
import type { Socket } from 'node:net';

/** One connection from its first packet to its end. */
export interface Attempt {
  /** Whom it is with. */
  readonly peer: string;
  /** Gives it up, with why; once is enough. */
  fail(reason: string): void;
}

/** The first exception of each attempt. */
export type OnThrown = (peer: string, error: unknown) => void;

const attempts = new AsyncLocalStorage<Attempt>();

/** All that `work` starts, its timers and sockets too, belongs to the attempt. */
export const inAttempt = <T>(attempt: Attempt, work: () => T): T => attempts.run(attempt, work);

const withinMs = 60_000;
/** A library that throws without end is not given up by giving a connection up. */
const mostThrown = 1_000;

/** What belongs to no attempt, or comes too often, ends the thread. */
export function containExceptions(mono: () => number, onThrown: OnThrown): void {
  const told = new WeakSet<Attempt>();
  let since = mono();
  let thrown = 0;
  process.on('uncaughtException', (error: unknown) => {
    if (mono() - since > withinMs) {
      since = mono();
      thrown = 0;
    }
    thrown += 1;
    const attempt = attempts.getStore();
    if (!attempt || thrown > mostThrown) throw error;
    if (told.has(attempt)) return;
    told.add(attempt);
    onThrown(attempt.peer, error);
    attempt.fail(reasonOf(error));
  });
}

/**
 * The same for connections that are accepted: each is an attempt of its own, and what is thrown at the bytes of a client
 * costs it the connection, however often clients send them.
 */
export function containAccepted(onThrown: OnThrown): void {
  subscribe('net.server.socket', (message) => {
    const { socket } = message as { socket: Socket };
    const peer = `${socket.remoteAddress}:${socket.remotePort}`;
    const attempt: Attempt = { peer, fail: () => socket.destroy() };
    const emit = socket.emit.bind(socket) as (...event: unknown[]) => boolean;
    const contained = (...event: unknown[]): boolean => {
      try {
        return emit(...event);
      } catch (error) {
        onThrown(peer, error);
        attempt.fail(reasonOf(error));
        return true;
      }
    };
    socket.emit = (...event: unknown[]) => inAttempt(attempt, () => contained(...event));
  });
}

const reasonOf = (error: unknown): string =>
  `the library failed: ${error instanceof Error ? error.message : String(error)}`.slice(0, 200);
