/** How long to wait before the next try, so that a fleet of stations does not knock at one moment. */
import type { Random } from '../core/ports.ts';

export interface BackOff {
  /** Milliseconds until the next try: doubled at each call up to the most, of which the last half is chance. */
  next(): number;
  /** It worked: begin with the first wait again. */
  reset(): void;
}

export function createBackOff(random: Random, firstMs: number, mostMs: number): BackOff {
  let wait = firstMs;
  return {
    next() {
      const chosen = wait * (0.5 + random() / 2);
      wait = Math.min(wait * 2, mostMs);
      return chosen;
    },
    reset() {
      wait = firstMs;
    },
  };
}
