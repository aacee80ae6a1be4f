import fc from 'fast-check';
import { expect, it } from 'vitest';
import { GaugeClock } from '../../../src/drivers/gauges/gaugeClock.ts';
import { type Instant, instant } from '../../../src/model/units.ts';
import { utc } from '../../support/watchedGauge.ts';

const noon = Date.UTC(2026, 0, 15, 12);
const print = (ms: number): string => new Date(ms).toISOString().replace(/\D/g, '').slice(0, 12);

function looks(clock: GaugeClock, offsetMs: number, from: number, count: number, everyMs: number): void {
  for (let n = 0; n < count; n += 1) {
    const at = from + n * everyMs;
    clock.saw(print(at + offsetMs), instant(at));
  }
}

it('looks over a minute tell the difference to within their distance', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: -86_400_000, max: 86_400_000 }),
      fc.integer({ min: 0, max: 60_000 }),
      (offset, phase) => {
        const clock = new GaugeClock(utc, false);
        looks(clock, offset, noon + phase, 20, 7_000);
        const found = clock.offsetMs ?? Number.NaN;
        // Zero where zero is possible.
        expect(Math.abs(found - offset)).toBeLessThanOrEqual(7_000 + 20);
      },
    ),
  );
});

it('one look is good to a minute, and clocks that may agree agree', () => {
  const clock = new GaugeClock(utc, false);
  expect(clock.offsetMs).toBeNull();
  clock.saw(print(noon), instant(noon + 40_000));
  expect(clock.offsetMs).toBe(0);
  expect(clock.toStation('202601151130')).toBe(noon - 30 * 60_000);
});

it('a clock that was set is believed at once', () => {
  const clock = new GaugeClock(utc, false);
  looks(clock, 0, noon, 20, 7_000);
  clock.saw(print(noon + 3_600_000), instant(noon + 10 * 60_000));
  expect(Math.abs((clock.offsetMs ?? 0) - 50 * 60_000)).toBeLessThanOrEqual(60_000);
});

it("times go both ways by the gauge's clock", () => {
  const clock = new GaugeClock(utc, false);
  looks(clock, -2 * 3_600_000, noon, 20, 7_000);
  expect(clock.toGauge(instant(noon + 30_000))).toBe('202601151000');
  expect(Math.abs((clock.toStation('202601151000') as Instant) - noon)).toBeLessThan(10_000);
  expect(clock.right(instant(noon))).toBe('202601151200');
});
