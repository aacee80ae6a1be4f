/** Bytes of an RDM6300 to tags. */
import type { MonoMs } from '../../../model/units.ts';
import { CR, ETX, fromHex, LF, STX, xor } from '../bytes.ts';
import { type BadReason, type CardEvent, type CardParser, staleMs } from '../events.ts';
import { checkDigits, tagDigits } from './constants.ts';

/** Each frame that breaks or does not check is one `bad`; bytes between frames are one `bad` a stretch. */
export function rdm6300Parser(): CardParser {
  /** Hex digits of the running frame; null: between frames. */
  let digits: string | null = null;
  let stray = false;
  let last = 0 as MonoMs;

  function take(byte: number, events: CardEvent[]): void {
    const give = (reason: BadReason) => {
      digits = null;
      stray = true;
      events.push({ kind: 'bad', reason });
    };
    if (byte === STX) {
      if (digits !== null) give('unfinished');
      digits = '';
      stray = false;
    } else if (byte === CR || byte === LF) {
      return;
    } else if (digits === null) {
      if (!stray) give('stray-bytes');
    } else if (byte === ETX) {
      events.push(judge(digits));
      digits = null;
    } else if (!/^[0-9A-Fa-f]$/.test(String.fromCharCode(byte))) {
      give('stray-bytes');
    } else if (digits.length === tagDigits + checkDigits) {
      give('length');
    } else {
      digits += String.fromCharCode(byte);
    }
  }

  return {
    push(bytes, mono) {
      const events: CardEvent[] = [];
      if (bytes.length > 0) last = mono;
      for (const byte of bytes) take(byte, events);
      return events;
    },
    flush(mono) {
      if (mono - last < staleMs) return [];
      const broken = digits !== null;
      digits = null;
      stray = false;
      return broken ? [{ kind: 'bad', reason: 'unfinished' }] : [];
    },
    due: () => (digits !== null || stray ? ((last + staleMs) as MonoMs) : null),
  };
}

function judge(digits: string): CardEvent {
  if (digits.length !== tagDigits + checkDigits) return { kind: 'bad', reason: 'length' };
  if (xor(fromHex(digits)) !== 0) return { kind: 'bad', reason: 'checksum' };
  return { kind: 'read', format: 'em40', text: digits.slice(0, tagDigits).toUpperCase() };
}
