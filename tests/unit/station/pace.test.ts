import { expect, it } from 'vitest';
import { createPace } from '../../../src/station/api/pace.ts';

it('lets a few through at once, keeps a flood to a quarter of the time, and sends away whom it would keep too long', () => {
  let now = 0;
  const pace = createPace(() => now);
  const waits: number[] = [];
  for (let n = 0; n < 2_000; n++) {
    const place = pace.book();
    if (!place) break;
    waits.push(place.waitMs);
  }
  expect(waits.slice(0, 50)).toEqual(Array.from({ length: 50 }, () => 0));
  // A millisecond of work each: the thousandth waits for four times as much.
  expect(waits[1_000]).toBeGreaterThan(3_500);
  expect(waits.length).toBeLessThan(1_400);
  expect(pace.isFull()).toBe(true);
  now += 10_000;
  expect(pace.isFull()).toBe(false);
  expect(pace.book()?.waitMs).toBe(0);
});

it('makes a dear request be followed by a longer wait', () => {
  const pace = createPace(() => 0);
  const first = pace.book();
  pace.settle(first?.booked ?? 0, 250);
  expect(pace.book()?.waitMs).toBeGreaterThan(700);
});
