/** Normally distributed noise out of a uniform source. */
import type { Random } from '../../core/ports.ts';

/** Mean 0, deviation 1 (Box and Muller). */
export const gaussian = (random: Random): number =>
  Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
