/** Bytes of a reader that writes one number a line, to numbers. */
import type { CardFormat } from '../../../model/readings.ts';
import type { MonoMs } from '../../../model/units.ts';
import { CR, ETX, LF, STX } from '../bytes.ts';
import { type CardEvent, type CardParser, staleMs } from '../events.ts';
import { canonicalCard } from '../identity.ts';
import { maxText } from './constants.ts';

export interface LineOptions {
  readonly format: CardFormat;
  /** Text without an end is complete after this silence. */
  readonly interByteMs: number;
  /** The bytes of hex numbers come last first. */
  readonly reverse: boolean;
}

/**
 * CR, LF and ETX end a text, STX begins one. Silence ends a text too, but not on a reader that has shown that it writes
 * ends: there a pause inside a number would make two wrong numbers of it, so what stays unfinished is given up instead.
 */
export function lineParser(options: LineOptions): CardParser {
  let text = '';
  let skipping = false;
  let writesEnds = false;
  let last = 0 as MonoMs;

  const silence = () =>
    writesEnds || skipping ? Math.max(options.interByteMs, staleMs) : options.interByteMs;

  function complete(events: CardEvent[]): boolean {
    const number = canonicalCard(options.format, text, options.reverse);
    const blank = text.trim() === '';
    text = '';
    if (number !== null) events.push({ kind: 'read', format: options.format, text: number });
    else if (!blank) events.push({ kind: 'bad', reason: 'wrong-format' });
    return number !== null;
  }

  function giveUp(events: CardEvent[]): void {
    if (text !== '') events.push({ kind: 'bad', reason: 'unfinished' });
    text = '';
    writesEnds = false;
  }

  function take(byte: number, events: CardEvent[]): void {
    if (byte === STX) {
      if (writesEnds) giveUp(events);
      else complete(events);
      skipping = false;
    } else if (byte === CR || byte === LF || byte === ETX) {
      if (complete(events)) writesEnds = true;
      skipping = false;
    } else if (!skipping) {
      text += String.fromCharCode(byte);
      if (text.length > maxText) {
        events.push({ kind: 'bad', reason: 'too-long' });
        text = '';
        skipping = true;
      }
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
      const events: CardEvent[] = [];
      if (mono - last < silence()) return events;
      if (writesEnds) giveUp(events);
      else complete(events);
      skipping = false;
      return events;
    },
    due: () => (text !== '' || skipping ? ((last + silence()) as MonoMs) : null),
  };
}
