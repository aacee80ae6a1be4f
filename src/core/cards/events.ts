/** What every card reader's parser gives and how it is fed. Formats live in the folders beside this file. */
import type { CardFormat } from '../../model/readings.ts';
import type { MonoMs } from '../../model/units.ts';

/** Why bytes were refused. Says nothing of what the bytes were: they may hold a card's number. */
export type BadReason =
  | 'checksum'
  | 'length'
  | 'stray-bytes' // bytes that belong to no frame, told once a stretch
  | 'unfinished' // the frame or text broke off
  | 'too-long'
  | 'wrong-format' // text that is no number of the reader's format
  | 'not-text' // not UTF-8, or control characters
  | 'no-aim-prefix'
  | 'bad-track'; // the reader itself says that the stripe could not be read

export type CardEvent =
  | { readonly kind: 'read'; readonly format: CardFormat; readonly text: string }
  | { readonly kind: 'bad'; readonly reason: BadReason }
  /** A scanner said that it read nothing. */
  | { readonly kind: 'no-read' }
  /** A stripe that is no loyalty card; nothing of it was kept. */
  | { readonly kind: 'dropped' };

/**
 * A streaming parser with a bounded buffer. Bytes may come in any pieces: the events are the same. Never throws.
 * `push` never ends a text by time; only `flush` does, so that a held-up process does not cut a text in two.
 */
export interface CardParser {
  push(bytes: Uint8Array, mono: MonoMs): CardEvent[];
  /** Call at `due()` or later: ends or gives up what has been silent for long enough. Harmless at any time. */
  flush(mono: MonoMs): CardEvent[];
  /** When `flush` will have something to do; null: nothing waits. */
  due(): MonoMs | null;
}

/** A frame or text that has been silent for so long will not be finished: converters on a network may pause, readers do not. */
export const staleMs = 1_000;
