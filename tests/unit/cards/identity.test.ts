import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalCard, identityOf } from '../../../src/core/cards/identity.ts';
import { cardFormats } from '../../../src/model/readings.ts';

describe('one card is one card on every reader', () => {
  it('M13: the strongest name comes first', () => {
    expect(identityOf('em40', '62E3086CED').lookup).toEqual([
      'em40:62E3086CED',
      'em32:E3086CED',
      'wiegand26:086CED',
    ]);
    expect(identityOf('em32', 'E3086CED').lookup).toEqual(['em32:E3086CED', 'wiegand26:086CED']);
  });

  it('the number printed on a card is the low bytes of its tag', () => {
    const [, em32, wiegand26] = identityOf('em40', '06008E6D5D').lookup;
    expect(identityOf('em32', '0009334109').lookup).toEqual([em32, wiegand26]);
    expect(identityOf('wiegand26', '142,27997').lookup).toEqual([wiegand26]);
  });

  it('M13: every tag is found by the three ways of writing it', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 1n, max: (1n << 40n) - 1n }), (tag) => {
        const hex = tag.toString(16).padStart(10, '0');
        const low = Number(tag & 0xffff_ffffn);
        const { lookup } = identityOf('em40', hex);
        if (low !== 0) {
          expect(lookup).toContain(identityOf('em32', String(low).padStart(10, '0')).lookup[0]);
        }
        if ((low & 0xff_ffff) !== 0) {
          const printed = `${(low >>> 16) & 0xff},${String(low & 0xffff).padStart(5, '0')}`;
          expect(lookup).toContain(identityOf('wiegand26', printed).lookup[0]);
        }
      }),
    );
  });

  it('a printed number and the stripe of a card are one', () => {
    expect(identityOf('number', ' 6006 4912 3456 ')).toEqual(identityOf('stripe', '600649123456'));
    expect(identityOf('code', ' vip-7 ').lookup).toEqual(['code:VIP-7']);
    expect(identityOf('uid', '04:a1:b2:c3').lookup).toEqual(['uid:04A1B2C3']);
  });

  it.each([
    ['em40', '62E3086C'],
    ['em40', '0000000000'],
    ['em32', '4294967296'],
    ['em32', '123456789'],
    ['wiegand26', '256,00001'],
    ['wiegand26', '1,65536'],
    ['uid', '04A'],
    ['number', '  '],
    ['number', '会员7'],
    ['code', 'x'.repeat(257)],
  ] as const)(
    '%s %s is no number, and nobody can be registered under what it is looked up by',
    (format, text) => {
      expect(canonicalCard(format, text)).toBeNull();
      expect(identityOf(format, text).lookup[0]).toMatch(/^invalid-/);
    },
  );

  it('never throws, and the canonical form is its own canonical form', () => {
    fc.assert(
      fc.property(fc.constantFrom(...cardFormats), fc.string(), (format, text) => {
        const canonical = canonicalCard(format, text);
        if (canonical !== null && format !== 'em32') expect(canonicalCard(format, canonical)).toBe(canonical);
        expect(identityOf(format, text).lookup.length).toBeGreaterThan(0);
      }),
    );
  });
});
