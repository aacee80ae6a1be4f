import { performance } from 'node:perf_hooks';
import type { Clock } from '../core/ports.ts';
import { instant, monoMs } from '../model/units.ts';

export const systemClock: Clock = {
  now: () => instant(Date.now()),
  mono: () => monoMs(performance.now()),
};
