import { describe, expect, it } from 'vitest';
import type { LeakEstimate } from '../../../src/core/wetstock/leak.ts';
import { type BalancedDay, meterEstimate, meterFinding } from '../../../src/core/wetstock/meter.ts';
import { randomFor } from '../../../src/simulator/physics/random.ts';
import { gaussian } from '../../../src/simulator/tanks/gaussian.ts';

/** Meters show `share` more than they give (negative: less); looks that err by ten litres. */
function days(count: number, share: number, litresPerHour = 0, seed = 3): BalancedDay[] {
  const random = randomFor(seed, 'days');
  let before = 0;
  return Array.from({ length: count }, () => {
    const sales = 5_000 + 500 * gaussian(random);
    const after = 10 * gaussian(random);
    const variance = sales * share + litresPerHour * 24 + after - before;
    before = after;
    return { variance, sales, hours: 24 };
  });
}
const idle = (litresPerHour: number, plusMinus: number): LeakEstimate => ({
  ...{ litresPerHour, plusMinus, idleHours: 200, spans: 60 },
});
const alarm = 0.003;

describe('meters that err', () => {
  it.each([
    ['right ones', 0, false],
    ['0.5 % too much given', -0.005, true],
    ['0.5 % too little given', 0.005, true],
    ['0.2 %, which the law may allow', 0.002, false],
  ])('%s', (_, share, found) => {
    const all = days(40, share);
    expect(meterEstimate(all, idle(0, 0.1))?.share).toBeCloseTo(share, 3);
    expect(meterFinding(all, idle(0, 0.1), alarm, false).standing).toBe(found);
  });

  it('a leak that the idle hours are sure of is no error of the meters, and meters are told beside it', () => {
    const leaking = days(60, 0, -0.76);
    expect(meterFinding(leaking, idle(-0.76, 0.1), alarm, false).standing).toBe(false);
    const both = days(60, -0.006, -0.76);
    expect(meterEstimate(both, idle(-0.76, 0.1))?.share).toBeCloseTo(-0.006, 3);
    expect(meterFinding(both, idle(-0.76, 0.1), alarm, false).standing).toBe(true);
  });

  it('a leak that the idle hours are not sure of yet is no error of the meters either', () => {
    const leaking = days(40, 0, -0.76);
    expect(meterEstimate(leaking, idle(-0.7, 0.6))?.share).toBeLessThan(-alarm);
    expect(meterFinding(leaking, idle(-0.7, 0.6), alarm, false).standing).toBe(false);
  });

  it('a theft in one night is a step and no slope', () => {
    const all = days(40, 0).map((day, index) =>
      index === 20 ? { ...day, variance: day.variance - 900 } : day,
    );
    expect(Math.abs(meterEstimate(all, null)?.share ?? 1)).toBeLessThan(0.0008);
  });

  it('three weeks are needed', () => {
    expect(meterEstimate(days(20, 0.01), null)).toBeNull();
    expect(meterFinding(days(20, 0.01), null, alarm, true)).toEqual({ standing: true, text: '' });
  });

  it('one that stands is over at half of what raises it', () => {
    expect(meterFinding(days(60, 0.002), idle(0, 0.1), alarm, true).standing).toBe(true);
    expect(meterFinding(days(60, 0.001), idle(0, 0.1), alarm, true).standing).toBe(false);
  });

  it('says which way they err', () => {
    expect(meterFinding(days(40, -0.005), null, alarm, false).text).toMatch(
      /^the meters give more than they show: 0\.\d\d %/,
    );
    expect(meterFinding(days(40, 0.005), null, alarm, false).text).toMatch(
      /^the meters show more than they give: 0\.\d\d %/,
    );
  });
});

it('a leak that was mended is not booked on the meters afterwards', () => {
  const all = [...days(58, 0, -0.76), ...days(32, 0, 0, 4)];
  expect(meterFinding(all, idle(0, 0.1), alarm, false).standing).toBe(false);
});
