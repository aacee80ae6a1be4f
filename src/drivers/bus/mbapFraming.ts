/**
 * Modbus TCP: every frame names its request by a 16-bit transaction number and tells its length.
 * Frames above this file are in RTU form, so the CRC is taken off here and put on again.
 * Source: Modbus messaging on TCP/IP implementation guide 1.0b, 3.1.3.
 */
import { withCrc } from './frameCrc.ts';
import type { Expectation, Framing, Search, StrayFrame, Sweep } from './framing.ts';

const headerBytes = 6;
const longestPdu = 253;

export interface MbapFrame {
  readonly transaction: number;
  /** RTU form. */
  readonly frame: Buffer;
}

export interface MbapStream {
  readonly frames: readonly MbapFrame[];
  /** Bytes of a frame that has begun. */
  readonly rest: Buffer;
  /** The bytes are no Modbus TCP stream any more. */
  readonly corrupt: boolean;
}

/** A request in RTU form as it goes into a TCP stream. */
export function encodeMbap(transaction: number, request: Buffer): Buffer {
  const body = request.subarray(0, -2);
  const bytes = Buffer.allocUnsafe(headerBytes + body.length);
  bytes.writeUInt16BE(transaction, 0);
  bytes.writeUInt16BE(0, 2);
  bytes.writeUInt16BE(body.length, 4);
  body.copy(bytes, headerBytes);
  return bytes;
}

/** Cuts a stream into frames. */
export function parseMbap(received: Buffer): MbapStream {
  const frames: MbapFrame[] = [];
  let at = 0;
  while (received.length - at >= headerBytes) {
    const length = received.readUInt16BE(at + 4);
    // At least unit, function and one byte follow the length.
    if (received.readUInt16BE(at + 2) !== 0 || length < 3 || length > longestPdu + 1) {
      return { frames, rest: Buffer.from(received.subarray(at)), corrupt: true };
    }
    const end = at + headerBytes + length;
    if (end > received.length) break;
    frames.push({
      transaction: received.readUInt16BE(at),
      frame: withCrc(received.subarray(at + headerBytes, end)),
    });
    at = end;
  }
  return { frames, rest: Buffer.from(received.subarray(at)), corrupt: false };
}

function answers(frame: Buffer, expected: Expectation): boolean {
  if (frame[0] !== expected.unit) return false;
  if (frame[1] === (expected.function | 0x80)) return frame.length === 5;
  if (frame[1] !== expected.function || frame.length !== expected.replyBytes) return false;
  if (expected.repeats) return frame.subarray(0, 6).equals(expected.repeats);
  return frame[2] === expected.replyBytes - 5;
}

function asStray({ frame, transaction }: MbapFrame): StrayFrame {
  const fn = frame[1] as number;
  return { unit: frame[0] as number, function: fn & 0x7f, exception: fn > 0x7f, transaction, frame };
}

/** Looks for the reply that carries `transaction` and answers `expected`. */
export function searchMbap(received: Buffer, expected: Expectation, transaction: number): Search {
  const stream = parseMbap(received);
  const own = stream.frames.find((each) => each.transaction === transaction);
  if (own) {
    if (!answers(own.frame, expected)) {
      return { kind: 'ambiguous', reason: 'the reply with our transaction number answers something else' };
    }
    const strays = stream.frames.filter((each) => each !== own).map(asStray);
    return { kind: 'reply', frame: own.frame, strays, noise: 0, rest: stream.rest };
  }
  if (stream.corrupt)
    return { kind: 'corrupt', reason: 'the stream has no Modbus TCP header where one must be' };
  // Unit and header instead of unit and CRC: four bytes more than in RTU form.
  const missing = Math.max(1, expected.replyBytes + 4 - stream.rest.length);
  return { kind: 'incomplete', missing, unexplained: 0 };
}

/** Modbus TCP on one connection; `firstTransaction` is any 16-bit number. */
export function mbapFraming(firstTransaction: number): Framing {
  let transaction = firstTransaction & 0xffff;
  return {
    echo: () => 'no',
    reset: () => undefined,
    encode(request) {
      transaction = (transaction + 1) & 0xffff;
      return encodeMbap(transaction, request);
    },
    transaction: () => transaction,
    search: (received, expected) => searchMbap(received, expected, transaction),
    sweep(received): Sweep {
      const stream = parseMbap(received);
      return {
        strays: stream.frames.map(asStray),
        noise: stream.corrupt ? stream.rest.length : 0,
        rest: stream.rest,
        corrupt: stream.corrupt,
      };
    },
  };
}
