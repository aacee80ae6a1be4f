/** A bus without a line: tests answer polls themselves and see what was asked and written. */
import { imageOf, type RegisterMap } from '../../src/core/registers/image.ts';
import type {
  Bus,
  BusDevice,
  DeviceSpec,
  DeviceStats,
  HealthEvent,
  PollRequest,
  PollResult,
  WriteRequest,
} from '../../src/drivers/bus/bus.ts';
import type { ErrorCode } from '../../src/model/error-catalogue.ts';
import { ForecourtError } from '../../src/model/errors.ts';
import { instant, monoMs } from '../../src/model/units.ts';

export interface FakeJob {
  readonly name: string;
  readonly ranges: PollRequest['ranges'];
  /** Every interval it was given, the first at its making. */
  readonly intervals: (number | null)[];
  requests: number;
  cancelled: boolean;
  /** Answers with the registers of `map` at `ms`, in one reply where nothing is said. */
  answer(map: RegisterMap, ms: number, replies?: number): void;
  fail(code: ErrorCode, ms: number): void;
}

export class FakeBus implements Pick<Bus, 'device' | 'onHealth'> {
  readonly jobs: FakeJob[] = [];
  readonly writes: WriteRequest[] = [];
  readonly specs: DeviceSpec[] = [];
  /** Set: the next writes are refused with it. */
  writeError: ForecourtError | null = null;
  #listeners = new Set<(event: HealthEvent) => void>();

  get listening(): number {
    return this.#listeners.size;
  }

  job(name: string): FakeJob {
    const found = this.jobs.find((each) => each.name === name);
    if (found === undefined)
      throw new Error(`no job ${name}: ${this.jobs.map((each) => each.name).join(', ')}`);
    return found;
  }

  health(event: Omit<HealthEvent, 'at'>): void {
    for (const listener of this.#listeners) listener({ ...event, at: instant(0) });
  }

  onHealth(listener: (event: HealthEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  device(spec: DeviceSpec): BusDevice {
    this.specs.push(spec);
    return {
      id: spec.id,
      poll: (request, onResult) => this.#poll(request, onResult),
      write: async (request) => {
        this.writes.push(request);
        if (this.writeError) throw this.writeError;
      },
      stats: () => stats(spec),
    };
  }

  #poll(request: PollRequest, onResult: (result: PollResult) => void) {
    const job: FakeJob = {
      name: request.name,
      ranges: request.ranges,
      intervals: [request.intervalMs],
      requests: 0,
      cancelled: false,
      answer(map, ms, replies = 1) {
        const image = { ...imageOf(map), replies, registers: () => new Uint16Array() };
        onResult({ ok: true, at: instant(ms), mono: monoMs(ms), image });
      },
      fail(code, ms) {
        onResult({
          ok: false,
          at: instant(ms),
          mono: monoMs(ms),
          error: new ForecourtError(code, 'made by the test'),
        });
      },
    };
    this.jobs.push(job);
    return {
      setInterval: (intervalMs: number | null) => void job.intervals.push(intervalMs),
      request: () => {
        job.requests += 1;
      },
      cancel: () => {
        job.cancelled = true;
      },
    };
  }
}

function stats(spec: DeviceSpec): DeviceStats {
  return {
    device: spec.id,
    unit: spec.unit,
    state: 'online',
    requests: 0,
    timeouts: 0,
    badFrames: 0,
    exceptions: 0,
    strays: 0,
    lateReplies: 0,
    lastGoodAt: null,
    rttP50Ms: null,
    rttP99Ms: null,
    backoffMs: 0,
  };
}

export interface LoggedLine {
  readonly fields: object;
  readonly message: string;
}

/** A log that keeps its warnings. */
export function fakeLog() {
  const warnings: LoggedLine[] = [];
  const quiet = () => undefined;
  const warn = (fields: object, message: string) => void warnings.push({ fields, message });
  return { warnings, debug: quiet, info: quiet, warn, error: quiet };
}
