/**
 * What the rest of the program sees of a bus: a line that is polled by one master.
 * Addresses are zero-based wire addresses; counts are registers or bits of the table.
 */
import type { ForecourtError } from '../../model/errors.ts';
import type { Instant, MonoMs } from '../../model/units.ts';

export type RegisterTable = 'holding' | 'input' | 'coil' | 'discrete';

/** Registers that somebody wants to read. `whole`: never split over two requests (values that must not tear). */
export interface RegisterRange {
  readonly table: RegisterTable;
  readonly address: number;
  readonly count: number;
  readonly whole?: boolean;
}

/** The registers of one reading. Every method throws REQUEST_REFUSED for what the reading does not cover. */
export interface RegisterImage {
  /** How many replies it was put together from; what one reply holds is of one moment. */
  readonly replies: number;
  /** One 16-bit register of `holding` or `input`. */
  register(table: 'holding' | 'input', address: number): number;
  /** `count` consecutive 16-bit registers. */
  registers(table: 'holding' | 'input', address: number, count: number): Uint16Array;
  /** One bit of `coil` or `discrete`. */
  bit(table: 'coil' | 'discrete', address: number): boolean;
}

/** `at` and `mono` are the time of the last byte of the last block, or of the failure. */
export type PollResult =
  | { readonly ok: true; readonly at: Instant; readonly mono: MonoMs; readonly image: RegisterImage }
  | { readonly ok: false; readonly at: Instant; readonly mono: MonoMs; readonly error: ForecourtError };

export interface PollRequest {
  readonly name: string;
  readonly ranges: readonly RegisterRange[];
  /** Milliseconds from reading to reading; null: only on `request()`. */
  readonly intervalMs: number | null;
  /** Each step counts like a deadline that is 50 ms earlier; default 0. */
  readonly priority?: number;
}

export interface PollJob {
  /** null: only on `request()`. */
  setInterval(intervalMs: number | null): void;
  /** Makes the job due now. */
  request(): void;
  cancel(): void;
}

export interface WriteRequest {
  readonly function: 'write-register' | 'write-registers' | 'write-coil';
  readonly address: number;
  /** One 16-bit value for a register, 0 or 1 for a coil, 1-123 values for `write-registers`. */
  readonly values: readonly number[];
}

export interface BusDevice {
  readonly id: string;
  /**
   * Reads the ranges again and again. Throws REQUEST_REFUSED for ranges that cannot be read.
   * After a failure the listener is told once for each failed attempt; it hears again when the device is proved.
   */
  poll(job: PollRequest, onResult: (result: PollResult) => void): PollJob;
  /**
   * Writes once, never repeated. Rejects with REPLY_TIMEOUT, REPLY_BAD_FRAME or LINE_CLOSED when it was sent and
   * nobody knows whether the device obeyed (`details.sent` is true), REPLY_EXCEPTION when the device refused,
   * DEVICE_QUARANTINED or LINE_CLOSED with `details.sent` false when it was not sent, REQUEST_REFUSED when it is malformed.
   */
  write(request: WriteRequest): Promise<void>;
  stats(): DeviceStats;
}

export interface DeviceSpec {
  readonly id: string;
  readonly unit: number;
  readonly timing: { readonly timeoutMs: number; readonly lateReplyMs: number; readonly minGapMs: number };
  readonly limits: { readonly maxRegisters: number; readonly maxGap: number };
}

/** `held`: waits until a late reply can no longer come. `proving`: a sentinel read is due. `offline`: backed off. */
export type DeviceState = 'online' | 'held' | 'proving' | 'offline';

export interface DeviceStats {
  readonly device: string;
  readonly unit: number;
  readonly state: DeviceState;
  readonly requests: number;
  readonly timeouts: number;
  readonly badFrames: number;
  readonly exceptions: number;
  /** Valid frames of this unit that answered nothing in flight. */
  readonly strays: number;
  /** Strays that were the answer to a request given up before. */
  readonly lateReplies: number;
  readonly lastGoodAt: Instant | null;
  /** From the last byte of the request on the wire to the last byte of the reply; null before the first reply. */
  readonly rttP50Ms: number | null;
  readonly rttP99Ms: number | null;
  /** Present pause between probes of a device that does not answer; 0 when there is none. */
  readonly backoffMs: number;
}

export interface LineStats {
  readonly line: string;
  readonly open: boolean;
  readonly lastError: { readonly code: string; readonly message: string; readonly at: Instant } | null;
  /** Fraction (0..1) of the last ten seconds in which the line was in use: request, device, reply and guard gap. */
  readonly utilisation: number;
  readonly requests: number;
  /** Times the line came back after it had been lost. */
  readonly reconnects: number;
  readonly strayFrames: number;
  /** Bytes that belonged to no valid frame. */
  readonly noiseBytes: number;
  readonly echo: 'unknown' | 'yes' | 'no';
  /** Shortest silence that was kept before a request, against the silence wanted; null before the second request. */
  readonly leastGapMarginMs: number | null;
  readonly devices: readonly DeviceStats[];
}

export interface TraceEvent {
  readonly at: Instant;
  readonly mono: MonoMs;
  readonly direction: 'tx' | 'rx' | 'note';
  readonly bytes: Uint8Array;
  readonly text: string;
}

export interface HealthEvent {
  readonly device: string;
  readonly online: boolean;
  readonly reason: string;
  readonly at: Instant;
}

export interface Bus {
  readonly id: string;
  /** Throws REQUEST_REFUSED for a second device of the same id or unit. */
  device(spec: DeviceSpec): BusDevice;
  start(): void;
  /** Ends the request in flight, closes the line; jobs fall silent, waiting writes are rejected. */
  stop(): Promise<void>;
  stats(): LineStats;
  /** Taps the line; costs nothing while nobody listens. Returns the way to stop. */
  trace(listener: (event: TraceEvent) => void): () => void;
  onHealth(listener: (event: HealthEvent) => void): () => void;
}
