/** How long to wait before another try. */

/**
 * Doubles from `firstMs` to `mostMs`, spread by a quarter either way so that many do not try at once.
 * @param tries failed tries so far, from 1
 * @param random a number in [0, 1)
 */
export function backoffMs(tries: number, firstMs: number, mostMs: number, random: number): number {
  const doubled = Math.min(mostMs, firstMs * 2 ** Math.min(tries - 1, 30));
  return Math.min(mostMs, doubled * (0.75 + random / 2));
}
