import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { imageOf, registerKey } from '../../../src/core/registers/image.ts';
import { decodeTag, encodeTag } from '../../../src/core/registers/tag.ts';
import { type ReaderProfile, readerProfileSchema } from '../../../src/model/config/readerProfile.ts';
import { readerProfile } from '../../support/profiles.ts';

const made = (format: string, tag: object): ReaderProfile =>
  readerProfileSchema.parse({
    kind: 'reader',
    profile: 'made',
    title: 'made',
    source: 'here',
    format,
    tag: { address: 0, ...tag },
  });

function decode(profile: ReaderProfile, words: readonly number[]) {
  const { table, address } = profile.tag;
  return decodeTag(
    profile,
    imageOf(new Map(words.map((word, n) => [registerKey(table, address + n), word]))),
  );
}

const hex = (digits: number) =>
  fc
    .array(fc.integer({ min: 0, max: 15 }), { minLength: digits, maxLength: digits })
    .map((values) => values.map((value) => value.toString(16).toUpperCase()).join(''))
    .filter((text) => /[^0]/.test(text));

describe('a tag written is the tag read', () => {
  it.each([
    ['vrd-485', readerProfile('vrd-485'), hex(8)],
    [
      'inveo-rfid-ind',
      readerProfile('inveo-rfid-ind'),
      fc.oneof(
        ...[8, 14, 20].map((n) => hex(n).filter((text) => !text.endsWith('00') && !/^0+.{0,8}$/.test(text))),
      ),
    ],
    ['em40 in three registers', made('em40', { registers: 3, order: 'DCBA' }), hex(10)],
    [
      'number in four registers',
      made('number', { registers: 4 }),
      fc.bigInt({ min: 1n, max: 2n ** 64n - 1n }).map(String),
    ],
    [
      'text',
      made('number', { registers: 8, encoding: 'ascii' }),
      fc.bigInt({ min: 1n, max: 10n ** 16n - 1n }).map(String),
    ],
  ])('%s', (_, profile, texts) => {
    fc.assert(
      fc.property(texts, (text) => {
        expect(decode(profile, encodeTag(profile, text))).toEqual({ ok: true, text });
      }),
    );
    expect(decode(profile, encodeTag(profile, null))).toEqual({ ok: true, text: null });
  });
});

describe('tags', () => {
  it('fill up to the digits of their format, and are refused beyond', () => {
    expect(decode(made('em40', { registers: 3 }), [0x0062, 0xe308, 0x6ced])).toEqual({
      ok: true,
      text: '62E3086CED',
    });
    expect(decode(made('em40', { registers: 3 }), [0x0000, 0xe308, 0x6ced])).toEqual({
      ok: true,
      text: '00E3086CED',
    });
    expect(decode(made('em40', { registers: 3 }), [0x0162, 0xe308, 0x6ced]).ok).toBe(false);
    expect(decode(made('wiegand26', { registers: 2 }), [0x00ab, 0x1234])).toEqual({
      ok: true,
      text: 'AB1234',
    });
  });
  it('keep a number that ends in zeros', () => {
    const words = [0x62, 0xe3, 0, 0, 0, 0, 0, 0, 0, 0];
    expect(decode(readerProfile('inveo-rfid-ind'), words)).toEqual({ ok: true, text: '62E30000' });
  });
  it('as text are capitals where they are hex; zeros and blanks are none', () => {
    const profile = made('uid', { registers: 2, encoding: 'ascii' });
    expect(decode(profile, [0x6132, 0x6633])).toEqual({ ok: true, text: 'A2F3' });
    expect(decode(profile, [0x3030, 0x3030])).toEqual({ ok: true, text: null });
    expect(decode(profile, [0x0203, 0x0405]).ok).toBe(false);
  });
  it('that do not fit are refused', () => {
    expect(() => encodeTag(readerProfile('vrd-485'), '123456789')).toThrow(/does not fit/);
    expect(() => encodeTag(readerProfile('vrd-485'), 'XYZ')).toThrow(/does not fit/);
  });
});
