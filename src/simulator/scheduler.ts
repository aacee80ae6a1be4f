/** Time as the simulated station lives it: one simulated second may be a fraction of a real one. */
import type { Clock } from '../core/ports.ts';

export type Cancel = () => void;

export interface Scheduler {
  /** Simulated milliseconds since the start. */
  now(): number;
  /** Runs once after so many simulated milliseconds. */
  after(ms: number, run: () => void): Cancel;
}

/** A scheduler on the process's timers; `speed` simulated milliseconds pass in each real one. */
export function realScheduler(clock: Clock, speed: number): Scheduler {
  const start = clock.mono();
  return {
    now: () => (clock.mono() - start) * speed,
    after(ms, run) {
      const timer = setTimeout(run, Math.max(0, ms / speed));
      return () => clearTimeout(timer);
    },
  };
}
