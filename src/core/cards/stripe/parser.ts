/**
 * Bytes of a magnetic stripe reader to loyalty card numbers. A payment card is dropped at the first digit that no loyalty BIN
 * has there: the digits so far are overwritten, and none of the following is looked at.
 */
import type { MonoMs } from '../../../model/units.ts';
import { CR, ETX, LF, STX } from '../bytes.ts';
import { type BadReason, type CardEvent, type CardParser, staleMs } from '../events.ts';
import { BAD_TRACK, END, maxPan, maxRest, minPan, SEPARATOR, START, TRACK_1 } from './constants.ts';

/** `skip`: until the end sentinel. `tail`: after it, where a check character may come. */
type State = 'idle' | 'pan' | 'rest' | 'skip' | 'tail';

const isDigit = (byte: number): boolean => byte >= 0x30 && byte <= 0x39;
const isBoundary = (byte: number): boolean => byte === STX || byte === ETX || byte === CR || byte === LF;

/** @param bins digits with which loyalty PANs start; the Luhn digit is not demanded, loyalty cards often have none */
export function stripeParser(options: { readonly bins: readonly string[] }): CardParser {
  const pan = new Uint8Array(maxPan);
  let digits = 0;
  let rest = 0;
  let bins = options.bins;
  let state: State = 'idle';
  let stray = false;
  let last = 0 as MonoMs;

  function enter(next: State): void {
    pan.fill(0);
    digits = 0;
    rest = 0;
    bins = options.bins;
    state = next;
  }

  function give(event: CardEvent, next: State, events: CardEvent[]): void {
    events.push(event);
    enter(next);
  }
  const bad = (reason: BadReason, next: State, events: CardEvent[]) =>
    give({ kind: 'bad', reason }, next, events);

  function boundary(events: CardEvent[]): void {
    // A check character may look like a start sentinel: a start without a digit is no broken read.
    if (state === 'rest' || (state === 'pan' && digits > 0)) bad('unfinished', 'idle', events);
    enter('idle');
    stray = false;
  }

  function takeDigit(byte: number, events: CardEvent[]): void {
    bins = bins.filter((bin) => digits >= bin.length || bin.charCodeAt(digits) === byte);
    if (bins.length === 0) give({ kind: 'dropped' }, 'skip', events);
    else if (digits === maxPan) bad('too-long', 'skip', events);
    else {
      pan[digits] = byte;
      digits += 1;
    }
  }

  const isWholePan = () => digits >= minPan && bins.some((bin) => bin.length <= digits);

  function takePan(byte: number, events: CardEvent[]): void {
    if (isDigit(byte)) takeDigit(byte, events);
    else if (byte === BAD_TRACK && digits === 0) bad('bad-track', 'skip', events);
    else if (byte === SEPARATOR && isWholePan()) state = 'rest';
    else if (byte === END) end(events);
    else if (byte === START && digits === 0) enter('pan');
    else bad(byte === SEPARATOR ? 'length' : 'stray-bytes', byte === START ? 'pan' : 'skip', events);
  }

  function takeRest(byte: number, events: CardEvent[]): void {
    rest += 1;
    if (byte === END) end(events);
    else if (byte === START) bad('unfinished', 'pan', events);
    else if (byte < 0x30 || byte > END) bad('stray-bytes', 'skip', events);
    else if (rest > maxRest) bad('too-long', 'skip', events);
  }

  function end(events: CardEvent[]): void {
    if (isWholePan()) {
      const text = String.fromCharCode(...pan.subarray(0, digits));
      give({ kind: 'read', format: 'stripe', text }, 'tail', events);
    } else bad('length', 'tail', events);
  }

  function takeOutside(byte: number, events: CardEvent[]): void {
    if (byte === START) enter('pan');
    else if (byte === TRACK_1) enter('skip');
    else if (state === 'idle' && byte === BAD_TRACK) bad('bad-track', 'skip', events);
    else if (state === 'idle' && !stray) {
      stray = true;
      bad('stray-bytes', 'idle', events);
    }
  }

  function take(byte: number, events: CardEvent[]): void {
    if (isBoundary(byte)) boundary(events);
    else if (state === 'pan') takePan(byte, events);
    else if (state === 'rest') takeRest(byte, events);
    else if (state !== 'skip') takeOutside(byte, events);
    else if (byte === END) enter('tail');
  }

  return {
    push(bytes, mono) {
      const events: CardEvent[] = [];
      if (bytes.length > 0) last = mono;
      for (const byte of bytes) take(byte, events);
      return events;
    },
    flush(mono) {
      const events: CardEvent[] = [];
      if (mono - last >= staleMs) boundary(events);
      return events;
    },
    due: () => (state !== 'idle' || stray ? ((last + staleMs) as MonoMs) : null),
  };
}
