import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stripeParser } from '../../../src/core/cards/stripe/parser.ts';
import { writeBadTrack, writeStripe } from '../../../src/core/cards/stripe/writer.ts';
import { monoMs } from '../../../src/model/units.ts';
import { bytesOf, push, reasons, texts } from './support.ts';

const parser = () => stripeParser({ bins: ['600649', '6007'] });
const digits = (minLength: number, maxLength: number) =>
  fc.string({ unit: fc.constantFrom(...'0123456789'), minLength, maxLength });

describe('magnetic stripe', () => {
  it('writes a track as readers do', () => {
    expect(writeStripe('6006491234567890')).toEqual(bytesOf('\x02;6006491234567890=9912101?\r\x03'));
    expect(writeStripe('60071234', { rest: null })).toEqual(bytesOf('\x02;60071234?\r\x03'));
    expect(writeBadTrack()).toEqual(bytesOf('\x02E\r\x03'));
  });

  it('M13: takes loyalty cards, with and without a second part, whatever their last digit', () => {
    const events = push(parser(), ';6006491234567890=9912101?\r;6006491234567891=9912?\r;60071234?\r');
    expect(texts(events)).toEqual(['6006491234567890', '6006491234567891', '60071234']);
  });

  it('passes over track 1 and the check character', () => {
    const events = push(parser(), '\x02%B4111111111111111^NAME;X^9912?;6006491234567890=99?;\r\x03');
    expect(texts(events)).toEqual(['6006491234567890']);
    expect(events).toHaveLength(1);
  });

  it('every other card is dropped at the first digit that fits no loyalty BIN', () => {
    const swipe = parser();
    expect(push(swipe, ';600')).toEqual([]);
    expect(push(swipe, '1')).toEqual([{ kind: 'dropped' }]);
    expect(push(swipe, '234567890=9912?\r')).toEqual([]);
    expect(texts(push(swipe, ';60071234?'))).toEqual(['60071234']);
  });

  it('M189: no digit of a payment card leaves the parser, in whatever pieces and however broken', () => {
    fc.assert(
      fc.property(
        digits(8, 19).filter((pan) => !pan.startsWith('600649') && !pan.startsWith('6007')),
        digits(0, 12),
        fc.constantFrom('?', '', '?\r\x03', ';', 'E'),
        (pan, rest, end) => {
          const swipe = parser();
          const events = [
            ...push(swipe, `\x02;${pan}=${rest}${end}`),
            ...swipe.flush(monoMs(5_000)),
            ...push(swipe, ';60071234?'),
          ];
          expect(events.filter((event) => event.kind === 'read')).toEqual([
            { kind: 'read', format: 'stripe', text: '60071234' },
          ]);
        },
      ),
    );
  });

  it.each([
    ['a track that could not be read', '\x02E\r\x03', ['bad-track']],
    ['the same inside sentinels', ';E?\r', ['bad-track']],
    ['a number that broke off', ';600649\r', ['unfinished']],
    ['a second part that broke off', ';60071234=99\r', ['unfinished']],
    ['a number that is too short', ';6007123?', ['length']],
    ['a number that is too long', `;6007${'1'.repeat(16)}?`, ['too-long']],
    ['a second part without end', `;60071234=${'1'.repeat(60)}`, ['too-long']],
    ['other characters in the number', ';6007X?', ['stray-bytes']],
    ['noise between swipes, once', 'xy\xff', ['stray-bytes']],
  ])('counts %s', (_, text, expected) => {
    const events = push(parser(), text);
    expect(reasons(events)).toEqual(expected);
    expect(texts(events)).toEqual([]);
  });

  it('silence ends a swipe that broke off', () => {
    const swipe = parser();
    push(swipe, ';4111', 0);
    expect(swipe.due()).toBe(1_000);
    expect(swipe.flush(monoMs(1_000))).toEqual([]);
    expect(texts(push(swipe, ';60071234?', 1_100))).toEqual(['60071234']);
  });
});
