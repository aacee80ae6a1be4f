/**
 * A boundary round each device: what throws in its path stays there. It is counted, told, and the device is left alone for a
 * while when it goes on; its neighbours and the daemon notice nothing.
 */
import type { Clock, Log } from '../core/ports.ts';
import { asForecourtError, ForecourtError } from '../model/errors.ts';
import type { Instant } from '../model/units.ts';

export interface DeviceFaults {
  readonly count: number;
  /** Code and text of the last one. */
  readonly last: string | null;
  readonly lastAt: Instant | null;
}

export interface Boundaries {
  /** Runs `work` unless the device is left alone just now; never throws. */
  run(device: string, work: () => void): void;
  /** Runs `work` in any case: what must not be missed, such as that the device is gone. Never throws. */
  always(device: string, work: () => void): void;
  of(device: string): DeviceFaults;
}

/** So many faults with nothing good between them, and the device is left alone, longer each time. */
const patience = 3;
const firstPauseMs = 1_000;
const longestPauseMs = 60_000;
/** The same device is logged again no sooner than this. */
const logEveryMs = 10_000;

interface Kept {
  count: number;
  last: string | null;
  lastAt: Instant | null;
  inARow: number;
  pausedUntil: number;
  loggedAt: number;
}

/** Where it was thrown, without its text: that of a foreign error may quote a card's number. */
const framesOf = (error: unknown): string[] =>
  error instanceof Error ? (error.stack?.match(/^ +at .+$/gm) ?? []).map((line) => line.trim()) : [];

const none: DeviceFaults = { count: 0, last: null, lastAt: null };

export function createBoundaries(clock: Clock, log: Log): Boundaries {
  const devices = new Map<string, Kept>();

  function note(device: string, error: unknown): void {
    const failure = asForecourtError(error);
    const now = clock.mono();
    const kept = devices.get(device) ?? {
      ...{ count: 0, last: null, lastAt: null, inARow: 0 },
      pausedUntil: Number.NEGATIVE_INFINITY,
      loggedAt: Number.NEGATIVE_INFINITY,
    };
    devices.set(device, kept);
    kept.count++;
    kept.inARow++;
    // A card's number may stand in the text of a foreign error: only our own texts are shown.
    kept.last = error instanceof ForecourtError ? `${failure.code}: ${failure.message}` : failure.code;
    kept.lastAt = clock.now();
    const over = kept.inARow - patience;
    if (over >= 0) kept.pausedUntil = now + Math.min(longestPauseMs, firstPauseMs * 2 ** Math.min(over, 16));
    if (now - kept.loggedAt < logEveryMs) return;
    kept.loggedAt = now;
    log.error(
      { device, code: failure.code, faults: kept.count, stack: framesOf(error) },
      'a fault in the path of one device; the others go on',
    );
  }

  function always(device: string, work: () => void): void {
    try {
      work();
      const kept = devices.get(device);
      if (kept) kept.inARow = 0;
    } catch (error) {
      note(device, error);
    }
  }

  return {
    always,
    run(device, work) {
      const kept = devices.get(device);
      if (!kept || clock.mono() >= kept.pausedUntil) always(device, work);
    },
    of: (device) => devices.get(device) ?? none,
  };
}
