/**
 * Waiting for a point in time, never short of it. A timer of the event loop may be a millisecond early or late, which is
 * much against a guard gap of 1.75 ms; the last piece is therefore slept in the thread, less than a millisecond at a time.
 */
import { performance } from 'node:perf_hooks';
import { sleep, turn } from './byteLink.ts';

const cell = new Int32Array(new SharedArrayBuffer(4));
export const longestNapMs = 0.9;

/** Puts the thread to sleep: no CPU, no events. At most 0.9 ms. */
export function nap(ms: number): void {
  if (ms > 0) Atomics.wait(cell, 0, 0, Math.min(ms, longestNapMs));
}

/** Returns at `target` on the `mono` clock: for the last few tenths of a millisecond, where a sleep is too coarse. */
export function spin(mono: () => number, target: number): void {
  while (mono() < target);
}

/** Tells how long this process was busy with other things, a commit on a slow disk above all. */
export class LoopWatch {
  readonly #mono: () => number;
  /** When the line was looked at last. */
  markedAt = 0;
  #idle = 0;

  constructor(mono: () => number) {
    this.#mono = mono;
    this.mark();
  }

  mark(): void {
    this.markedAt = this.#mono();
    this.#idle = performance.nodeTiming.idleTime;
  }

  /** Milliseconds since the mark in which the event loop did not wait for events: nothing was read then. */
  stoodStillMs(): number {
    return this.#mono() - this.markedAt - (performance.nodeTiming.idleTime - this.#idle);
  }
}

/** Resolves at `target` on the `mono` clock or up to some 0.1 ms later. */
export async function until(mono: () => number, target: number): Promise<void> {
  for (;;) {
    const left = target - mono();
    if (left <= 0) return;
    if (left > 2.2) await sleep(Math.floor(left - 1.2));
    else {
      nap(left);
      // Others get their turn between two naps.
      if (target - mono() > longestNapMs / 2) await turn();
    }
  }
}
