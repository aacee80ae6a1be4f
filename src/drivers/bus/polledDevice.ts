/** One device on the line: its jobs and writes, what is known of it, and whether it may be believed. */
import { ForecourtError } from '../../model/errors.ts';
import type { Instant } from '../../model/units.ts';
import type {
  BusDevice,
  DeviceSpec,
  DeviceState,
  DeviceStats,
  PollJob,
  PollRequest,
  PollResult,
  WriteRequest,
} from './contract.ts';
import { type Block, planBlocks, Refusals, type WireCost } from './planner.ts';
import { type JobDeps, PolledJob } from './polledJob.ts';
import { newTrust, phaseOf, type Trust } from './quarantine.ts';
import { Reading } from './reading.ts';
import { type Candidate, nearlyDue } from './schedule.ts';
import { blockName, type ReadBlock } from './sentinel.ts';
import { deviceCounters, RecentLeast } from './stats.ts';
import { checkRanges, checkWrite } from './validate.ts';

export interface WaitingWrite {
  readonly request: WriteRequest;
  readonly at: number;
  resolve(): void;
  reject(error: ForecourtError): void;
}

/** So many failures in a row and the device counts as gone. */
export const failuresToOffline = 3;
const mostReadable = 8;
const mostPlans = 64;
const mostBelieved = 16;
const mostWrites = 100;
/** USB adapters hand over bytes once a millisecond. */
const turnaroundMarginMs = 1.5;
/** Before anything was measured. */
const firstDelayMs = 5;

export class PolledDevice implements BusDevice {
  readonly id: string;
  readonly spec: DeviceSpec;
  readonly counters = deviceCounters();
  readonly refusals = new Refusals();
  /** Sentinels that the device refuses, by name. */
  readonly refusedSentinels = new Set<string>();
  trust: Trust;
  /** No request before this because of failures; see also `trust.holdUntil`. */
  backoffUntil = Number.NEGATIVE_INFINITY;
  backoffMs = 0;
  /** As told to the health listeners; null: nothing told yet. */
  online: boolean | null = null;
  reading: Reading | null = null;
  readonly writes: WaitingWrite[] = [];
  #jobs: PolledJob[] = [];
  #nextJob = 1;
  /** Blocks that were answered, the latest first. */
  #readable: ReadBlock[] = [];
  #plans = new Map<string, Block[]>();
  #delayMs = firstDelayMs;
  #plannedDelayMs = firstDelayMs;
  /** Slowly falling maximum. */
  #delayCeilingMs: number | null = null;
  /** The latest answers, the last first. */
  readonly #believed: { readonly request: Buffer; readonly frame: Buffer }[] = [];
  readonly #overheard: Buffer[] = [];
  readonly #turnarounds = new RecentLeast();
  readonly #deps: Omit<JobDeps, 'onCancel'>;

  constructor(spec: DeviceSpec, deps: Omit<JobDeps, 'onCancel'>) {
    this.id = spec.id;
    this.spec = spec;
    this.trust = newTrust(spec.timing.lateReplyMs);
    this.#deps = deps;
  }

  poll(request: PollRequest, onResult: (result: PollResult) => void): PollJob {
    checkRanges(request.ranges, this.spec.limits);
    const onCancel = (job: PolledJob) => {
      this.#jobs = this.#jobs.filter((each) => each !== job);
    };
    const job = new PolledJob(this.#nextJob++, request, onResult, { ...this.#deps, onCancel });
    this.#jobs.push(job);
    this.#deps.onDue();
    return job;
  }

  async write(request: WriteRequest): Promise<void> {
    checkWrite(request);
    if (this.writes.length >= mostWrites) {
      throw new ForecourtError('DEVICE_QUARANTINED', `${mostWrites} writes to ${this.id} wait already`, {
        sent: false,
      });
    }
    return new Promise((resolve, reject) => {
      this.writes.push({ request, at: this.#deps.now(), resolve, reject });
      this.#deps.onDue();
    });
  }

  jobs(): readonly PolledJob[] {
    return this.#jobs;
  }

  candidate(): Candidate {
    return {
      attemptAt: Math.max(this.trust.holdUntil, this.backoffUntil),
      trusted: !this.trust.unproved,
      silent: this.trust.failures >= failuresToOffline,
      writeAt: this.writes[0]?.at ?? null,
      begun: this.reading?.deadline ?? null,
      jobs: this.#jobs,
    };
  }

  /** Begins a reading of all that is due or nearly so. */
  begin(now: number, wire: WireCost): Reading {
    const due = this.#jobs.filter((job) => nearlyDue(job, now));
    const reading = new Reading(due, this.#plan(due, wire));
    for (const job of due) job.start(now);
    this.reading = reading;
    return reading;
  }

  /** The device refused a merged block: what was not read yet is planned anew. */
  replan(wire: WireCost): void {
    this.#plans.clear();
    this.restart(wire);
  }

  /** What was read so far is too old to stand beside what will be read. */
  restart(wire: WireCost): void {
    if (!this.reading) return;
    const jobs = this.reading.remaining();
    this.reading = new Reading(jobs, this.#plan(jobs, wire), this.reading.deadline);
  }

  answered(block: ReadBlock, at: Instant): void {
    this.counters.lastGoodAt = at;
    const name = blockName(block);
    if (this.#readable[0] && blockName(this.#readable[0]) === name) return;
    this.#readable = [block, ...this.#readable.filter((each) => blockName(each) !== name)].slice(
      0,
      mostReadable,
    );
  }

  learnTimes({ delayMs, turnaroundMs }: { readonly delayMs: number; readonly turnaroundMs: number }): void {
    this.#delayMs += (delayMs - this.#delayMs) / 8;
    this.#delayCeilingMs = Math.max(delayMs, (this.#delayCeilingMs ?? delayMs) * 0.995);
    this.#turnarounds.add(turnaroundMs);
  }

  believed(request: Buffer, frame: Buffer): void {
    this.#believed.unshift({ request, frame });
    if (this.#believed.length > mostBelieved) this.#believed.pop();
  }

  /** Whether the frame is the last answer once more. */
  isCopy(frame: Buffer): boolean {
    return this.#believed[0]?.frame.equals(frame) === true;
  }

  /** What this request was answered with last; null: nothing that is known. */
  lastAnswer(request: Buffer): Buffer | null {
    return this.#believed.find((each) => each.request.equals(request))?.frame ?? null;
  }

  /** The last two answers may have been of other requests. */
  doubtAnswers(): void {
    const none = Buffer.alloc(0);
    this.#believed.splice(0, 2, ...this.#believed.slice(0, 2).map(({ frame }) => ({ request: none, frame })));
  }

  /** A frame that answered nothing: on a line that doubles frames it may come again. */
  overheard(frame: Buffer): void {
    this.#overheard.unshift(frame);
    if (this.#overheard.length > mostBelieved) this.#overheard.pop();
  }

  /** The latest answers to other requests; to the same request the same answer may well come again. */
  earlierAnswers(request: Buffer): Buffer[] {
    const answers = this.#believed.filter((each) => !each.request.equals(request));
    const last = this.lastAnswer(request);
    // A late reply to this very request says nothing against the same answer now.
    const overheard = this.#overheard.filter((frame) => last?.equals(frame) !== true);
    return [...answers.map((each) => each.frame), ...overheard];
  }

  /** The longest the device took to begin an answer. */
  longestDelayMs(): number {
    return this.#delayCeilingMs ?? this.spec.timing.timeoutMs;
  }

  /** No answer: should the device have become faster than it ever was, it must not be refused for ever. */
  forgetTimes(): void {
    this.#turnarounds.forget();
  }

  /** Less than this the device never took; null: too few answers to say, or a line that is faster than its baud rate. */
  leastTurnaroundMs(): number | null {
    const least = this.#turnarounds.least();
    return least === null || least < 0 ? null : least - turnaroundMarginMs;
  }

  /** What a device that has fallen silent is given: far more than it ever took, but not the whole time-out. */
  probeTimeoutMs(): number {
    return Math.min(this.spec.timing.timeoutMs, Math.max(20, 3 * this.longestDelayMs() + 15));
  }

  /** What a sentinel may be cut from: what was answered before, else what is asked for. */
  provable(wire: WireCost): ReadBlock[] {
    if (this.#readable.length > 0) return this.#readable;
    const asked = this.#jobs.length > 0 ? this.#plan(this.#jobs, wire) : [];
    const targets = this.writes.map(({ request }): ReadBlock => {
      const table = request.function === 'write-coil' ? 'coil' : 'holding';
      return { table, address: request.address, count: request.values.length };
    });
    return [...asked, ...targets];
  }

  state(now: number): DeviceState {
    if (this.trust.failures >= failuresToOffline || this.online === false) return 'offline';
    const phase = phaseOf(this.trust, now);
    if (phase === 'held') return 'held';
    return phase === 'unproved' || this.counters.lastGoodAt === null ? 'proving' : 'online';
  }

  stats(): DeviceStats {
    const { roundTrips, ...counts } = this.counters;
    return {
      device: this.id,
      unit: this.spec.unit,
      state: this.state(this.#deps.now()),
      ...counts,
      rttP50Ms: roundTrips.quantile(0.5),
      rttP99Ms: roundTrips.quantile(0.99),
      backoffMs: Math.round(this.backoffMs),
    };
  }

  #plan(jobs: readonly PolledJob[], wire: WireCost): Block[] {
    const moved = Math.abs(this.#delayMs - this.#plannedDelayMs);
    if (moved > 1 + this.#plannedDelayMs / 4 || this.#plans.size >= mostPlans) {
      this.#plans.clear();
      this.#plannedDelayMs = this.#delayMs;
    }
    const key = jobs.map((job) => job.id).join();
    let blocks = this.#plans.get(key);
    if (!blocks) {
      const cost = { ...wire, requestMs: wire.requestMs + this.#plannedDelayMs };
      const ranges = jobs.flatMap((job) => job.ranges);
      blocks = planBlocks(ranges, this.spec.limits, cost, this.refusals);
      this.#plans.set(key, blocks);
    }
    return blocks;
  }
}
