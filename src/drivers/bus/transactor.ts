/**
 * One exchange at a time on an opened line: keeps the silence before a request, writes it, reads until the one frame that
 * answers it is complete, and after a failure drains the line to quiet.
 */
import type { Clock } from '../../core/ports.ts';
import { asForecourtError, ForecourtError } from '../../model/errors.ts';
import { type ByteLink, turn } from './byteLink.ts';
import { closedWhile, type Exchanged, type ExchangeOptions, failed } from './exchange.ts';
import {
  describeRequest,
  type Expectation,
  expectationOf,
  type Framing,
  type StrayFrame,
} from './framing.ts';
import { LoopWatch, longestNapMs, nap, spin, until } from './pace.ts';
import type { Tap } from './trace.ts';

/** A silence that ends a frame for certain: longer than the pauses of USB adapters. */
const quietMs = 20;
/** A line that is not quiet for this long is used all the same after a failure, and refused before a request. */
const longestDrainMs = 500;
/** Before a request the line is looked at this long before the gap is over. */
const lookMs = 0.3;
/** Woken this much before the last byte is due, because timers may be late. */
const wakeEarlyMs = 1.5;
const bufferBytes = 4_096;
/** The process stood still for so long: what came meanwhile lies unread, and when it came nobody knows. */
const stallMs = 50;
/** Older than this a look at the line tells nothing of now. */
const freshMs = 5;
/** Looks at the line after the deadline, as long as each brings more. */
const mostLooks = 3;

export interface TransactorDeps {
  readonly link: ByteLink;
  readonly framing: Framing;
  readonly characterMs: number;
  readonly clock: Clock;
  readonly tap: Tap;
  readonly onStray: (stray: StrayFrame) => void;
  readonly onNoise: (bytes: number) => void;
  /** False: do not drain after a failure (tests only). */
  readonly drains: boolean;
}

export class Transactor {
  readonly #deps: TransactorDeps;
  readonly #buffer = Buffer.allocUnsafe(bufferBytes);
  #length = 0;
  /** When the last byte was seen, and the earliest that it can have come. */
  #seenAt: number;
  #seenFrom: number;
  #heldUp = false;
  readonly #loop: LoopWatch;
  /** Since when the line is silent: the last byte seen, or our own last byte, which the kernel sends at the baud rate. */
  #silentFrom: number;
  /** Share of the computed wire time that is slept through; shrinks on lines that are faster than their baud rate. */
  #trust = 1;
  #leastMargin: number | null = null;
  #tooSoon = false;

  constructor(deps: TransactorDeps) {
    this.#deps = deps;
    this.#loop = new LoopWatch(() => deps.clock.mono());
    this.#seenAt = deps.clock.mono();
    this.#seenFrom = this.#seenAt;
    this.#silentFrom = this.#seenAt;
  }

  /** Least silence beyond what was wanted before any request; null before the second request. */
  leastMarginMs(): number | null {
    return this.#leastMargin;
  }

  /**
   * Sends a request in RTU form and resolves with its answer, an exception included.
   * Rejects with REPLY_TIMEOUT, REPLY_BAD_FRAME, LINE_CLOSED, or DEVICE_QUARANTINED when it is no longer permitted;
   * `details.sent` tells whether the device may have heard it.
   */
  async exchange(request: Buffer, options: ExchangeOptions): Promise<Exchanged> {
    const { framing, link, clock, tap, characterMs } = this.#deps;
    await this.#keepGap(options.gapMs);
    if (!options.permitted()) {
      throw new ForecourtError('DEVICE_QUARANTINED', 'an unexpected frame came before the request', {
        sent: false,
      });
    }
    this.#tooSoon = false;
    this.#heldUp = false;
    const bytes = framing.encode(request);
    const writtenAt = clock.mono();
    this.#checkGap(writtenAt, options.gapMs);
    try {
      link.write(bytes);
      tap.tell('tx', bytes, () => describeRequest(request));
      const sentAt = writtenAt + bytes.length * characterMs;
      this.#silentFrom = sentAt;
      return await this.#awaitReply(expectationOf(request), options, writtenAt, sentAt);
    } catch (error) {
      // Even a write that failed may have sent a part.
      options.onGivenUp({ tooSoon: this.#tooSoon, transaction: framing.transaction() });
      const failure = asForecourtError(error);
      if (failure.code === 'LINE_CLOSED') throw closedWhile(failure, true);
      tap.tell('note', this.#received(), () => `given up: ${failure.message}`);
      if (this.#deps.drains) await this.drainToQuiet();
      else this.#sweep();
      throw failure;
    }
  }

  /** Nothing to send: waits at most `ms`, and sorts what comes meanwhile, late replies above all. */
  async idle(ms: number): Promise<void> {
    const woken = await this.#deps.link.readable(Math.ceil(ms));
    if (woken && (await this.#look()) > 0) await this.drainToQuiet();
  }

  /** Throws away what comes until the line has been quiet; whole frames are reported as strays. */
  async drainToQuiet(): Promise<void> {
    const { link, clock, characterMs } = this.#deps;
    const wanted = Math.max(3.5 * characterMs, quietMs);
    const giveUpAt = clock.mono() + longestDrainMs;
    let quietSince = clock.mono();
    while (clock.mono() < giveUpAt && !link.failure()) {
      const left = quietSince + wanted - clock.mono();
      if (left <= 0) break;
      await link.readable(Math.ceil(left));
      if ((await this.#look()) > 0) quietSince = clock.mono();
    }
    this.#sweep();
  }

  async #keepGap(gapMs: number): Promise<void> {
    const { clock } = this.#deps;
    const mono = () => clock.mono();
    let giveUpAt = Math.max(clock.mono(), this.#silentFrom) + gapMs + longestDrainMs;
    do {
      this.#heldUp = false;
      // The look itself takes a part of the gap: it is done just before the end, and the rest waited on the clock.
      await until(mono, this.#silentFrom + gapMs - lookMs);
      this.#throwIfClosed(false);
      if ((await this.#lookAfresh()) === 0) {
        spin(mono, this.#silentFrom + gapMs);
        return;
      }
      this.#sweep();
      // It was us who did not listen.
      if (this.#heldUp) giveUpAt = clock.mono() + longestDrainMs;
    } while (clock.mono() < giveUpAt);
    throw new ForecourtError('REPLY_BAD_FRAME', 'the line is never silent', { sent: false });
  }

  #checkGap(writtenAt: number, gapMs: number): void {
    const margin = writtenAt - this.#silentFrom - gapMs;
    if (this.#leastMargin === null || margin < this.#leastMargin) this.#leastMargin = margin;
  }

  async #awaitReply(
    expected: Expectation,
    options: ExchangeOptions,
    writtenAt: number,
    sentAt: number,
  ): Promise<Exchanged> {
    const { link, framing, clock, tap, characterMs, onNoise } = this.#deps;
    const firstBy = sentAt + options.timeoutMs;
    let lastBy = firstBy + expected.replyBytes * characterMs;
    let firstAt: number | null = null;
    let slept = false;
    let looks = 0;
    for (;;) {
      const result = framing.search(this.#received(), expected);
      if (result.kind === 'reply') {
        if (slept) this.#trust = Math.max(0.1, this.#trust * 0.8);
        const seenAt = this.#seenAt;
        const roundTripMs = seenAt - writtenAt;
        const turnaroundMs = roundTripMs - (expected.request.length + result.frame.length) * characterMs;
        if (options.leastTurnaroundMs !== null && turnaroundMs < options.leastTurnaroundMs) {
          tap.note(() => `the next frame came too soon to answer ${describeRequest(expected.request)}`);
          this.#tooSoon = true;
          this.#sweep();
          continue;
        }
        const doubtUntil = sentAt + options.doubtMs + result.frame.length * characterMs + wakeEarlyMs;
        const isCopy = options.earlierAnswers.some((each) => each.equals(result.frame));
        if (isCopy && clock.mono() < doubtUntil) {
          await link.readable(Math.ceil(doubtUntil - clock.mono()));
          await this.#look();
          this.#throwIfClosed(true);
          continue;
        }
        const maybeCopy = isCopy && options.lastAnswer?.equals(result.frame) !== true;
        // As on the wire: the frame handed on is in RTU form whatever the line carries.
        const wire = this.#buffer.subarray(0, this.#length - result.rest.length);
        tap.tell('rx', wire, () => `answer to ${describeRequest(expected.request)}`);
        this.#keep(result.rest);
        if (result.noise > 0) onNoise(result.noise);
        const delayMs = Math.max(0, (firstAt ?? seenAt) - sentAt);
        const mono = Math.max(sentAt, this.#seenFrom);
        const times = { mono, roundTripMs, delayMs, turnaroundMs, heldUp: this.#heldUp };
        return { frame: result.frame, ...times, maybeCopy, strays: result.strays };
      }
      if (result.kind !== 'incomplete') {
        if (result.kind === 'corrupt') await link.close();
        throw failed('REPLY_BAD_FRAME', result.reason, expected);
      }
      if (slept) this.#trust = Math.min(1, this.#trust + 0.05);
      slept = false;
      const now = clock.mono();
      const damaged = result.unexplained >= expected.replyBytes && now - this.#seenAt >= quietMs;
      if (damaged) throw failed('REPLY_BAD_FRAME', 'bytes came that are no answer', expected);
      const deadline = firstAt === null ? firstBy : lastBy;
      if (now >= deadline) {
        await link.settle();
        if ((await this.#look()) > 0 && looks++ < mostLooks) {
          // Something lay in the kernel: it arrived in time as far as anybody can tell, and the rest may be on its way.
          firstAt ??= this.#seenAt;
          lastBy = Math.max(lastBy, clock.mono() + expected.replyBytes * characterMs + quietMs);
          continue;
        }
        this.#throwIfClosed(true);
        const damagedOrShort = result.unexplained > 0 || result.missing < expected.replyBytes;
        const code = damagedOrShort ? 'REPLY_BAD_FRAME' : 'REPLY_TIMEOUT';
        throw failed(code, 'no answer', expected);
      }
      const ahead = firstAt === null ? 0 : result.missing * characterMs * this.#trust;
      if (ahead > wakeEarlyMs + 1) {
        await link.sleep(Math.floor(Math.min(ahead - wakeEarlyMs, deadline - now)));
        slept = true;
      } else if (firstAt !== null && characterMs > 0 && characterMs < 0.3 && result.missing > 1) {
        // Fast lines deliver several bytes a millisecond: not one event for each.
        nap(ahead - characterMs);
        if (ahead > longestNapMs + characterMs) await turn();
      }
      let count = await this.#look();
      if (count === 0) {
        const longest = result.unexplained > 0 ? Math.min(deadline - now, quietMs) : deadline - now;
        await link.readable(Math.ceil(longest));
        count = await this.#look();
      }
      if (count > 0) firstAt ??= this.#seenAt;
      this.#throwIfClosed(true);
    }
  }

  /** Takes what has come; after a stall all of it, before anybody judges by the clock. Resolves with the number of bytes. */
  async #look(): Promise<number> {
    const lookedAt = this.#loop.markedAt;
    let count = this.#take();
    if (this.#loop.stoodStillMs() >= stallMs) {
      await this.#deps.link.settle();
      count += this.#take();
      this.#heldUp = true;
      if (count > 0) this.#seenFrom = lookedAt;
    }
    this.#loop.mark();
    return count;
  }

  /** The same for right before a request: what came must not be taken for its answer. */
  async #lookAfresh(): Promise<number> {
    if (this.#deps.clock.mono() - this.#loop.markedAt > freshMs) await this.#deps.link.settle();
    return this.#look();
  }

  #received(): Buffer {
    return this.#buffer.subarray(0, this.#length);
  }

  #take(): number {
    if (this.#length === bufferBytes) this.#sweep();
    const count = this.#deps.link.take(this.#buffer, this.#length);
    if (count > 0) {
      this.#length += count;
      this.#seenAt = this.#deps.clock.mono();
      this.#seenFrom = this.#seenAt;
      this.#silentFrom = Math.max(this.#silentFrom, this.#seenAt);
    }
    return count;
  }

  #keep(rest: Buffer): void {
    rest.copy(this.#buffer);
    this.#length = rest.length;
  }

  /** Sorts what lies in the buffer although nobody asked for it. */
  #sweep(): void {
    if (this.#length === 0) return;
    const { framing, tap, onStray, onNoise, link } = this.#deps;
    const bytes = this.#received();
    const { strays, noise, rest, corrupt } = framing.sweep(bytes);
    tap.tell(
      'rx',
      bytes,
      () => `discarded: ${strays.length} frames nobody waits for, ${noise} bytes of noise`,
    );
    this.#keep(rest);
    for (const stray of strays) onStray(stray);
    if (noise > 0) onNoise(noise);
    if (corrupt) void link.close();
  }

  #throwIfClosed(sent: boolean): void {
    const failure = this.#deps.link.failure();
    if (failure) throw closedWhile(failure, sent);
  }
}
