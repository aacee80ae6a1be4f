/** Time that passes only when a test says so: a clock and a scheduler in one. */
import type { Clock } from '../../src/core/ports.ts';
import { instant, monoMs } from '../../src/model/units.ts';
import type { Scheduler } from '../../src/simulator/scheduler.ts';

export interface VirtualTime {
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  /** Runs what falls due within so many milliseconds. */
  advance(ms: number): void;
  /** Runs everything in order until the condition holds; throws when nothing is left to run, or after a million steps. */
  runUntil(condition: () => boolean): void;
}

const start = Date.UTC(2026, 0, 15, 8);

export function virtualTime(): VirtualTime {
  let now = 0;
  let order = 0;
  const waiting = new Map<number, { readonly at: number; readonly run: () => void }>();

  function first(): [number, number] | null {
    let found: [number, number] | null = null;
    for (const [id, { at }] of waiting) if (found === null || at < found[1]) found = [id, at];
    return found;
  }

  function runOne(id: number): void {
    const task = waiting.get(id);
    waiting.delete(id);
    now = Math.max(now, task?.at ?? now);
    task?.run();
  }

  return {
    clock: { now: () => instant(start + Math.floor(now)), mono: () => monoMs(now) },
    scheduler: {
      now: () => now,
      after(ms, run) {
        const id = order++;
        waiting.set(id, { at: now + Math.max(0, ms), run });
        return () => waiting.delete(id);
      },
    },
    advance(ms) {
      const end = now + ms;
      for (let next = first(); next !== null && next[1] <= end; next = first()) runOne(next[0]);
      now = end;
    },
    runUntil(condition) {
      for (let step = 0; !condition(); step++) {
        const next = first();
        if (next === null || step > 1_000_000) throw new Error('nothing more happens');
        runOne(next[0]);
      }
    },
  };
}
