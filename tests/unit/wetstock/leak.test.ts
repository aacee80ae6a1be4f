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
    const back = stepLeak(idle, look(-600, 20_000), false);
    expect(back.run).toBeNull();
    expect(stepLeak(idle, look(180, 1), false)).toBe(idle);
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
