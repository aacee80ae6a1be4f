/**
 * Keeps the local API to its part of the process's time: a flood of requests waits, while polling and sales go on. What a
 * request costs is measured, so a dear one makes the next wait longer than a cheap one.
 */

/** The API may use so much of the time; the rest is the station's, whoever asks. */
const share = 0.25;
/** So much may be used at once, in milliseconds of work: a person who asks for a few things never waits. */
const burstMs = 50;
/** Who would have to wait longer is sent away. */
const longestWaitMs = 5_000;
/** Weight of the newest cost in the estimate of the next. */
const newest = 0.2;

export interface Pace {
  /** Books a request and tells how long it must wait, in milliseconds; null: it is to be sent away. */
  book(): { readonly waitMs: number; readonly booked: number } | null;
  /** Who books now is sent away. */
  isFull(): boolean;
  /** What a booked request really cost, in milliseconds of work. */
  settle(booked: number, costMs: number): void;
}

/** @param mono monotonic milliseconds */
export function createPace(mono: () => number): Pace {
  let debt = 0;
  let at = mono();
  let estimate = 1;

  function passTime(): void {
    const now = mono();
    debt = Math.max(0, debt - (now - at) * share);
    at = now;
  }

  const waitNow = (): number => Math.max(0, (debt - burstMs) / share);

  return {
    isFull() {
      passTime();
      return waitNow() > longestWaitMs;
    },
    book() {
      passTime();
      const waitMs = waitNow();
      if (waitMs > longestWaitMs) return null;
      debt += estimate;
      return { waitMs, booked: estimate };
    },
    settle(booked, costMs) {
      passTime();
      debt = Math.max(0, debt + costMs - booked);
      estimate += (costMs - estimate) * newest;
    },
  };
}
