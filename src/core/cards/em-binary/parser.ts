/** Bytes of a binary EM/Mifare reader to serials. */
import type { MonoMs } from '../../../model/units.ts';
import { ETX, STX, toHex, xor } from '../bytes.ts';
import { type BadReason, type CardEvent, type CardParser, staleMs } from '../events.ts';
import { cardTypes, maxSerial, minSerial, overhead } from './constants.ts';

type Verdict = { readonly frame: number } | { readonly bad: BadReason } | 'more';

/**
 * After a frame that does not check, the search goes on at the next byte, for its STX may have been noise. A stretch of
 * bytes without a frame is one `bad`, ended by a frame or by silence.
 * @param reverse the reader gives the serial's bytes last first
 */
export function emBinaryParser(options: { readonly reverse: boolean }): CardParser {
  let buffer: number[] = [];
  let stray = false;
  let last = 0 as MonoMs;

  function reject(reason: BadReason, events: CardEvent[]): void {
    if (!stray) events.push({ kind: 'bad', reason });
    stray = true;
    buffer.shift();
  }

  function search(events: CardEvent[]): void {
    while (buffer.length > 0) {
      const verdict = judge(buffer);
      if (verdict === 'more') return;
      if ('bad' in verdict) {
        reject(verdict.bad, events);
        continue;
      }
      events.push(read(buffer.slice(2, verdict.frame - 2), options.reverse));
      buffer = buffer.slice(verdict.frame);
      stray = false;
    }
  }

  return {
    push(bytes, mono) {
      const events: CardEvent[] = [];
      if (bytes.length > 0) last = mono;
      for (const byte of bytes) {
        buffer.push(byte);
        search(events);
      }
      return events;
    },
    flush(mono) {
      const events: CardEvent[] = [];
      if (mono - last < staleMs) return events;
      while (buffer.length > 0) {
        reject('unfinished', events);
        search(events);
      }
      stray = false;
      return events;
    },
    due: () => (buffer.length > 0 || stray ? ((last + staleMs) as MonoMs) : null),
  };
}

function judge(buffer: readonly number[]): Verdict {
  const length = buffer[1];
  if (buffer[0] !== STX) return { bad: 'stray-bytes' };
  if (length === undefined) return 'more';
  if (length < overhead + minSerial || length > overhead + maxSerial) return { bad: 'length' };
  if (buffer.length < length) return 'more';
  if (buffer[length - 1] !== ETX) return { bad: 'unfinished' };
  return xor(buffer.slice(1, length - 1)) === 0 ? { frame: length } : { bad: 'checksum' };
}

/** @param content card type and serial */
function read(content: readonly number[], reverse: boolean): CardEvent {
  const [type, ...serial] = content;
  const text = toHex(reverse ? serial.reverse() : serial);
  const em = type === cardTypes.em4100 && serial.length <= 5;
  return { kind: 'read', format: em ? (serial.length === 5 ? 'em40' : 'em32') : 'uid', text };
}
