/** Counts and times of a line and its devices; all bounded. */
import type { Instant } from '../../model/units.ts';

const samples = 256;

/** The last 256 round trips. */
export class RoundTrips {
  readonly #ring = new Float64Array(samples);
  #count = 0;

  add(ms: number): void {
    this.#ring[this.#count % samples] = ms;
    this.#count++;
  }

  /** `fraction` of the samples are not above the result; null without samples. */
  quantile(fraction: number): number | null {
    const length = Math.min(this.#count, samples);
    if (length === 0) return null;
    const sorted = this.#ring.slice(0, length).sort();
    return sorted[Math.min(length - 1, Math.ceil(fraction * length) - 1)] ?? null;
  }
}

const watched = 64;
const enoughToJudge = 32;

/** The least of the last 64 values, once there are 32. */
export class RecentLeast {
  readonly #ring = new Float64Array(watched);
  #count = 0;

  add(value: number): void {
    this.#ring[this.#count % watched] = value;
    this.#count++;
  }

  forget(): void {
    this.#count = 0;
  }

  least(): number | null {
    if (this.#count < enoughToJudge) return null;
    return Math.min(...this.#ring.subarray(0, Math.min(this.#count, watched)));
  }
}

const buckets = 10;
const bucketMs = 1_000;

/** How much of the last ten seconds a line was in use. */
export class Utilisation {
  readonly #used = new Float64Array(buckets);
  #current = -1;
  #since: number | null = null;

  /** The line was in use from `from` to `to`, monotonic milliseconds; spans come in order. */
  add(from: number, to: number): void {
    this.#since ??= from;
    for (let start = from; start < to; ) {
      const end = Math.min(to, (Math.floor(start / bucketMs) + 1) * bucketMs);
      this.#turnTo(start);
      const slot = this.#current % buckets;
      this.#used[slot] = (this.#used[slot] as number) + (end - start);
      start = end;
    }
  }

  /** 0..1. */
  fraction(now: number): number {
    if (this.#since === null) return 0;
    this.#turnTo(now);
    const span = Math.min(now - this.#since, (buckets - 1) * bucketMs + (now % bucketMs));
    const used = this.#used.reduce((sum, each) => sum + each, 0);
    return span <= 0 ? 0 : Math.min(1, used / span);
  }

  #turnTo(at: number): void {
    const bucket = Math.floor(at / bucketMs);
    const first = Math.max(this.#current + 1, bucket - buckets + 1);
    for (let each = first; each <= bucket; each++) this.#used[each % buckets] = 0;
    this.#current = Math.max(this.#current, bucket);
  }
}

/** What is counted for one device. */
export interface DeviceCounters {
  requests: number;
  timeouts: number;
  badFrames: number;
  exceptions: number;
  strays: number;
  lateReplies: number;
  lastGoodAt: Instant | null;
  readonly roundTrips: RoundTrips;
}

export const deviceCounters = (): DeviceCounters => ({
  requests: 0,
  timeouts: 0,
  badFrames: 0,
  exceptions: 0,
  strays: 0,
  lateReplies: 0,
  lastGoodAt: null,
  roundTrips: new RoundTrips(),
});
