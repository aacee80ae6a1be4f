/** Randomness of the runner, from the seed. */
import { createHash } from 'node:crypto';

export interface Dice {
  /** Uniform in [low, high). */
  between(low: number, high: number): number;
  chance(share: number): boolean;
  /** One of them. */
  pick<T>(list: readonly T[]): T | undefined;
}

/** The same seed and purpose give the same throws. */
export function dice(seed: number, purpose: string): Dice {
  let n = 0;
  const next = (): number =>
    createHash('sha256').update(`${seed} ${purpose} ${n++}`).digest().readUInt32BE(0) / 2 ** 32;
  const between = (low: number, high: number): number => low + next() * (high - low);
  return {
    between,
    chance: (share) => next() < share,
    pick: (list) => list[Math.floor(next() * list.length)],
  };
}
