import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { codeOf, readRequest, writeRequest } from '../../../src/core/tls/request.ts';

describe('requests', () => {
  it.each([
    [{ code: 'i20100', data: '' }, null, '\x01i20100'],
    [{ code: 'i21E01', data: '2601150000' }, null, '\x01i21E012601150000'],
    [{ code: 's50100', data: '2601150830' }, 'ABC123', '\x01ABC123s501002601150830'],
  ])('%j with code %j', (request, code, text) => {
    expect(Buffer.from(writeRequest(request, code)).toString('latin1')).toBe(text);
  });

  it('what is written is read again, with the same security code only', () => {
    const letters = fc.constantFrom('i', 'I', 's', 'S') as fc.Arbitrary<'i' | 'I' | 's' | 'S'>;
    const codes = fc
      .tuple(letters, fc.constantFrom('201', '21E', '501', '602'), fc.integer({ min: 0, max: 99 }))
      .map(([letter, name, tank]) => codeOf(letter, name, tank));
    const secret = fc.option(fc.string({ unit: fc.constantFrom(...'ABC12 ~'), minLength: 6, maxLength: 6 }));
    fc.assert(
      fc.property(codes, fc.stringMatching(/^[0-9A-Z ]{0,20}$/), secret, (code, data, securityCode) => {
        const text = Buffer.from(writeRequest({ code, data }, securityCode)).toString('latin1').slice(1);
        expect(readRequest(text, securityCode)).toEqual({ code, data });
        if (securityCode !== null) expect(readRequest(text, 'xxxxxx')).toBeNull();
      }),
    );
  });

  it.each([
    ['a security code of five', { code: 'i20100', data: '' }, 'ABC12'],
    ['no function', { code: 'x20100', data: '' }, null],
    ['control characters', { code: 's60201', data: 'A\x01B' }, null],
    ['more than the gauge can take', { code: 's60201', data: 'A'.repeat(130) }, null],
  ])('%s is refused', (_, request, code) => {
    expect(() => writeRequest(request, code)).toThrowError(
      expect.objectContaining({ code: 'REQUEST_REFUSED' }),
    );
  });
});
