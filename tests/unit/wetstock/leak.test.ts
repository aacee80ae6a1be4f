import { describe, expect, it } from 'vitest';
import {
  freshLeak,
  type LeakState,
  leakEstimate,
  leakFinding,
  parseLeak,
  stepLeak,
} from '../../../src/core/wetstock/leak.ts';
import type { StockSample } from '../../../src/model/tank.ts';
import { centiCelsius, instant, millilitres } from '../../../src/model/units.ts';
import { randomFor } from '../../../src/simulator/physics/random.ts';
import { gaussian } from '../../../src/simulator/tanks/gaussian.ts';

const minute = 60_000;
const began = Date.UTC(2026, 0, 5);
const spec = { litresPerHour: 0.76 };

const look = (atMinute: number, litres: number, more: Partial<StockSample> = {}): StockSample => ({
  at: instant(began + Math.round(atMinute * minute)),
  volume: millilitres(Math.round(litres * 1000)),
  volumeAt15: millilitres(Math.round(litres * 1000)),
  temperature: centiCelsius(1500),
  dispensed: millilitres(0),
  active: false,
  deliveryInProgress: false,
  ...more,
});

/** Nights of eight hours, a look every five minutes, noise of three litres; the days are busy. */
function nights(
  count: number,
  litresPerHour: number,
  seed = 1,
  through = (state: LeakState) => state,
): LeakState {
  const random = randomFor(seed, 'noise');
  let state = freshLeak();
  let litres = 20_000;
  for (let night = 0; night < count; night++) {
    for (let at = 0; at < 24 * 60; at += 5) {
      const isDay = at >= 8 * 60;
      litres -= (litresPerHour * 5) / 60;
      const sample = look(night * 1440 + at, litres + 3 * gaussian(random), {
        active: isDay,
        dispensed: millilitres(night * 1_000_000 + (isDay ? at * 100 : 0)),
      });
      state = through(stepLeak(state, sample, false));
    }
  }
  return state;
}

describe('a leak in idle hours', () => {
  it.each([
    [0, false],
    [0.76, true],
    [2, true],
    [-0.76, false],
  ])('%d L/h', (rate, found) => {
    const state = nights(14, rate);
    const estimate = leakEstimate(state);
    expect(estimate?.litresPerHour).toBeCloseTo(-rate, 0);
    expect(Math.abs((estimate?.litresPerHour ?? 9) + rate)).toBeLessThan(0.3);
    expect(leakFinding(spec, state, false).standing).toBe(found);
    if (found)
      expect(leakFinding(spec, state, false).text).toMatch(/^\d+\.\d\d L\/h \(\+\/- .* idle hours\. Have/);
  });

  it('one that is mended is over when the weeks show it, not at once', () => {
    expect(leakFinding(spec, nights(14, 0.76), true).standing).toBe(true);
    expect(leakFinding(spec, nights(14, 0), true).standing).toBe(false);
    expect(leakFinding(spec, freshLeak(), true)).toEqual({ standing: true, text: '' });
  });

  it('a restart at any look changes nothing', () => {
    const again = nights(3, 0.5, 7, (state) => {
      const back = parseLeak(JSON.parse(JSON.stringify(state)));
      if (!back) throw new Error('a state was refused');
      return back;
    });
    expect(again).toEqual(nights(3, 0.5, 7));
  });

  it('a nozzle, a delivery, a gap and a clock that goes back end the span', () => {
    const calm = (from: number, to: number, state: LeakState): LeakState => {
      let next = state;
      for (let at = from; at <= to; at += 5) next = stepLeak(next, look(at, 20_000), false);
      return next;
    };
    const idle = calm(0, 180, freshLeak());
    expect(idle.spans).toHaveLength(0);
    expect(idle.run).not.toBeNull();
    const sold = stepLeak(idle, look(185, 20_000, { dispensed: millilitres(30_000) }), false);
    expect([sold.spans.length, sold.run]).toEqual([1, null]);
    const delivering = stepLeak(idle, look(185, 22_000), true);
    expect([delivering.spans.length, delivering.run]).toEqual([1, null]);
    expect(calm(190, 600, delivering).run).toBeNull();
    const gap = stepLeak(idle, look(300, 20_000), false);
    expect([gap.spans.length, gap.run]).toEqual([1, null]);
    expect(stepLeak(idle, look(180, 1), false)).toBe(idle);
  });

  it.each([
    { name: 'a little: nothing is looked at until it was seen before', back: 14, kept: true },
    { name: 'by more than a gap', back: 16, kept: false },
    { name: 'by a day', back: 1_440, kept: false },
    { name: 'by years', back: 1_440 * 800, kept: false },
  ])('the clock is set back, $name', ({ back, kept }) => {
    const delivered = stepLeak(nights(14, 0.76), look(20_160, 20_000), true);
    const now = 20_160 - back;
    const after = stepLeak(delivered, look(now, 20_000), false);
    if (kept) return expect(after).toBe(delivered);
    // what was measured stands, none of it in the future, in its order
    const times = after.spans.map(({ at }) => at);
    expect(after.spans).toHaveLength(delivered.spans.length);
    expect(times).toEqual([...times].sort((a, b) => a - b));
    expect(times.at(-1)).toBeLessThanOrEqual(began + now * minute);
    expect(leakFinding(spec, after, false).standing).toBe(true);
    // a delivery just before goes on mixing for eight hours, and for no longer
    expect((after.deliveryUntil - (after.last ?? 0)) / minute).toBe(480);
    let next = after;
    for (let at = 5; at < 480; at += 5) next = stepLeak(next, look(now + at, 20_000), false);
    expect(next.run).toBeNull();
    expect(stepLeak(next, look(now + 480, 20_000), false).run).not.toBeNull();
  });

  it('the clock is set back while a span runs: it ends there', () => {
    let state = freshLeak();
    for (let at = 0; at <= 180; at += 5) state = stepLeak(state, look(at, 20_000), false);
    const after = stepLeak(state, look(-600, 20_000), false);
    expect(after.run).toBeNull();
    expect(after.spans).toMatchObject([{ at: began - 600 * minute, hours: 170 / 60 }]);
  });

  it('tight tanks are left alone, however often they are judged', () => {
    const noisy = Array.from({ length: 6 }, (_, seed) => {
      let isTold = false;
      nights(40, 0, 100 + seed, (state) => {
        const isNew = state.spans.length > 0 && state.run === null;
        if (isNew) isTold ||= leakFinding(spec, state, false).standing;
        return state;
      });
      return isTold;
    });
    expect(noisy).not.toContain(true);
  });

  it.each([
    [0.3, false],
    [1.5, true],
    [6, true],
  ])('a leak of %d L/h that begins after a tight month is told within a week: %s', (rate, told) => {
    const tight = nights(30, 0).spans;
    const fresh = nights(7, rate, 2).spans.map((span) => ({ ...span, at: span.at + 30 * 1_440 * minute }));
    const state = { ...freshLeak(), last: began + 37 * 1_440 * minute, spans: [...tight, ...fresh] };
    const finding = leakFinding(spec, state, false);
    expect(finding.standing).toBe(told);
    // the rate is that of the time since it began, not of the month
    if (told) expect(Math.abs(Number.parseFloat(finding.text) - rate)).toBeLessThan(rate / 3);
  });

  it('one night that lost much is no leak', () => {
    const { spans, last } = nights(20, 0);
    const stolen = spans.map((span, index) => (index === spans.length - 3 ? { ...span, slope: -24 } : span));
    expect(leakFinding(spec, { ...freshLeak(), last, spans: stolen }, false).standing).toBe(false);
  });

  it('a theft is no leak: a span that lost so much says nothing', () => {
    let state = freshLeak();
    for (let at = 0; at <= 240; at += 5) state = stepLeak(state, look(at, 20_000 - at * 2), false);
    state = stepLeak(state, look(245, 19_500, { active: true }), false);
    expect(state.spans).toEqual([]);
  });

  it.each([
    null,
    1,
    {},
    { ...freshLeak(), version: 2 },
    { ...freshLeak(), spans: [{}] },
    { ...freshLeak(), run: {} },
    { ...freshLeak(), last: 'x' },
    { ...freshLeak(), spans: Array.from({ length: 241 }, () => ({ at: 1, hours: 1, slope: 0, error: 0 })) },
  ])('%j is no state', (json) => {
    expect(parseLeak(json)).toBeNull();
  });
});
