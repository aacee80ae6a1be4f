/**
 * The station's own time: where it was set, plus what has passed since by the monotonic clock. The system's clock may be set at
 * any moment; this one only follows when the guard says so, and everything that waits for a time is moved with it.
 */
import type { Clock } from '../../core/ports.ts';
import { type Instant, instant, monoMs } from '../../model/units.ts';

export interface StationClock extends Clock {
  /** Sets the time, backwards too. */
  set(at: Instant): void;
  /** Moves the time a little. Whoever asks never sees it go back: it stands still for as long. */
  slew(ms: number): void;
  /** The machine was suspended: time has passed that the monotonic clock of the process did not count. */
  slept(ms: number): void;
}

/** Begins at the system's time. */
export function createStationClock(system: Clock): StationClock {
  let asleep = 0;
  let offset = system.now() - system.mono();
  let latest = Number.NEGATIVE_INFINITY;
  const mono = (): number => system.mono() + asleep;
  return {
    now() {
      const at = Math.floor(offset + mono());
      if (at > latest) latest = at;
      return instant(latest);
    },
    mono: () => monoMs(mono()),
    set(at) {
      offset = at - mono();
      latest = at;
    },
    slew(ms) {
      offset += ms;
    },
    slept(ms) {
      asleep += ms;
    },
  };
}
