/** One poll of a device: when it is due and who hears of it. */
import type { PollJob, PollRequest, PollResult, RegisterRange } from './contract.ts';
import { type JobTimes, nextRelease } from './schedule.ts';

export interface JobDeps {
  now(): number;
  /** Something became due. */
  onDue(): void;
  onCancel(job: PolledJob): void;
}

export class PolledJob implements PollJob, JobTimes {
  readonly id: number;
  readonly name: string;
  readonly ranges: readonly RegisterRange[];
  readonly priority: number;
  readonly onResult: (result: PollResult) => void;
  releaseAt: number;
  intervalMs: number | null;
  urgent = false;
  cancelled = false;
  readonly #deps: JobDeps;
  #lastStart: number | null = null;

  constructor(id: number, request: PollRequest, onResult: (result: PollResult) => void, deps: JobDeps) {
    this.id = id;
    this.name = request.name;
    this.ranges = request.ranges;
    this.priority = request.priority ?? 0;
    this.intervalMs = request.intervalMs;
    this.releaseAt = request.intervalMs === null ? Number.POSITIVE_INFINITY : deps.now();
    this.onResult = onResult;
    this.#deps = deps;
  }

  setInterval(intervalMs: number | null): void {
    if (intervalMs === this.intervalMs) return;
    this.intervalMs = intervalMs;
    if (this.urgent) return;
    const from = this.#lastStart === null ? Number.NEGATIVE_INFINITY : this.#lastStart;
    this.releaseAt =
      intervalMs === null ? Number.POSITIVE_INFINITY : Math.max(this.#deps.now(), from + intervalMs);
    this.#deps.onDue();
  }

  request(): void {
    if (this.cancelled) return;
    this.releaseAt = Math.min(this.releaseAt, this.#deps.now());
    this.urgent = true;
    this.#deps.onDue();
  }

  cancel(): void {
    this.cancelled = true;
    this.releaseAt = Number.POSITIVE_INFINITY;
    this.#deps.onCancel(this);
  }

  /** The reading begins now. */
  start(now: number): void {
    this.releaseAt = nextRelease(this, now);
    this.urgent = false;
    this.#lastStart = now;
  }
}
