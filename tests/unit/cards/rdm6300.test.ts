import { describe, expect, it } from 'vitest';
import { rdm6300Parser } from '../../../src/core/cards/rdm6300/parser.ts';
import { writeRdm6300 } from '../../../src/core/cards/rdm6300/writer.ts';
import { monoMs } from '../../../src/model/units.ts';
import { bytesOf, push, reasons, texts } from './support.ts';

describe('RDM6300', () => {
  it('writes what the maker prints', () => {
    expect(writeRdm6300('62e3086ced')).toEqual(bytesOf('\x0262E3086CED08\x03'));
  });

  it.each(['62E3086C', '62E3086CEDED', 'no hex at'])('refuses to write %s', (tag) => {
    expect(() => writeRdm6300(tag)).toThrow(expect.objectContaining({ code: 'CARD_TEXT_INVALID' }));
  });

  it('M13: a broken frame does not cost the next one', () => {
    const parser = rdm6300Parser();
    const events = push(parser, '\x0262E308\x0262E3086CED08\x03');
    expect(reasons(events)).toEqual(['unfinished']);
    expect(texts(events)).toEqual(['62E3086CED']);
  });

  it('a tag in small letters is the same tag', () => {
    expect(texts(push(rdm6300Parser(), '\x0262e3086ced08\x03'))).toEqual(['62E3086CED']);
  });

  it.each([
    ['noise between frames, told once', 'xyz\x00\xff', ['stray-bytes']],
    ['no hex inside', '\x0262G', ['stray-bytes']],
    ['a digit too few', '\x0262E3086CED0\x03', ['length']],
    ['a digit too many', '\x0262E3086CED080\x03', ['length']],
    ['each bad check', '\x0262E3086CED09\x03\x0262E3086CED07\x03', ['checksum', 'checksum']],
  ])('counts %s', (_, text, expected) => {
    const events = push(rdm6300Parser(), text);
    expect(reasons(events)).toEqual(expected);
    expect(texts(events)).toEqual([]);
  });

  it('gives up half a frame after silence and not before', () => {
    const parser = rdm6300Parser();
    push(parser, '\x0262E3', 10);
    expect(parser.due()).toBe(1_010);
    expect(parser.flush(monoMs(1_009))).toEqual([]);
    expect(reasons(parser.flush(monoMs(1_010)))).toEqual(['unfinished']);
    expect(parser.due()).toBeNull();
    expect(texts(push(parser, '086CED08\x03', 1_020))).toEqual([]);
  });
});
