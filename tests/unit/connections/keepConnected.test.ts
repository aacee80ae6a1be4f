import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Connect, ConnectionEvents } from '../../../src/drivers/connections/connection.ts';
import { keepConnected, pauseMs } from '../../../src/drivers/connections/keepConnected.ts';
import { instant, monoMs } from '../../../src/model/units.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const clock = { now: () => instant(Date.now()), mono: () => monoMs(Date.now()) };

function start(longestPauseMs = 2_000) {
  const attempts: { at: number; events: ConnectionEvents }[] = [];
  const closed: string[] = [];
  const connect: Connect = (events) => {
    attempts.push({ at: Date.now(), events });
    return {
      send: () => {},
      close: async () => events.closed('stopped'),
    };
  };
  const link = keepConnected({
    connect,
    clock,
    random: () => 0.5,
    longestPauseMs,
    opened: () => {},
    bytes: () => {},
    closed: (reason) => closed.push(reason),
  });
  const newest = () => attempts.at(-1)?.events ?? expect.fail('no attempt');
  return { attempts, closed, link, newest };
}

describe('connecting again', () => {
  it('pauses double from 250 ms up to the longest, each half to one and a half of it', () => {
    expect([0, 1, 2, 3, 4, 5000].map((failures) => pauseMs(failures, 2_000, () => 0.5))).toEqual([
      250, 500, 1_000, 2_000, 2_000, 2_000,
    ]);
    expect(pauseMs(1, 2_000, () => 0)).toBe(250);
    expect(pauseMs(1, 2_000, () => 0.999)).toBe(750);
  });

  it('tries again after each failure, ever more seldom', () => {
    const { attempts, newest } = start();
    const began = attempts[0]?.at ?? 0;
    for (let n = 0; n < 4; n += 1) {
      newest().closed('refused');
      vi.advanceTimersByTime(2_000);
    }
    vi.advanceTimersByTime(60_000);
    expect(attempts).toHaveLength(5);
    expect(attempts.map(({ at }) => at - began)).toEqual([0, 250, 2_500, 5_000, 8_000]);
  });

  it('a server that takes and drops connections is not stormed; one that held a while is asked at once again', () => {
    const { attempts, newest, link } = start();
    for (let n = 0; n < 5; n += 1) {
      newest().opened();
      newest().closed('dropped');
      vi.advanceTimersToNextTimer();
    }
    newest().opened();
    vi.advanceTimersByTime(5_000);
    newest().closed('dropped');
    const before = Date.now();
    vi.advanceTimersToNextTimer();
    expect(Date.now() - before).toBe(250);
    expect(attempts).toHaveLength(7);
    expect(link.reconnects()).toBe(5);
  });

  it('stops for good, in a connection and in a pause', async () => {
    const open = start();
    open.newest().opened();
    await open.link.stop();
    expect(open.closed).toEqual(['stopped']);

    const pausing = start();
    pausing.newest().closed('refused');
    await pausing.link.stop();
    vi.advanceTimersByTime(60_000);
    expect(open.attempts).toHaveLength(1);
    expect(pausing.attempts).toHaveLength(1);
  });

  it('a connection that is dropped is made anew', () => {
    const { attempts, closed, link, newest } = start();
    newest().opened();
    link.drop();
    expect(closed).toEqual(['stopped']);
    vi.advanceTimersByTime(2_000);
    expect(attempts).toHaveLength(2);
    newest().opened();
    expect(link.reconnects()).toBe(1);
  });
});
