/**
 * Keeps a worker thread running: starts it, makes it anew after a crash or when it says nothing any more, with growing
 * pauses. What it does cannot harm the main thread: its heap is its own and bounded.
 */
import { Worker } from 'node:worker_threads';
import type { Clock, Log, Random } from '../../core/ports.ts';
import { backoffMs } from '../bus/backoff.ts';

export interface ThreadOptions<Out> {
  readonly name: string;
  /** The thread's program. */
  readonly program: URL;
  /** Given to it at each start. */
  readonly setup: () => unknown;
  readonly clock: Clock;
  readonly log: Log;
  readonly random: Random;
  /** It was started, for the first time or again: it knows nothing yet. */
  readonly onStart: () => void;
  readonly onMessage: (message: Out) => void;
  /** It is gone, with why; it will be started again. */
  readonly onGone: (reason: string) => void;
  readonly heapMb?: number;
  readonly firstPauseMs?: number;
}

export interface Thread<In> {
  /** Dropped while the thread is down: `onStart` tells it everything again. */
  send(message: In): void;
  /** Ends it now, as a crash would. */
  kill(): void;
  /** Asks it to stop, and ends it when it does not. */
  stop(farewell: In): Promise<void>;
  readonly restarts: number;
}

const firstPauseMs = 1_000;
const longestPauseMs = 60_000;
/** Loading takes up to two seconds on a small machine. */
const silentMs = 30_000;
const lookEveryMs = 5_000;
const farewellMs = 4_000;
const heapMb = 256;

export function startThread<In, Out>(options: ThreadOptions<Out>): Thread<In> {
  const { name, clock, log, random } = options;
  let worker: Worker | null = null;
  let restarts = 0;
  let stopped = false;
  let heardAt = clock.mono();
  let startedAt = clock.mono();
  let tries = 0;
  let again: NodeJS.Timeout | null = null;

  function start(): void {
    again = null;
    startedAt = clock.mono();
    heardAt = startedAt;
    const current = new Worker(options.program, {
      name,
      workerData: options.setup(),
      resourceLimits: { maxOldGenerationSizeMb: options.heapMb ?? heapMb },
    });
    worker = current;
    let reason = 'it ended';
    current.on('message', (message: Out) => {
      if (worker !== current) return;
      heardAt = clock.mono();
      options.onMessage(message);
    });
    current.on('error', (error: unknown) => {
      reason = error instanceof Error ? error.message : String(error);
    });
    current.on('exit', () => {
      if (worker === current) gone(reason);
    });
    options.onStart();
  }

  function gone(reason: string): void {
    worker = null;
    if (stopped) return;
    tries = clock.mono() - startedAt > longestPauseMs ? 1 : tries + 1;
    const pauseMs = backoffMs(tries, options.firstPauseMs ?? firstPauseMs, longestPauseMs, random());
    log.error(
      { thread: name, reason, pauseMs: Math.round(pauseMs) },
      'a thread is gone and is started again',
    );
    options.onGone(reason);
    again = setTimeout(() => {
      restarts += 1;
      start();
    }, pauseMs);
    again.unref();
  }

  const look = setInterval(() => {
    if (!worker || clock.mono() - heardAt < silentMs) return;
    log.error({ thread: name }, 'a thread says nothing any more');
    void worker.terminate();
  }, lookEveryMs);
  look.unref();
  start();

  return {
    send: (message) => worker?.postMessage(message),
    kill: () => void worker?.terminate(),
    async stop(farewell) {
      stopped = true;
      clearInterval(look);
      if (again) clearTimeout(again);
      const last = worker;
      if (!last) return;
      const ended = new Promise<void>((resolve) => last.once('exit', () => resolve()));
      last.postMessage(farewell);
      const timer = setTimeout(() => void last.terminate(), farewellMs);
      await ended;
      clearTimeout(timer);
    },
    get restarts() {
      return restarts;
    },
  };
}

/** The program beside this module, as source or compiled. */
export const programBeside = (name: string, base: string): URL =>
  new URL(`./${name}${base.endsWith('.ts') ? '.ts' : '.js'}`, base);
