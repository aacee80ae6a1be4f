/** One request and its answer: what is asked for, what comes back, and how it fails. */
import { ForecourtError } from '../../model/errors.ts';
import { describeRequest, type Expectation, type StrayFrame } from './framing.ts';

export interface ExchangeOptions {
  /** How long the device may take to begin its reply; the time of the bytes on the wire is added. */
  readonly timeoutMs: number;
  readonly gapMs: number;
  /**
   * Least time of the device beyond the bytes on the wire, null when unknown: a frame that is complete sooner than that
   * after the request cannot be its answer, however right it looks.
   */
  readonly leastTurnaroundMs: number | null;
  /**
   * The device's latest answers to other requests. The same bytes again may be a second copy: they are believed only
   * when nothing else has come for `doubtMs`, the longest the device ever took to begin.
   */
  readonly earlierAnswers: readonly Buffer[];
  readonly doubtMs: number;
  /** What the same request was answered with last; null: not known. */
  readonly lastAnswer: Buffer | null;
  /** Asked right before the request goes out, because what came during the silence may have changed everything. */
  readonly permitted: () => boolean;
  /**
   * Called when the request was sent and its answer is given up, before the line is drained.
   * `tooSoon`: a frame that looked right was refused because of `leastTurnaroundMs`; `transaction`: its number, if it had one.
   */
  readonly onGivenUp: (given: { readonly tooSoon: boolean; readonly transaction: number | null }) => void;
}

export interface Exchanged {
  /** RTU form. */
  readonly frame: Buffer;
  /** When the last byte was seen; where the process stood still meanwhile, the earliest that it can have come. */
  readonly mono: number;
  /** The bytes of an earlier answer to another request, and not those that this one was answered with before. */
  readonly maybeCopy: boolean;
  /** The process stood still during the exchange: its times say nothing of the device. */
  readonly heldUp: boolean;
  /** From the writing of the request to the last byte of the reply. */
  readonly roundTripMs: number;
  /** From the end of the request on the wire to the first byte of the reply. */
  readonly delayMs: number;
  /** The round trip without the time of the bytes on the wire; negative where the line is faster than its baud rate. */
  readonly turnaroundMs: number;
  /** Valid frames that came along and answer nothing. */
  readonly strays: readonly StrayFrame[];
}

export function failed(
  code: 'REPLY_TIMEOUT' | 'REPLY_BAD_FRAME',
  why: string,
  expected: Expectation,
): ForecourtError {
  const message = `${describeRequest(expected.request)}: ${why}`;
  return new ForecourtError(code, message, { sent: true, unit: expected.unit });
}

export function closedWhile(failure: ForecourtError, sent: boolean): ForecourtError {
  return new ForecourtError('LINE_CLOSED', failure.message, { sent }, failure);
}
