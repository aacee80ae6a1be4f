/** Thousands of drivers by a seed, the truth known: what `npm run bench:matching` measures at length. */
import { describe, expect, it } from 'vitest';
import { matchingSchema } from '../../src/model/config/station.ts';
import { hostile, ordinary } from '../bench/matchingProfiles.ts';
import { score } from '../bench/matchingScore.ts';
import { scratchDirectory } from '../bench/matchingStation.ts';

const policy = { name: 'default', matching: matchingSchema.parse({}) };
const trial = { policy, sales: 2000, seed: 7, behaviour: ordinary, directory: scratchDirectory() };

describe('whose sale, over a day and two of ordinary drivers', () => {
  it.each(['nozzle', 'side'] as const)(
    'M179: a reader per %s: no sale goes to the wrong member',
    {
      timeout: 300_000,
    },
    (layout) => {
      const found = score({ ...trial, layout });
      expect(found.wrong).toBe(0);
      // Most of those who scanned are credited, and nearly all of those at once.
      expect(found.right).toBeGreaterThan(found.withCard * 0.82);
      expect(found.waited).toBeLessThan(found.right * 0.15);
      expect(found.lost).toBeLessThan(found.withCard * 0.02);
    },
  );

  it.each(['island', 'station'] as const)(
    'M179: a reader per %s: a person decides rather than a guess',
    {
      timeout: 300_000,
    },
    (layout) => {
      const found = score({ ...trial, layout });
      expect(found.wrong).toBe(0);
      expect(found.lost).toBeLessThan(found.withCard * 0.02);
    },
  );

  it('the instrument finds wrong credits where there are some', { timeout: 300_000 }, () => {
    const times = { beforeS: 300, oldS: 300, afterS: 120, lateS: 0, promptS: 0, waitS: 0, sharedWaitS: 0 };
    const wide = matchingSchema.parse(times);
    const found = score({
      ...{ ...trial, sales: 500, layout: 'side', behaviour: hostile },
      policy: { name: 'wide', matching: wide },
    });
    expect(found.wrong).toBeGreaterThan(0);
    expect(Object.keys(found.wrongBy)).not.toEqual([]);
  });
});
