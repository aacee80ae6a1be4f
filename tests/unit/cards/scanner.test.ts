import { describe, expect, it } from 'vitest';
import { type ScannerOptions, scannerParser } from '../../../src/core/cards/scanner/parser.ts';
import { writeScan } from '../../../src/core/cards/scanner/writer.ts';
import { monoMs } from '../../../src/model/units.ts';
import { push, reasons, texts } from './support.ts';

const parser = (options: Partial<ScannerOptions> = {}) =>
  scannerParser({ aimPrefix: false, noRead: ['%%NoRead', 'NR'], ...options });

describe('scanner', () => {
  it('M13: takes texts with CR, LF or both, in UTF-8', () => {
    const bytes = [...writeScan('VIP-7'), ...writeScan('会员 7', { end: 'crlf' })];
    expect(texts(push(parser(), Uint8Array.from(bytes)))).toEqual(['VIP-7', '会员 7']);
  });

  it('what a scanner says when it read nothing is no code', () => {
    const events = push(parser(), '%%NoRead\r nr \rNR7\r');
    expect(events.map((event) => event.kind)).toEqual(['no-read', 'no-read', 'read']);
  });

  it('takes the AIM identifier off, and refuses a text that lost it', () => {
    const events = push(parser({ aimPrefix: true }), ']Q3VIP-7\r]C0NR\r%%NoRead\rP-7\r]Q3\r');
    expect(texts(events)).toEqual(['VIP-7']);
    expect(events.map((event) => event.kind)).toEqual(['read', 'no-read', 'no-read', 'bad', 'bad']);
    expect(reasons(events)).toEqual(['no-aim-prefix', 'length']);
  });

  it('leaves a code that begins like an AIM identifier alone where none is configured', () => {
    expect(texts(push(parser(), ']Q3VIP\r'))).toEqual([']Q3VIP']);
  });

  it.each([
    ['a broken UTF-8 sequence', 'VIP\xc3\x28\r'],
    ['an overlong UTF-8 form', '\xc0\xaf\r'],
    ['control characters', 'VIP\x00\x07\r'],
  ])('refuses %s', (_, text) => {
    expect(reasons(push(parser(), text))).toEqual(['not-text']);
  });

  it('keeps the separators of GS1 codes', () => {
    expect(texts(push(parser(), '01060\x1d10A\r'))).toEqual(['01060\x1d10A']);
  });

  it('bounds a text at 256 bytes and comes back at the next end', () => {
    const events = push(parser(), `${'a'.repeat(256)}\r${'b'.repeat(257)}\rVIP\r`);
    expect(texts(events)).toEqual(['a'.repeat(256), 'VIP']);
    expect(reasons(events)).toEqual(['too-long']);
  });

  it('gives up a text without an end', () => {
    const open = parser();
    push(open, 'VIP', 0);
    expect(reasons(open.flush(monoMs(1_000)))).toEqual(['unfinished']);
    expect(texts(push(open, '-7\r', 1_100))).toEqual(['-7']);
  });
});
