/** Seeded chance: the same seed gives the same station. */
import type { Random } from '../../core/ports.ts';

/** Mulberry32 (Tommy Ettinger, public domain): 32 bits of state, uniform in [0, 1). */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 0x1_0000_0000;
  };
}

/** An independent stream for each part of the station, so that one part's draws do not move another's. */
export function randomFor(seed: number, part: string): Random {
  let hash = 0x811c9dc5 ^ (seed >>> 0);
  for (const character of part) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193);
  return seededRandom(hash);
}

/** A whole number from `from` to `to`, both included. */
export function whole(random: Random, from: number, to: number): number {
  return from + Math.floor(random() * (to - from + 1));
}

export function between(random: Random, [from, to]: readonly [number, number]): number {
  return from + random() * (to - from);
}

/** One of the items, undefined when there is none. */
export function pick<T>(random: Random, items: readonly T[]): T | undefined {
  return items[Math.floor(random() * items.length)];
}

/** One of the keys, by weight; the last one when all weights are zero. */
export function weighted<K extends string>(
  random: Random,
  weights: readonly (readonly [K, number])[],
  otherwise: K,
): K {
  let rest = random() * weights.reduce((sum, [, weight]) => sum + weight, 0);
  for (const [key, weight] of weights) {
    rest -= weight;
    if (rest < 0) return key;
  }
  return otherwise;
}
