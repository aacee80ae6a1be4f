/** Warns about one kind of trouble at most once a minute, with how often it came meanwhile. */
import type { Log } from '../../core/ports.ts';
import type { MonoMs } from '../../model/units.ts';

const everyMs = 60_000;

export interface TroubleLog {
  /** `key` tells kinds of trouble apart. */
  warn(key: string, mono: MonoMs, fields: object, message: string): void;
}

export function createTroubleLog(log: Log): TroubleLog {
  const last = new Map<string, { mono: MonoMs; times: number }>();
  return {
    warn(key, mono, fields, message) {
      const before = last.get(key);
      if (before !== undefined && mono - before.mono < everyMs) {
        before.times += 1;
        return;
      }
      last.set(key, { mono, times: 0 });
      log.warn({ ...fields, times: (before?.times ?? 0) + 1 }, message);
    },
  };
}
