/** Replies out of the bytes of a line, as they come: in pieces, after noise, one behind the other. */
import { asForecourtError } from '../../model/errors.ts';
import { codeLength, ESC, ETX, longestReply, SOH, unknownFunction } from './constants.ts';
import { readFrame, type TlsFrame } from './frame.ts';

export type TlsEvent =
  | { readonly kind: 'frame'; readonly frame: TlsFrame }
  /** Characters after a SOH that another SOH followed: the start of a reply, or the echo of a request. */
  | { readonly kind: 'fragment'; readonly text: string }
  | { readonly kind: 'bad'; readonly reason: string; readonly length: number };

export interface TlsExtractor {
  push(bytes: Uint8Array): TlsEvent[];
  /** The line fell silent: what has come so far is all there is. Nothing is kept. */
  silence(): TlsEvent[];
  /** A reply has begun. */
  readonly pending: boolean;
  /** Something stands there that only silence can end: text without SOH, or without ETX. */
  readonly endsBySilence: boolean;
}

/** @param limit longest reply that is taken, characters */
export function tlsExtractor(limit = longestReply): TlsExtractor {
  /** Since the last SOH; null: between frames. */
  let body: string | null = null;
  /** Outside of frames: gauges that send no SOH, or noise. */
  let loose = '';
  /** A gauge that ends its text with ETX once does so always: text without is then half of one. */
  let endsWithEtx = false;

  function take(byte: number, events: TlsEvent[]): void {
    if (byte === SOH) {
      drop(events);
      body = '';
    } else if (byte === ESC) {
      events.push({ kind: 'bad', reason: 'broken off', length: (body ?? loose).length + 1 });
      body = null;
      loose = '';
    } else if (byte === ETX) {
      const text = body ?? loose;
      body = null;
      loose = '';
      const event = judge(text);
      if (event.kind === 'frame' && event.frame.kind === 'display') endsWithEtx = true;
      events.push(event);
    } else if ((body ?? loose).length >= limit) {
      events.push({ kind: 'bad', reason: 'without end', length: (body ?? loose).length + 1 });
      body = null;
      loose = '';
    } else if (body === null) loose += String.fromCharCode(byte);
    else body += String.fromCharCode(byte);
  }

  /** What came before a SOH. */
  function drop(events: TlsEvent[]): void {
    if (body !== null) events.push({ kind: 'fragment', text: body });
    else if (hasText(loose)) events.push({ kind: 'bad', reason: 'noise', length: loose.length });
    loose = '';
  }

  return {
    push(bytes) {
      const events: TlsEvent[] = [];
      for (const byte of bytes) take(byte, events);
      return events;
    },
    silence() {
      const events: TlsEvent[] = [];
      const text = body ?? loose;
      // Computer format always has its ETX; only text for people comes without.
      if (!endsWithEtx && mayLackEtx(text)) events.push(judge(text));
      else if (body !== null && body.length <= codeLength) events.push({ kind: 'fragment', text: body });
      else if (hasText(text)) events.push({ kind: 'bad', reason: 'unfinished', length: text.length });
      body = null;
      loose = '';
      return events;
    },
    get pending() {
      return body !== null || hasText(loose);
    },
    get endsBySilence() {
      return !endsWithEtx && mayLackEtx(body ?? loose);
    },
  };
}

const hasText = (text: string): boolean => /[^\0\r\n ]/.test(text);

/**
 * Display format, told by a capital letter and by lines. It must end with a line: of a number that broke off nobody could
 * tell.
 */
const mayLackEtx = (text: string): boolean => {
  // Long histories come in many pieces: computer format is told by its first letter.
  if (text.startsWith('i') || text.startsWith('s')) return false;
  const start = text.trimStart();
  const whole = /\n[\0\r ]*$/.test(start);
  return (whole && /^[IS][0-9A-Z]{3}\d\d/.test(start)) || start.trimEnd() === unknownFunction;
};

function judge(text: string): TlsEvent {
  try {
    return { kind: 'frame', frame: readFrame(text) };
  } catch (error) {
    return { kind: 'bad', reason: asForecourtError(error).message, length: text.length };
  }
}
