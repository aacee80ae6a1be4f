/** What holds for every parser, whatever comes from the wire. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { emBinaryParser } from '../../../src/core/cards/em-binary/parser.ts';
import { writeEmBinary } from '../../../src/core/cards/em-binary/writer.ts';
import type { CardParser } from '../../../src/core/cards/events.ts';
import { lineParser } from '../../../src/core/cards/line/parser.ts';
import { writeLine } from '../../../src/core/cards/line/writer.ts';
import { rdm6300Parser } from '../../../src/core/cards/rdm6300/parser.ts';
import { writeRdm6300 } from '../../../src/core/cards/rdm6300/writer.ts';
import { scannerParser } from '../../../src/core/cards/scanner/parser.ts';
import { writeScan } from '../../../src/core/cards/scanner/writer.ts';
import { stripeParser } from '../../../src/core/cards/stripe/parser.ts';
import { writeStripe } from '../../../src/core/cards/stripe/writer.ts';
import { monoMs } from '../../../src/model/units.ts';
import { texts } from './support.ts';

const tag = '62E3086CED';
const parsers: [string, () => CardParser, Uint8Array, string][] = [
  ['rdm6300', rdm6300Parser, writeRdm6300(tag), tag],
  ['em-binary', () => emBinaryParser({ reverse: false }), writeEmBinary('em4100', tag), tag],
  [
    'line',
    () => lineParser({ format: 'em40', interByteMs: 100, reverse: false }),
    writeLine(tag, { stx: true }),
    tag,
  ],
  ['scanner', () => scannerParser({ aimPrefix: false, noRead: ['NR'] }), writeScan('VIP-7'), 'VIP-7'],
  ['stripe', () => stripeParser({ bins: ['6007'] }), writeStripe('60071234'), '60071234'],
];

/** Noise that often holds what the formats look for, mixed with whole frames. */
const traffic = (frame: Uint8Array) =>
  fc
    .array(
      fc.oneof(
        fc.uint8Array({ maxLength: 20 }),
        fc.array(fc.constantFrom(0x02, 0x03, 0x09, 0x0a, 0x0d, 0x3b, 0x3d, 0x3f, 0x36, 0x45), {
          maxLength: 20,
        }),
        fc.constant([...frame]),
      ),
      { maxLength: 12 },
    )
    .map((parts) => Uint8Array.from(parts.flatMap((part) => [...part])));

describe.each(parsers)('%s', (_, create, frame, text) => {
  it('reads its own frame', () => {
    expect(texts(create().push(frame, monoMs(0)))).toEqual([text]);
  });

  it('never throws, and gives the same in whatever pieces the bytes come', () => {
    fc.assert(
      fc.property(
        traffic(frame),
        fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 20 }),
        (bytes, sizes) => {
          const whole = create();
          const pieces = create();
          const expected = [...whole.push(bytes, monoMs(0)), ...whole.flush(monoMs(9_999))];
          const seen = [];
          for (let from = 0, n = 0; from < bytes.length; n += 1) {
            const to = from + (sizes[n % sizes.length] ?? 1);
            seen.push(...pieces.push(bytes.subarray(from, to), monoMs(0)));
            from = to;
          }
          expect([...seen, ...pieces.flush(monoMs(9_999))]).toEqual(expected);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('reads the next frame after any noise and silence, and waits for nothing then', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 600 }), (noise) => {
        const parser = create();
        parser.push(noise, monoMs(0));
        parser.flush(monoMs(2_000));
        expect(parser.due()).toBeNull();
        expect(texts(parser.push(frame, monoMs(3_000)))).toEqual([text]);
      }),
      { numRuns: 300 },
    );
  });
});
