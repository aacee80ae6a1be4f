/** What the operating system knows of time. */
import { readFileSync } from 'node:fs';
import { uptime } from 'node:os';
import { performance } from 'node:perf_hooks';
import type { Clock } from '../core/ports.ts';
import { instant, monoMs } from '../model/units.ts';

export const systemClock: Clock = {
  now: () => instant(Date.now()),
  mono: () => monoMs(performance.now()),
};

/** The running of the machine since it was switched on: goes on over restarts of the daemon and through suspension. */
export interface Boot {
  /** Another one after each boot; null: the system does not tell. */
  readonly id: string | null;
  upMs(): number;
}

/** For where nothing is known of the machine: each start of the daemon counts as a boot. */
export const unknownBoot = (clock: Clock): Boot => ({ id: null, upMs: () => Math.round(clock.mono()) });

export const systemBoot: Boot = {
  id: bootId(),
  upMs: () => Math.round(uptime() * 1000),
};

function bootId(): string | null {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim() || null;
  } catch {
    return null;
  }
}
