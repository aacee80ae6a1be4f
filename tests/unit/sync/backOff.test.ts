import { expect, it } from 'vitest';
import { createBackOff } from '../../../src/sync/backOff.ts';

it('a wait doubles up to the most, and begins anew after a success', () => {
  const backOff = createBackOff(() => 1, 1000, 60_000);
  expect(Array.from({ length: 8 }, backOff.next)).toEqual([
    1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000,
  ]);
  backOff.reset();
  expect(backOff.next()).toBe(1000);
});

it('half of a wait is chance', () => {
  const values = [0, 0.5];
  const backOff = createBackOff(() => values.shift() ?? 0, 1000, 60_000);
  expect([backOff.next(), backOff.next()]).toEqual([500, 1500]);
});
