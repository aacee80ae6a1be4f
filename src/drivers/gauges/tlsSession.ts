/**
 * One gauge's line: one request at a time, gaps, deadlines, and no belief in a line after a failure until it is proved.
 * A late reply to a request given up must not pass for the answer to the next: codes must match, and after a failure the
 * line is drained to quiet and then asked something else first, whose answer shows that older ones have come.
 */
import type { Clock, Log, Random } from '../../core/ports.ts';
import { type TlsEvent, tlsExtractor } from '../../core/tls/extractor.ts';
import type { TlsFrame } from '../../core/tls/frame.ts';
import { type TlsRequest, writeRequest } from '../../core/tls/request.ts';
import { asForecourtError, ForecourtError } from '../../model/errors.ts';
import type { Instant } from '../../model/units.ts';
import type { TraceEvent } from '../bus/contract.ts';
import { RoundTrips } from '../bus/stats.ts';
import { Tap } from '../bus/trace.ts';
import type { Connect } from '../connections/connection.ts';
import { keepConnected } from '../connections/keepConnected.ts';
import type { Received } from './options.ts';
import { answers, echoMask, masked, printable } from './tlsWire.ts';

export interface SessionOptions {
  readonly connect: Connect;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly securityCode: string | null;
  readonly commandGapMs: number;
  readonly timeoutMs: number;
  readonly longestPauseMs: number;
  opened(): void;
  /** @param because what made the session itself give the connection up; null: it ended otherwise */
  closed(reason: string, because: ForecourtError | null): void;
}

export type Exchange = Received & { readonly frame: TlsFrame };

export interface SessionCounts {
  requests: number;
  timeouts: number;
  badFrames: number;
  unknownFunctions: number;
  lateReplies: number;
  lastGoodAt: Instant | null;
}

export interface TlsSession {
  readonly open: boolean;
  readonly counts: Readonly<SessionCounts>;
  readonly roundTrips: RoundTrips;
  readonly echoes: boolean;
  /**
   * Sends and waits for the reply of the same function and tank, or for 9999FF1B. Calls wait for each other.
   * Rejects with GAUGE_SILENT, GAUGE_BAD_REPLY or LINE_CLOSED.
   */
  exchange(request: TlsRequest): Promise<Exchange>;
  reconnects(): number;
  trace(listener: (event: TraceEvent) => void): () => void;
  stop(): Promise<void>;
}

/** Between two bytes of one reply, at the most. */
const betweenBytesMs = 2_000;
/** Text that ends without ETX ends after such a silence. */
const textEndMs = 500;
/** A line so long without a byte has nothing more in it. */
const quietMs = 200;
/** After so many failures in a row the connection itself is not believed. */
const dropAfter = 3;

interface Waiting {
  readonly request: TlsRequest;
  readonly settle: (result: Exchange | ForecourtError) => void;
  sent: number;
  badReason: string | null;
  heard: boolean;
}

export function tlsSession(options: SessionOptions): TlsSession {
  const { clock, commandGapMs, timeoutMs, securityCode } = options;
  const tap = new Tap(clock, options.log);
  const echo = echoMask(securityCode);
  const roundTrips = new RoundTrips();
  const counts: SessionCounts = {
    requests: 0,
    timeouts: 0,
    badFrames: 0,
    unknownFunctions: 0,
    lateReplies: 0,
    lastGoodAt: null,
  };
  /** Codes that were answered on this connection: good for proving the line. */
  const answered = new Set<string>();
  let extractor = tlsExtractor();
  let isOpen = false;
  let waiting: Waiting | null = null;
  let timer: NodeJS.Timeout | null = null;
  let last: Received = { at: clock.now(), mono: clock.mono() };
  let suspect: string | null = null;
  let failedAt = clock.mono();
  let failuresInARow = 0;
  let echoes = false;
  let dropped: ForecourtError | null = null;

  function arm(): void {
    if (timer) clearTimeout(timer);
    timer = null;
    if (!waiting) return;
    const ms = !waiting.heard
      ? timeoutMs
      : extractor.endsBySilence
        ? Math.min(textEndMs, timeoutMs)
        : Math.min(betweenBytesMs, timeoutMs);
    const lastBefore = last.mono;
    timer = setTimeout(() => {
      // Bytes that came while the process stood still are read before silence is believed.
      setImmediate(() => {
        if (last.mono === lastBefore) silent();
      });
    }, ms);
  }

  function silent(): void {
    extractor.silence().forEach(take);
    if (!waiting) return;
    counts.timeouts += 1;
    const { badReason, heard, request } = waiting;
    finish(
      heard || badReason !== null
        ? new ForecourtError(
            'GAUGE_BAD_REPLY',
            `${request.code}: ${badReason ?? 'no answer to it among what came'}`,
          )
        : new ForecourtError('GAUGE_SILENT', `no answer to ${request.code} within ${timeoutMs} ms`),
    );
  }

  function finish(result: Exchange | ForecourtError): void {
    const done = waiting;
    waiting = null;
    if (timer) clearTimeout(timer);
    timer = null;
    if (!done) return;
    if (result instanceof ForecourtError) {
      suspect = done.request.code;
      failedAt = clock.mono();
      tap.note(() => result.message);
    } else {
      suspect = null;
      failuresInARow = 0;
      counts.lastGoodAt = result.at;
      roundTrips.add(result.mono - done.sent);
    }
    done.settle(result);
  }

  function take(event: TlsEvent): void {
    if (event.kind === 'frame') takeFrame(event.frame);
    else if (event.kind === 'fragment' && isEcho(event.text)) echoes = true;
    else {
      counts.badFrames += 1;
      const reason = event.kind === 'bad' ? event.reason : 'a reply broke off and another began';
      if (waiting) waiting.badReason = reason;
      tap.note(() => `refused: ${reason}`);
    }
  }

  function isEcho(text: string): boolean {
    if (!waiting) return false;
    const { code, data } = waiting.request;
    return text === `${code}${data}` || text === `${securityCode ?? ''}${code}${data}`;
  }

  function takeFrame(frame: TlsFrame): void {
    if (!waiting || !answers(frame, waiting.request.code)) {
      counts.lateReplies += 1;
      tap.note(() => `not what was asked for: ${frame.kind === 'unknown-function' ? '9999' : frame.code}`);
      return;
    }
    if (frame.kind === 'unknown-function') counts.unknownFunctions += 1;
    else answered.add(waiting.request.code);
    finish({ frame, ...last });
  }

  const link = keepConnected({
    connect: options.connect,
    clock,
    random: options.random,
    longestPauseMs: options.longestPauseMs,
    opened() {
      isOpen = true;
      last = { at: clock.now(), mono: clock.mono() };
      extractor = tlsExtractor();
      suspect = null;
      failuresInARow = 0;
      answered.clear();
      tap.note(() => 'connected');
      options.opened();
    },
    bytes(chunk) {
      last = { at: clock.now(), mono: clock.mono() };
      const shown = echo.heard(chunk);
      tap.tell('rx', shown, () => printable(shown));
      if (waiting) waiting.heard = true;
      extractor.push(chunk).forEach(take);
      arm();
    },
    closed(reason) {
      isOpen = false;
      tap.note(() => `not connected: ${reason}`);
      finish(new ForecourtError('LINE_CLOSED', `the connection to the gauge: ${reason}`));
      const because = dropped;
      dropped = null;
      options.closed(reason, because);
    },
  });

  let turn: Promise<unknown> = Promise.resolve();

  function exchange(request: TlsRequest): Promise<Exchange> {
    const mine = turn.then(() => attempt(request));
    turn = mine.catch(() => undefined);
    return mine;
  }

  async function attempt(request: TlsRequest): Promise<Exchange> {
    try {
      if (suspect !== null) await prove(suspect, request);
      return await send(request);
    } catch (error) {
      failuresInARow += 1;
      if (failuresInARow === dropAfter && isOpen) {
        dropped = asForecourtError(error);
        link.drop();
      }
      throw error;
    }
  }

  /** After a failure: until the line is quiet, then until something else is answered, or longer still. */
  async function prove(failed: string, next: TlsRequest): Promise<void> {
    await quiet(quietMs);
    const other = [...answered].find((code) => code !== failed && code !== next.code && /^i/i.test(code));
    if (other === undefined) await quiet(timeoutMs);
    else await send({ code: other, data: '' });
  }

  async function quiet(ms: number): Promise<void> {
    for (;;) {
      const left = Math.max(last.mono, failedAt) + ms - clock.mono();
      if (left <= 0 || !isOpen) break;
      await pause(left);
    }
    extractor.silence().forEach(take);
  }

  async function send(request: TlsRequest): Promise<Exchange> {
    const bytes = writeRequest(request, securityCode);
    for (let left = gapLeft(); left > 0; left = gapLeft()) await pause(left);
    if (!isOpen) throw new ForecourtError('LINE_CLOSED', 'the gauge is not connected');
    if (extractor.pending) extractor.silence().forEach(take);
    return new Promise((resolve, reject) => {
      waiting = {
        request,
        sent: clock.mono(),
        badReason: null,
        heard: false,
        settle: (result) => (result instanceof ForecourtError ? reject(result) : resolve(result)),
      };
      counts.requests += 1;
      tap.tell('tx', masked(bytes, securityCode), () => `${request.code}${request.data}`);
      echo.sent(bytes);
      link.send(bytes);
      arm();
    });
  }

  const gapLeft = (): number => Math.ceil(last.mono + commandGapMs - clock.mono());

  return {
    get open() {
      return isOpen;
    },
    get echoes() {
      return echoes;
    },
    counts,
    roundTrips,
    exchange,
    reconnects: () => link.reconnects(),
    trace: (listener) => tap.listen(listener),
    async stop() {
      await link.stop();
      finish(new ForecourtError('LINE_CLOSED', 'stopped'));
    },
  };
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
