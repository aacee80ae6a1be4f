/**
 * What both framings share: what a request expects, and what a search in the received bytes may find.
 * Frames are kept in RTU form (unit, function, data, CRC) everywhere above the framing.
 */

/** The reply that alone answers a request. */
export interface Expectation {
  readonly request: Buffer;
  readonly unit: number;
  readonly function: number;
  /** Length of the reply in RTU form. */
  readonly replyBytes: number;
  /** Replies to writes repeat the request's head: the first six bytes; null for reads. */
  readonly repeats: Buffer | null;
}

/** A valid frame that answers nothing in flight. */
export interface StrayFrame {
  readonly unit: number;
  /** Without the exception bit. */
  readonly function: number;
  readonly exception: boolean;
  /** The number of the request that it answers; null: RTU frames bear none. */
  readonly transaction: number | null;
  /** RTU form. */
  readonly frame: Buffer;
}

export type Search =
  | {
      readonly kind: 'reply';
      /** RTU form; the answer or the exception. */
      readonly frame: Buffer;
      readonly strays: readonly StrayFrame[];
      readonly noise: number;
      /** Bytes to keep because a further frame has begun. */
      readonly rest: Buffer;
    }
  | {
      readonly kind: 'incomplete';
      /** Least number of bytes that must still come. */
      readonly missing: number;
      /** Bytes that can be no part of anything valid so far. */
      readonly unexplained: number;
    }
  /** Two different answers, or one that may be the echo of the request. */
  | { readonly kind: 'ambiguous'; readonly reason: string }
  /** The stream has lost its frame boundaries; only a new connection mends it. */
  | { readonly kind: 'corrupt'; readonly reason: string };

export interface Sweep {
  readonly strays: readonly StrayFrame[];
  readonly noise: number;
  /** Bytes to keep because a frame has begun. */
  readonly rest: Buffer;
  readonly corrupt: boolean;
}

export type EchoState = 'unknown' | 'yes' | 'no';

export interface Framing {
  /** Whether the line repeats our own requests to us. */
  echo(): EchoState;
  /** A line that was opened anew may be another one. */
  reset(): void;
  encode(request: Buffer): Buffer;
  /** The number that the last encoded request bears; null: none. */
  transaction(): number | null;
  search(received: Buffer, expected: Expectation): Search;
  /** Sorts bytes that came while no request was in flight. */
  sweep(received: Buffer): Sweep;
}

/** Length of the data field of a read's reply. */
export function readReplyDataBytes(fn: number, count: number): number {
  return fn <= 2 ? Math.ceil(count / 8) : count * 2;
}

/** Length in RTU form of the answer to a read of `count` bits (functions 1, 2) or registers (3, 4). */
export function readReplyBytes(fn: number, count: number): number {
  return 5 + readReplyDataBytes(fn, count);
}

/** What answers `request` (RTU form with CRC, functions 1-6, 15, 16). */
export function expectationOf(request: Buffer): Expectation {
  const unit = request[0] as number;
  const fn = request[1] as number;
  const isRead = fn <= 4;
  return {
    request,
    unit,
    function: fn,
    replyBytes: isRead ? readReplyBytes(fn, request.readUInt16BE(4)) : 8,
    repeats: isRead ? null : request.subarray(0, 6),
  };
}

const tables = { 1: 'coil', 2: 'discrete', 3: 'holding', 4: 'input' } as const;

/** A request in words: "read holding 256+7 of unit 3". */
export function describeRequest(request: Buffer): string {
  const unit = request[0] as number;
  const fn = request[1] as number;
  const address = request.readUInt16BE(2);
  const value = request.readUInt16BE(4);
  if (fn >= 1 && fn <= 4) return `read ${tables[fn as 1 | 2 | 3 | 4]} ${address}+${value} of unit ${unit}`;
  if (fn === 5 || fn === 6) return `write ${fn === 5 ? 'coil' : 'holding'} ${address} of unit ${unit}`;
  return `write ${fn === 15 ? 'coil' : 'holding'} ${address}+${value} of unit ${unit}`;
}
