import { describe, expect, it } from 'vitest';
import { type LineOptions, lineParser } from '../../../src/core/cards/line/parser.ts';
import { writeLine } from '../../../src/core/cards/line/writer.ts';
import { monoMs } from '../../../src/model/units.ts';
import { bytesOf, push, reasons, texts } from './support.ts';

const parser = (options: Partial<LineOptions> = {}) =>
  lineParser({ format: 'number', interByteMs: 100, reverse: false, ...options });

describe('one number a line', () => {
  it('writes the ends that makers use', () => {
    expect(writeLine('8E6D5D')).toEqual(bytesOf('8E6D5D\r'));
    expect(writeLine('0009334109', { end: 'crlf' })).toEqual(bytesOf('0009334109\r\n'));
    expect(writeLine('12AB', { stx: true, end: 'none' })).toEqual(bytesOf('\x0212AB'));
  });

  it('M13: takes numbers of its format and counts the others', () => {
    const events = push(
      parser({ format: 'em32' }),
      '0009334109\r\n008e6d5d\r\n\r\n123\r9999999999\r0000000000\r',
    );
    expect(texts(events)).toEqual(['008E6D5D', '008E6D5D']);
    expect(reasons(events)).toEqual(['wrong-format', 'wrong-format', 'wrong-format']);
  });

  it('turns the bytes of readers that give them last first', () => {
    const events = push(parser({ format: 'em32', reverse: true }), '5D6D8E00\r1567460864\r');
    expect(texts(events)).toEqual(['008E6D5D', '008E6D5D']);
  });

  it('M13: text without an end is complete after silence, not before', () => {
    const sp = parser();
    expect(push(sp, '\x0212', 0)).toEqual([]);
    expect(push(sp, 'AB', 90)).toEqual([]);
    expect(sp.due()).toBe(190);
    expect(sp.flush(monoMs(189))).toEqual([]);
    expect(texts(sp.flush(monoMs(190)))).toEqual(['12AB']);
    expect(sp.due()).toBeNull();
  });

  it('the next STX completes a text without an end', () => {
    const sp = parser();
    expect(texts(push(sp, '\x0212AB\x0234CD'))).toEqual(['12AB']);
    expect(texts(sp.flush(monoMs(100)))).toEqual(['34CD']);
  });

  it('a reader that writes ends: a pause inside a number makes no other numbers of it', () => {
    const ended = parser();
    push(ended, '6001\r', 0);
    push(ended, '60012', 1_000);
    expect(ended.flush(monoMs(1_200))).toEqual([]);
    expect(texts(push(ended, '345\r', 1_300))).toEqual(['60012345']);
  });

  it('a reader that writes ends: what stays unfinished is given up, and not joined to the next', () => {
    const ended = parser();
    push(ended, '6001\r60012', 0);
    expect(reasons(ended.flush(monoMs(1_000)))).toEqual(['unfinished']);
    expect(texts(push(ended, '6002\r', 2_000))).toEqual(['6002']);
  });

  it('one stray end does not silence a reader that writes none', () => {
    const sp = parser();
    push(sp, '\x0212AB\r', 0);
    push(sp, '\x0234CD', 10);
    sp.flush(monoMs(1_010));
    push(sp, '\x0256EF', 2_000);
    expect(texts(sp.flush(monoMs(2_100)))).toEqual(['56EF']);
  });

  it('bounds its buffer and comes back at the next end', () => {
    const noisy = parser();
    expect(reasons(push(noisy, '1'.repeat(10_000)))).toEqual(['too-long']);
    expect(texts(push(noisy, '1\r6001\r'))).toEqual(['6001']);
  });
});
