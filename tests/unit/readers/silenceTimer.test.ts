import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { silenceTimer } from '../../../src/drivers/readers/silenceTimer.ts';
import { instant, type MonoMs, monoMs } from '../../../src/model/units.ts';

beforeEach(() => {
  vi.useFakeTimers({ now: 0 });
});
afterEach(() => {
  vi.useRealTimers();
});

/** `held`: how far the process's clock is ahead of its timers. */
function start() {
  const state = { due: null as MonoMs | null, held: 0, fired: [] as number[] };
  const clock = {
    now: () => instant(Date.now()),
    mono: () => monoMs(Date.now() + state.held),
  };
  const timer = silenceTimer(
    clock,
    () => state.due,
    () => {
      state.fired.push(clock.mono());
      state.due = null;
    },
  );
  return { state, timer };
}

it('calls once the silence is long enough', () => {
  const { state, timer } = start();
  state.due = monoMs(100);
  timer.arm();
  vi.advanceTimersByTime(99);
  expect(state.fired).toEqual([]);
  vi.advanceTimersByTime(1_000);
  expect(state.fired).toEqual([100]);
});

it('a byte moves it on, and nothing waiting calls nothing', () => {
  const { state, timer } = start();
  state.due = monoMs(100);
  timer.arm();
  vi.advanceTimersByTime(90);
  state.due = monoMs(190);
  timer.arm();
  vi.advanceTimersByTime(99);
  expect(state.fired).toEqual([]);
  state.due = null;
  vi.advanceTimersByTime(1_000);
  expect(state.fired).toEqual([]);
});

it('a process that was held up gives waiting bytes their time before it calls it silence', () => {
  const { state, timer } = start();
  state.due = monoMs(100);
  timer.arm();
  state.held = 500;
  vi.advanceTimersByTime(100);
  expect(state.fired).toEqual([]);
  vi.advanceTimersByTime(100);
  expect(state.fired).toEqual([700]);
});

it('stops', () => {
  const { state, timer } = start();
  state.due = monoMs(100);
  timer.arm();
  timer.stop();
  vi.advanceTimersByTime(1_000);
  expect(state.fired).toEqual([]);
});
