/**
 * Finds a reply among the bytes of an RTU line. Replies carry no number, so everything that can be checked is:
 * unit, function, exact length, CRC, and for writes the repeated head of the request.
 * Frames are looked for at every offset, because noise may stand before them; valid frames of others are skipped whole,
 * so that nothing inside them is mistaken. Source: Modbus over serial line 1.02, 2.5.1.
 */
import { hasGoodCrc } from './frameCrc.ts';
import type { EchoState, Expectation, Framing, Search, StrayFrame, Sweep } from './framing.ts';

const exceptionBytes = 5;

/** Length of the reply-like frame that may start at `at`, 0 when its first bytes are none. */
function replyLikeLength(bytes: Buffer, at: number): number {
  const fn = bytes[at + 1];
  if (fn === undefined) return 0;
  if (fn >= 1 && fn <= 4) {
    const dataBytes = bytes[at + 2];
    return dataBytes === undefined || dataBytes === 0 || dataBytes > 250 ? 0 : dataBytes + 5;
  }
  if (fn === 5 || fn === 6 || fn === 15 || fn === 16) return 8;
  const refused = fn & 0x7f;
  if (fn & 0x80 && ((refused >= 1 && refused <= 6) || refused === 15 || refused === 16))
    return exceptionBytes;
  return 0;
}

function strayAt(bytes: Buffer, at: number): StrayFrame | null {
  const length = replyLikeLength(bytes, at);
  if (length === 0 || at + length > bytes.length || !hasGoodCrc(bytes, at, at + length)) return null;
  const fn = bytes[at + 1] as number;
  return {
    unit: bytes[at] as number,
    function: fn & 0x7f,
    exception: fn > 0x7f,
    transaction: null,
    frame: Buffer.from(bytes.subarray(at, at + length)),
  };
}

function startsWith(bytes: Buffer, at: number, prefix: Buffer): boolean {
  return (
    at + prefix.length <= bytes.length &&
    bytes.compare(prefix, 0, prefix.length, at, at + prefix.length) === 0
  );
}

/** Whether the first bytes at `at`, as far as they have come, fit the expected reply. */
function headFits(bytes: Buffer, at: number, expected: Expectation): boolean {
  const length = bytes.length - at;
  if (bytes[at] !== expected.unit) return false;
  if (expected.repeats !== null) {
    const known = Math.min(length, expected.repeats.length);
    return bytes.compare(expected.repeats, 0, known, at, at + known) === 0;
  }
  if (length > 1 && bytes[at + 1] !== expected.function) return false;
  return length < 3 || bytes[at + 2] === expected.replyBytes - 5;
}

/** End of the answer or exception that starts at `at`, 0 when there is none. */
function answerEnd(bytes: Buffer, at: number, expected: Expectation): number {
  const end = at + expected.replyBytes;
  if (end <= bytes.length && headFits(bytes, at, expected) && hasGoodCrc(bytes, at, end)) return end;
  const exceptionEnd = at + exceptionBytes;
  const refused =
    exceptionEnd <= bytes.length &&
    bytes[at] === expected.unit &&
    bytes[at + 1] === (expected.function | 0x80) &&
    hasGoodCrc(bytes, at, exceptionEnd);
  return refused ? exceptionEnd : 0;
}

/** Whether our own request, sent back to us, would pass for its answer: functions 5 and 6, and some reads of 17-24 bits. */
function echoLooksLikeReply(expected: Expectation): boolean {
  const { request } = expected;
  return request.length === expected.replyBytes && headFits(request, 0, expected);
}

export interface RtuSearch {
  readonly search: Search;
  /** What the search taught about the line; null: nothing. */
  readonly echo: EchoState | null;
}

/** Looks for the answer to `expected.request` in all bytes received since it was written. */
export function searchRtu(received: Buffer, expected: Expectation, echo: EchoState): RtuSearch {
  const strays: StrayFrame[] = [];
  const lookalike = echoLooksLikeReply(expected);
  let echoSkipped = false;
  let noise = 0;
  let at = 0;
  while (at < received.length) {
    const maySkipEcho = !echoSkipped && (lookalike ? echo === 'yes' : echo !== 'no' || at === 0);
    if (maySkipEcho && startsWith(received, at, expected.request)) {
      echoSkipped = true;
      at += expected.request.length;
      continue;
    }
    const end = answerEnd(received, at, expected);
    if (end > 0) {
      const frame = Buffer.from(received.subarray(at, end));
      if (!echoSkipped && echo !== 'no' && frame.equals(expected.request)) {
        if (echo === 'unknown') return nothing({ kind: 'ambiguous', reason: 'it may be our own echo' });
        // On an echoing line one copy is ours, even if the other was lost.
        return nothing({ kind: 'incomplete', missing: expected.replyBytes, unexplained: noise });
      }
      const after = sweepRtu(received.subarray(end));
      if (after.strays.some((stray) => isRival(stray, frame))) {
        return nothing({ kind: 'ambiguous', reason: 'two different answers came' });
      }
      const learned = echoSkipped ? 'yes' : at === 0 && !frame.equals(expected.request) ? 'no' : null;
      return {
        search: {
          kind: 'reply',
          frame,
          strays: [...strays, ...after.strays],
          noise: noise + after.noise,
          rest: empty,
        },
        echo: learned,
      };
    }
    const stray = strayAt(received, at);
    if (stray) {
      strays.push(stray);
      at += stray.frame.length;
      continue;
    }
    if (at + expected.replyBytes > received.length && headFits(received, at, expected)) {
      // Should these bytes be noise, the true frame behind them is complete only after they have been checked.
      return nothing({
        kind: 'incomplete',
        missing: at + expected.replyBytes - received.length,
        unexplained: noise,
      });
    }
    noise++;
    at++;
  }
  return nothing({ kind: 'incomplete', missing: expected.replyBytes, unexplained: noise });
}

const empty = Buffer.alloc(0);
const nothing = (search: Search): RtuSearch => ({ search, echo: null });

function isRival(stray: StrayFrame, answer: Buffer): boolean {
  return (
    stray.unit === answer[0] &&
    stray.function === (answer[1] as number) &&
    stray.frame.length === answer.length &&
    !stray.frame.equals(answer)
  );
}

/** Sorts bytes that nobody asked for into valid frames and noise. */
export function sweepRtu(received: Buffer): { strays: StrayFrame[]; noise: number } {
  const strays: StrayFrame[] = [];
  let noise = 0;
  for (let at = 0; at < received.length; ) {
    const stray = strayAt(received, at);
    if (stray) strays.push(stray);
    else noise++;
    at += stray ? stray.frame.length : 1;
  }
  return { strays, noise };
}

/** A line that echoed must answer so often without echo before it is taken for one that does not. */
const answersToForget = 3;

/**
 * RTU on one line; remembers whether the line echoes. An echo is believed at once; that there is none any more only after
 * several answers, because on an echoing line the echo of a write would pass for its answer.
 */
export function rtuFraming(): Framing {
  let echo: EchoState = 'unknown';
  let without = 0;
  /** Nothing received since the request was thrown away. */
  let complete = true;

  const learn = (seen: EchoState): void => {
    if (seen === 'yes') without = 0;
    else if (!complete || (echo === 'yes' && ++without < answersToForget)) return;
    echo = seen;
  };

  return {
    echo: () => echo,
    reset() {
      echo = 'unknown';
      without = 0;
    },
    encode(request) {
      complete = true;
      return request;
    },
    transaction: () => null,
    search(received, expected) {
      const result = searchRtu(received, expected, echo);
      if (result.echo !== null) learn(result.echo);
      return result.search;
    },
    sweep(received): Sweep {
      complete = false;
      return { ...sweepRtu(received), rest: empty, corrupt: false };
    },
  };
}
