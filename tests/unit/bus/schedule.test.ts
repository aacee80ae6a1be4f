import { describe, expect, it } from 'vitest';
import {
  type Candidate,
  chooseStep,
  type JobTimes,
  nearlyDue,
  nextRelease,
  type ProbeRation,
} from '../../../src/drivers/bus/schedule.ts';

const job = (
  releaseAt: number,
  intervalMs: number | null = 1_000,
  more: Partial<JobTimes> = {},
): JobTimes => ({
  releaseAt,
  intervalMs,
  urgent: false,
  priority: 0,
  ...more,
});
const device = (jobs: JobTimes[], more: Partial<Candidate> = {}): Candidate => ({
  attemptAt: Number.NEGATIVE_INFINITY,
  trusted: true,
  silent: false,
  writeAt: null,
  begun: null,
  jobs,
  ...more,
});
const silent = (since: number, jobs = [job(0)]): Candidate =>
  device(jobs, { attemptAt: since, trusted: false, silent: true });
const never: ProbeRation = { allowedAt: Number.POSITIVE_INFINITY, costMs: 100 };
const now = 10_000;

describe('what the line does next', () => {
  it('waits for the first that becomes due, and for ever when there is nothing', () => {
    expect(chooseStep([device([job(now + 40)]), device([job(now + 30)])], now, never)).toEqual({
      kind: 'wait',
      until: now + 30,
    });
    expect(chooseStep([device([])], now, never)).toEqual({ kind: 'wait', until: Number.POSITIVE_INFINITY });
  });

  const ranked: readonly (readonly [string, Candidate, Candidate])[] = [
    ['the earlier deadline', device([job(now, 250)]), device([job(now - 100, 1_000)])],
    [
      'a slow reading that is late for its interval',
      device([job(now - 40_000, 30_000)]),
      device([job(now - 50, 250)]),
    ],
    ['a requested reading', device([job(now, 30_000, { urgent: true })]), device([job(now, 250)])],
    [
      'a higher priority of equal dues',
      device([job(now, 250, { priority: 1 })]),
      device([job(now - 40, 250)]),
    ],
    [
      'a reading that has begun with an earlier deadline',
      device([], { begun: now + 10 }),
      device([job(now, 250)]),
    ],
    ['a write', device([], { writeAt: now }), device([job(now - 90_000, 20)])],
    ['the older write', device([], { writeAt: now - 5 }), device([], { writeAt: now })],
  ];
  for (const [name, first, second] of ranked) {
    it(`prefers ${name}`, () => {
      expect(chooseStep([first, second], now, never)).toMatchObject({ index: 0 });
      expect(chooseStep([second, first], now, never)).toMatchObject({ index: 1 });
    });
  }

  it('leaves a held device alone, and proves it before anything else is asked of it', () => {
    const heldDevice = device([job(0)], { attemptAt: now + 70, trusted: false, writeAt: 0 });
    expect(chooseStep([heldDevice], now, never)).toEqual({ kind: 'wait', until: now + 70 });
    expect(chooseStep([heldDevice], now + 70, never)).toEqual({ kind: 'sentinel', index: 0 });
    const idle = device([job(now + 500)], { trusted: false });
    expect(chooseStep([idle], now, never)).toEqual({ kind: 'wait', until: now + 500 });
  });

  it('probes a silent device only within its ration while others want the line', () => {
    const busy = device([job(now)]);
    expect(chooseStep([silent(0), busy], now, { allowedAt: now + 1, costMs: 100 })).toEqual({
      kind: 'read',
      index: 1,
    });
    expect(chooseStep([silent(0), busy], now, { allowedAt: now, costMs: 100 })).toEqual({
      kind: 'sentinel',
      index: 0,
    });
  });

  it('probes a silent device without ration when nobody is kept waiting by it', () => {
    const ration = { allowedAt: now + 5_000, costMs: 100 };
    expect(chooseStep([silent(0), device([job(now + 100)])], now, ration)).toEqual({
      kind: 'sentinel',
      index: 0,
    });
    expect(chooseStep([silent(0), device([job(now + 99)])], now, ration)).toEqual({
      kind: 'wait',
      until: now + 99,
    });
    expect(chooseStep([silent(0)], now, ration)).toEqual({ kind: 'sentinel', index: 0 });
  });

  it('probes silent devices one at a time, the longest waiting first, and none before its back-off ends', () => {
    const ration = { allowedAt: now, costMs: 100 };
    expect(chooseStep([silent(7), silent(3)], now, ration)).toEqual({ kind: 'sentinel', index: 1 });
    expect(chooseStep([silent(now + 9)], now, ration)).toEqual({ kind: 'wait', until: now + 9 });
  });
});

describe('readings in time', () => {
  it('are taken along within a fifth of their interval', () => {
    expect(nearlyDue(job(now + 200), now)).toBe(true);
    expect(nearlyDue(job(now + 201), now)).toBe(false);
    expect(nearlyDue(job(Number.POSITIVE_INFINITY, null), now)).toBe(false);
  });

  it('keep step, but never fall into arrears', () => {
    expect(nextRelease(job(now - 30), now)).toBe(now + 970);
    expect(nextRelease(job(now - 5_000), now)).toBe(now);
    expect(nextRelease(job(now - 30, 1_000, { urgent: true }), now)).toBe(now + 1_000);
    expect(nextRelease(job(now, null, { urgent: true }), now)).toBe(Number.POSITIVE_INFINITY);
  });

  it('share a line that is too slow in proportion to their intervals, and none starves', () => {
    const served = [0, 0, 0];
    const jobs = [job(0, 100), job(0, 100), job(0, 1_000)];
    // Each request takes 80 ms: 160 ms of work in 100.
    for (let time = 0; time < 80_000; time += 80) {
      const step = chooseStep(
        jobs.map((each) => device([each])),
        time,
        never,
      );
      if (step.kind !== 'read') continue;
      const each = jobs[step.index];
      if (!each) continue;
      jobs[step.index] = { ...each, releaseAt: nextRelease(each, time) };
      served[step.index] = (served[step.index] ?? 0) + 1;
    }
    const [fast = 0, other = 0, slow = 0] = served;
    expect(Math.abs(fast - other)).toBeLessThanOrEqual(1);
    expect(fast).toBeGreaterThan(440);
    expect(slow).toBeGreaterThan(40);
  });
});
