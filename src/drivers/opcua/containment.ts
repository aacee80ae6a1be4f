/**
 * Exceptions that node-opcua throws from its own timers and sockets, brought home to the connection they belong to: it is
 * given up and made anew, and the other servers of the thread are read on. Runs in a worker only.
 */
import { AsyncLocalStorage } from 'node:async_hooks';

/** One connection from its first packet to its end. */
export interface Attempt {
  readonly server: string;
  /** Gives it up, with why; once is enough. */
  fail(reason: string): void;
}

const attempts = new AsyncLocalStorage<Attempt>();

/** All that `work` starts, its timers and sockets too, belongs to the attempt. */
export const inAttempt = <T>(attempt: Attempt, work: () => Promise<T>): Promise<T> =>
  attempts.run(attempt, work);

const withinMs = 60_000;
/** A library that throws without end is not given up by giving a connection up. */
const mostThrown = 1_000;

/** What belongs to no attempt, or comes too often, ends the thread. `onThrown`: the first of each attempt. */
export function containExceptions(
  mono: () => number,
  onThrown: (server: string, error: unknown) => void,
): void {
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
    onThrown(attempt.server, error);
    attempt.fail(
      `the library failed: ${error instanceof Error ? error.message : String(error)}`.slice(0, 200),
    );
  });
}
