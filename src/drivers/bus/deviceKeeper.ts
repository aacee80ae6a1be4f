/** What requests do to a device: results to its jobs, trust, counters, health. */
import type { Clock, Log, Random } from '../../core/ports.ts';
import { asForecourtError, ForecourtError } from '../../model/errors.ts';
import { instant, monoMs } from '../../model/units.ts';
import { backoffMs } from './backoff.ts';
import type { HealthEvent, PollResult, WriteRequest } from './contract.ts';
import type { Exchanged } from './exchange.ts';
import type { Expectation, StrayFrame } from './framing.ts';
import type { ReadAnswer } from './modbusClient.ts';
import type { Block, WireCost } from './planner.ts';
import { failuresToOffline, type PolledDevice } from './polledDevice.ts';
import type { PolledJob } from './polledJob.ts';
import {
  afterAnswer,
  afterDuplicate,
  afterFailure,
  afterLikeness,
  afterProof,
  afterRefusal,
  afterStray,
  held,
  type Owed,
} from './quarantine.ts';
import { blockName, chooseSentinel, type ReadBlock, shapeOf } from './sentinel.ts';
import { guarded, type Tap } from './trace.ts';

/** Sends to one device. */
export interface Exchanger {
  read(block: ReadBlock): Promise<ReadAnswer>;
  write(request: WriteRequest): Promise<unknown>;
  /** Nobody knows yet whether the line repeats our requests to us. */
  echoUnknown(): boolean;
}

/** A request that was sent. */
export interface Asked {
  readonly expected: Expectation;
  /** Its number on Modbus TCP; null: none. */
  readonly transaction: number | null;
}

export interface KeeperDeps {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly tap: Tap;
  readonly wire: WireCost;
  readonly quarantine: boolean;
}

const firstBackoffMs = 1_000;
const longestBackoffMs = 60_000;
const longestWriteWaitMs = 10_000;
/** Gateways say so of a device behind them: its answer may come later, as after a time-out. */
const gatewayExceptions = new Set([10, 11]);
/** Illegal address or value: the block may be fine in parts. Illegal function counts for sentinels only. */
const addressExceptions = new Set([2, 3]);

export class DeviceKeeper {
  readonly #deps: KeeperDeps;
  readonly #listeners = new Set<(event: HealthEvent) => void>();

  constructor(deps: KeeperDeps) {
    this.#deps = deps;
  }

  onHealth(listener: (event: HealthEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Somebody may have asked on this line a moment before us, and the answers may still come. */
  firstOpened(device: PolledDevice, kind: string): void {
    if (!this.#deps.quarantine || kind === 'modbus-tcp') return;
    device.trust = held(device.trust, this.#deps.clock.mono());
  }

  /** Reads the next block of the reading in hand, or begins one. */
  async read(device: PolledDevice, exchanger: Exchanger): Promise<void> {
    const reading = device.reading ?? device.begin(this.#deps.clock.mono(), this.#deps.wire);
    const block = reading.block();
    if (block === null) {
      device.reading = null;
      return;
    }
    try {
      const answer = await this.#readSurely(device, block, exchanger);
      const { clock } = this.#deps;
      const at = instant(clock.now() - Math.round(clock.mono() - answer.mono));
      device.answered(block, at);
      this.#setOnline(device, true, 'answers');
      for (const { job, image } of reading.received(block, answer.data)) {
        this.#deliver(job, { ok: true, at, mono: monoMs(answer.mono), image });
      }
      if (reading.remaining().length === 0) device.reading = null;
    } catch (error) {
      this.#readFailed(device, block, asForecourtError(error));
    }
  }

  /** Sends the oldest waiting write. */
  async write(device: PolledDevice, exchanger: Exchanger): Promise<void> {
    const waiting = device.writes[0];
    if (!waiting) return;
    if (waiting.request.function !== 'write-registers' && exchanger.echoUnknown()) {
      // The answer to a single write equals the request: a read must first show whether the line echoes.
      await this.#learnEcho(device, exchanger);
      return;
    }
    device.writes.shift();
    try {
      await exchanger.write(waiting.request);
      this.#setOnline(device, true, 'answers');
      waiting.resolve();
    } catch (error) {
      const failure = asForecourtError(error);
      if (failure.code === 'DEVICE_QUARANTINED') {
        device.writes.unshift(waiting);
        return;
      }
      this.#noteFailure(device, failure);
      waiting.reject(failure);
    }
  }

  /** Sends the sentinel that must be answered before the device is believed. */
  async prove(device: PolledDevice, exchanger: Exchanger): Promise<void> {
    const { clock, tap, wire } = this.#deps;
    const sentinel = chooseSentinel(device.provable(wire), device.trust.debts, device.refusedSentinels);
    if (sentinel === null) {
      device.trust = { ...device.trust, unproved: false };
      return;
    }
    const sentAt = clock.mono();
    device.restart(wire);
    tap.note(() => `quarantine: unit ${device.spec.unit} must answer ${blockName(sentinel)}`);
    try {
      await exchanger.read(sentinel);
      device.trust = afterProof(device.trust, sentAt, clock.mono());
      device.backoffMs = 0;
      if (device.trust.unproved) return;
      tap.note(() => `quarantine: unit ${device.spec.unit} is proved`);
      this.#setOnline(device, true, 'answers again');
    } catch (error) {
      const failure = asForecourtError(error);
      const exception = this.#noteFailure(device, failure);
      if (exception !== null && !gatewayExceptions.has(exception)) {
        if (exception <= 3) device.refusedSentinels.add(blockName(sentinel));
        // The refusal bore the number, so nothing with it is owed.
        device.trust = afterRefusal(device.trust, { ...shapeOf(sentinel), transaction: null }, clock.mono());
        device.backoffMs = 0;
        return;
      }
      if (isNews(failure)) this.#failDue(device, failure);
    }
  }

  /** A frame of the device that answers nothing in flight. */
  stray(device: PolledDevice, stray: StrayFrame): void {
    const { clock, tap, quarantine } = this.#deps;
    device.counters.strays++;
    device.overheard(stray.frame);
    const now = clock.mono();
    const { transaction } = stray;
    const shape = {
      function: stray.function,
      bytes: stray.frame.length,
      transaction,
      exception: stray.exception,
    };
    const owed = device.trust.debts.some((debt) =>
      transaction === null
        ? debt.function === shape.function && debt.bytes === shape.bytes
        : debt.transaction === transaction,
    );
    // A number says which request a frame answers, whatever its bytes are like.
    if (device.isCopy(stray.frame) && (transaction === null || !owed)) {
      // It may be a second copy of what was believed before, so it settles no debt; the hold runs to its end.
      if (quarantine)
        device.trust = owed ? afterLikeness(device.trust, shape) : afterDuplicate(device.trust, now);
      if (owed) device.counters.lateReplies++;
      tap.tell(
        'rx',
        stray.frame,
        () => `${owed ? 'late reply or copy' : 'second copy'} from unit ${stray.unit} discarded`,
      );
      return;
    }
    const verdict = afterStray(device.trust, shape, now);
    if (verdict.late) device.counters.lateReplies++;
    if (quarantine) device.trust = verdict.trust;
    tap.tell(
      'rx',
      stray.frame,
      () => `${verdict.late ? 'late reply' : 'unexpected frame'} of unit ${stray.unit} discarded`,
    );
  }

  /** The request got its answer, be it an exception. */
  answered(device: PolledDevice, exchanged: Exchanged, { expected, transaction }: Asked): void {
    const { counters } = device;
    counters.requests++;
    if (!exchanged.heldUp) {
      counters.roundTrips.add(exchanged.roundTripMs);
      device.learnTimes(exchanged);
    }
    device.believed(expected.request, exchanged.frame);
    if (isGatewayRefusal(exchanged.frame)) {
      this.#distrust(device, owedFor({ expected, transaction }));
      return;
    }
    device.backoffUntil = Number.NEGATIVE_INFINITY;
    device.trust = afterAnswer(device.trust, exchanged.mono);
    if (!device.trust.unproved) device.backoffMs = 0;
  }

  /** The request was sent and its answer is no longer waited for. */
  givenUp(device: PolledDevice, given: Asked & { readonly tooSoon: boolean }): void {
    device.counters.requests++;
    if (given.tooSoon) device.forgetTimes();
    this.#distrust(device, owedFor(given));
  }

  lineDown(device: PolledDevice, error: ForecourtError): void {
    this.#setOnline(device, false, error.message);
    const begun = device.reading?.remaining() ?? [];
    device.reading = null;
    for (const job of device.jobs()) {
      if (job.intervalMs !== null || job.urgent || begun.includes(job)) this.#fail(job, error);
    }
  }

  /** Gives back writes that waited too long for the device; returns when the next one will have. */
  expireWrites(device: PolledDevice, now: number): number {
    const waited = `${device.id} could not be written for ${longestWriteWaitMs / 1_000} s`;
    const details = { sent: false, device: device.id };
    for (let first = device.writes[0]; first; first = device.writes[0]) {
      if (first.at + longestWriteWaitMs > now) return first.at + longestWriteWaitMs;
      device.writes.shift();
      first.reject(new ForecourtError('DEVICE_QUARANTINED', waited, details));
    }
    return Number.POSITIVE_INFINITY;
  }

  rejectWrites(device: PolledDevice, error: ForecourtError): void {
    for (const waiting of device.writes.splice(0)) waiting.reject(error);
  }

  /**
   * On a line that doubles frames an old answer to another request may stand in the place of one that is late or lost. Its
   * bytes do not tell, so where they are another's and new for this request, it is asked for again.
   */
  async #readSurely(device: PolledDevice, block: Block, exchanger: Exchanger): Promise<ReadAnswer> {
    const answer = await exchanger.read(block);
    if (!answer.maybeCopy) return answer;
    this.#deps.tap.note(
      () => `unit ${device.spec.unit}: ${blockName(block)} may be a copy, and is asked for again`,
    );
    const again = await exchanger.read(block);
    if (again.data.equals(answer.data)) return again;
    device.doubtAnswers();
    this.#distrustBlock(device, block);
    const message = `${blockName(block)} of unit ${device.spec.unit} was answered in two ways, and may be a copy of another answer`;
    throw new ForecourtError('REPLY_BAD_FRAME', message, { sent: true });
  }

  async #learnEcho(device: PolledDevice, exchanger: Exchanger): Promise<void> {
    const block = chooseSentinel(device.provable(this.#deps.wire), [], new Set());
    if (!block) return;
    try {
      await exchanger.read(block);
    } catch (error) {
      this.#noteFailure(device, asForecourtError(error));
    }
  }

  #readFailed(device: PolledDevice, block: Block, failure: ForecourtError): void {
    const { reading } = device;
    const exception = this.#noteFailure(device, failure);
    if (exception === null || gatewayExceptions.has(exception)) {
      if (!isNews(failure)) return;
      device.reading = null;
      for (const job of reading?.remaining() ?? []) this.#fail(job, failure);
      return;
    }
    this.#setOnline(device, true, 'answers');
    if (addressExceptions.has(exception) && device.refusals.learn(block)) {
      this.#deps.tap.note(() => `unit ${device.spec.unit} refuses ${blockName(block)}: it is read in parts`);
      device.replan(this.#deps.wire);
      return;
    }
    for (const job of reading?.failed(block) ?? []) this.#fail(job, failure);
    if (reading?.remaining().length === 0) device.reading = null;
  }

  /** Counts a failure; returns the Modbus exception, null when there was no answer. */
  #noteFailure(device: PolledDevice, failure: ForecourtError): number | null {
    const { counters } = device;
    if (failure.code === 'REPLY_TIMEOUT') counters.timeouts++;
    if (failure.code === 'REPLY_BAD_FRAME') counters.badFrames++;
    if (failure.code !== 'REPLY_EXCEPTION') return null;
    counters.exceptions++;
    return Number(failure.details.exception);
  }

  /** What answered may have been a copy: then the true answer is owed still. */
  #distrustBlock(device: PolledDevice, block: Block): void {
    const { function: fn, bytes } = shapeOf(block);
    this.#distrust(device, { function: fn, bytes, transaction: null });
  }

  #distrust(device: PolledDevice, owed: Owed): void {
    const { clock, random, tap, quarantine } = this.#deps;
    if (!quarantine) return;
    const now = clock.mono();
    device.trust = afterFailure(device.trust, owed, now);
    const { failures, holdUntil } = device.trust;
    const wait = Math.round(holdUntil - now);
    tap.note(() => `quarantine: unit ${device.spec.unit} is held ${wait} ms`);
    if (failures < failuresToOffline) return;
    device.backoffMs = backoffMs(
      failures - failuresToOffline + 1,
      firstBackoffMs,
      longestBackoffMs,
      random(),
    );
    device.backoffUntil = now + device.backoffMs;
    this.#setOnline(device, false, `${failures} requests in a row were not answered`);
  }

  #setOnline(device: PolledDevice, online: boolean, reason: string): void {
    if (device.online === online) return;
    device.online = online;
    const event = { device: device.id, online, reason, at: this.#deps.clock.now() };
    for (const listener of this.#listeners) guarded(this.#deps.log, 'health listener', () => listener(event));
  }

  #failDue(device: PolledDevice, failure: ForecourtError): void {
    const now = this.#deps.clock.mono();
    for (const job of device.jobs()) {
      if (job.releaseAt <= now) this.#fail(job, failure);
    }
  }

  #fail(job: PolledJob, error: ForecourtError): void {
    const { clock } = this.#deps;
    this.#deliver(job, { ok: false, at: clock.now(), mono: clock.mono(), error });
  }

  #deliver(job: PolledJob, result: PollResult): void {
    if (job.cancelled) return;
    guarded(this.#deps.log, `listener of ${job.name}`, () => job.onResult(result));
  }
}

const owedFor = ({ expected, transaction }: Asked): Owed => ({
  function: expected.function,
  bytes: expected.replyBytes,
  transaction,
});

/** Whether the jobs must hear of it now: a lost line is told to all at once, a request that was held back is made later. */
function isNews({ code }: ForecourtError): boolean {
  return code !== 'LINE_CLOSED' && code !== 'DEVICE_QUARANTINED';
}

function isGatewayRefusal(frame: Buffer): boolean {
  return ((frame[1] ?? 0) & 0x80) !== 0 && gatewayExceptions.has(frame[2] ?? 0);
}
