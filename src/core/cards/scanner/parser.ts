/** Bytes of a bar or QR code scanner to texts. */
import type { MonoMs } from '../../../model/units.ts';
import { CR, LF } from '../bytes.ts';
import { type CardEvent, type CardParser, staleMs } from '../events.ts';
import { aimPrefix, controlCharacter, maxBytes } from './constants.ts';

export interface ScannerOptions {
  /** The scanner puts `]xN` before the text; it is taken off, and a text without it is refused as one that lost its start. */
  readonly aimPrefix: boolean;
  /** Texts that mean that nothing was read; upper and lower case are alike. */
  readonly noRead: readonly string[];
}

/** Text without an end is given up after `staleMs`: scanners that write no CR must be set to write one. */
export function scannerParser(options: ScannerOptions): CardParser {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  const noRead = new Set(options.noRead.map((text) => text.trim().toUpperCase()));
  let buffer: number[] = [];
  let skipping = false;
  let last = 0 as MonoMs;

  function decode(bytes: readonly number[]): string | null {
    try {
      return decoder.decode(Uint8Array.from(bytes)).trim();
    } catch {
      return null;
    }
  }

  function judge(bytes: readonly number[]): CardEvent | null {
    const raw = decode(bytes);
    if (raw === '') return null;
    if (raw === null || controlCharacter.test(raw)) return { kind: 'bad', reason: 'not-text' };
    const text = options.aimPrefix ? raw.replace(aimPrefix, '').trim() : raw;
    if (noRead.has(raw.toUpperCase()) || noRead.has(text.toUpperCase())) return { kind: 'no-read' };
    if (options.aimPrefix && text === raw) return { kind: 'bad', reason: 'no-aim-prefix' };
    return text === '' ? { kind: 'bad', reason: 'length' } : { kind: 'read', format: 'code', text };
  }

  function take(byte: number, events: CardEvent[]): void {
    if (byte === CR || byte === LF) {
      const event = skipping ? null : judge(buffer);
      if (event !== null) events.push(event);
      buffer = [];
      skipping = false;
    } else if (!skipping) {
      buffer.push(byte);
      if (buffer.length > maxBytes) {
        events.push({ kind: 'bad', reason: 'too-long' });
        buffer = [];
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
      if (mono - last < staleMs) return [];
      const broken = buffer.length > 0;
      buffer = [];
      skipping = false;
      return broken ? [{ kind: 'bad', reason: 'unfinished' }] : [];
    },
    due: () => (buffer.length > 0 || skipping ? ((last + staleMs) as MonoMs) : null),
  };
}
