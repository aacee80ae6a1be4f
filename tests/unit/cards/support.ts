/** Short ways to feed a parser. */
import type { CardEvent, CardParser } from '../../../src/core/cards/events.ts';
import { monoMs } from '../../../src/model/units.ts';

/** Latin-1 bytes of a text with control characters written out. */
export const bytesOf = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'latin1'));

export function push(parser: CardParser, text: string | Uint8Array, mono = 0): CardEvent[] {
  return parser.push(typeof text === 'string' ? bytesOf(text) : text, monoMs(mono));
}

export const texts = (events: readonly CardEvent[]): string[] =>
  events.flatMap((event) => (event.kind === 'read' ? [event.text] : []));

export const reasons = (events: readonly CardEvent[]): string[] =>
  events.flatMap((event) => (event.kind === 'bad' ? [event.reason] : []));
