import { describe, expect, it } from 'vitest';
import { instant } from '../../../src/model/units.ts';
import { businessDay } from '../../../src/station/businessDay.ts';

const at = (text: string) => instant(Date.parse(text));

describe('the business date', () => {
  it.each([
    ['Asia/Shanghai', '06:00', '2026-11-22T21:59:59Z', '2026-11-22'],
    ['Asia/Shanghai', '06:00', '2026-11-22T22:00:00Z', '2026-11-23'],
    ['Asia/Shanghai', '00:00', '2026-11-22T15:59:59Z', '2026-11-22'],
    ['Asia/Shanghai', '00:00', '2026-11-22T16:00:00Z', '2026-11-23'],
    ['UTC', '00:00', '2026-12-31T23:59:59Z', '2026-12-31'],
    ['UTC', '23:30', '2026-12-31T23:29:59Z', '2026-12-30'],
    // The day of the change to summer time starts at its wall-clock time, one hour of real time earlier.
    ['Europe/Berlin', '06:00', '2026-03-29T03:59:59Z', '2026-03-28'],
    ['Europe/Berlin', '06:00', '2026-03-29T04:00:00Z', '2026-03-29'],
    ['Europe/Berlin', '06:00', '2026-10-25T04:59:59Z', '2026-10-24'],
    ['Europe/Berlin', '06:00', '2026-10-25T05:00:00Z', '2026-10-25'],
  ])('in %s with a start at %s of %s is %s', (zone, start, when, date) => {
    expect(businessDay(zone, start)(at(when))).toBe(date);
  });
});
