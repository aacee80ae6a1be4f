/** Bytes of card readers, in pieces, into each format's parser. */
import { emBinaryParser } from '../../../src/core/cards/em-binary/parser.ts';
import { writeEmBinary } from '../../../src/core/cards/em-binary/writer.ts';
import type { CardEvent, CardParser } from '../../../src/core/cards/events.ts';
import { identityOf } from '../../../src/core/cards/identity.ts';
import { lineParser } from '../../../src/core/cards/line/parser.ts';
import { writeLine } from '../../../src/core/cards/line/writer.ts';
import { rdm6300Parser } from '../../../src/core/cards/rdm6300/parser.ts';
import { writeRdm6300 } from '../../../src/core/cards/rdm6300/writer.ts';
import { scannerParser } from '../../../src/core/cards/scanner/parser.ts';
import { writeScan } from '../../../src/core/cards/scanner/writer.ts';
import { stripeParser } from '../../../src/core/cards/stripe/parser.ts';
import { writeStripe } from '../../../src/core/cards/stripe/writer.ts';
import { monoMs } from '../../../src/model/units.ts';
import { damaged, pieces, type Rng, rngOf } from '../random.ts';
import { holds, type Target, type Verdict } from '../target.ts';
import { mayBeRead, stripeBins } from './cardOracle.ts';

interface Format {
  readonly name: string;
  readonly create: () => CardParser;
  /** A valid frame. */
  readonly frame: (rng: Rng) => Uint8Array;
  /** Bytes that mean something to the format. */
  readonly alphabet: readonly number[];
}

const hexOf = (rng: Rng, bytes: number): string => rng.bytes(bytes).toString('hex').toUpperCase();
const digitsOf = (rng: Rng, count: number): string =>
  Array.from({ length: count }, () => rng.below(10)).join('');

const formats: readonly Format[] = [
  {
    name: 'rdm6300',
    create: rdm6300Parser,
    frame: (rng) => writeRdm6300(hexOf(rng, 5)),
    alphabet: [0x02, 0x03, 0x0a, 0x0d, 0x30, 0x39, 0x41, 0x46, 0x66],
  },
  {
    name: 'em-binary',
    create: () => emBinaryParser({ reverse: false }),
    frame: (rng) => writeEmBinary(rng.pick(['em4100', 'mifare'] as const), hexOf(rng, rng.between(4, 10))),
    alphabet: [0x02, 0x03, 0x09, 0x0a, 0x0d, 0x0f, 0x01],
  },
  {
    name: 'line-em40',
    create: () => lineParser({ format: 'em40', interByteMs: 100, reverse: false }),
    frame: (rng) =>
      writeLine(hexOf(rng, 5), {
        stx: rng.chance(0.5),
        end: rng.pick(['cr', 'crlf', 'etx', 'none'] as const),
      }),
    alphabet: [0x02, 0x03, 0x0a, 0x0d, 0x20, 0x2d, 0x3a, 0x30, 0x46],
  },
  {
    name: 'line-number',
    create: () => lineParser({ format: 'number', interByteMs: 100, reverse: false }),
    frame: (rng) =>
      writeLine(digitsOf(rng, rng.between(1, 64)), {
        stx: rng.chance(0.5),
        end: rng.pick(['cr', 'crlf', 'etx'] as const),
      }),
    alphabet: [0x02, 0x03, 0x0a, 0x0d, 0x20, 0x00, 0x7f, 0xa0],
  },
  {
    name: 'scanner',
    create: () => scannerParser({ aimPrefix: false, noRead: ['NR'] }),
    frame: (rng) =>
      writeScan(rng.chance(0.2) ? 'NR' : `VIP-${digitsOf(rng, 6)}${rng.pick(['', 'é', '油', '\u001d'])}`),
    alphabet: [0x0a, 0x0d, 0xc3, 0xe6, 0xff, 0x1d, 0x00, 0x5d],
  },
  {
    name: 'stripe',
    create: () => stripeParser({ bins: stripeBins }),
    frame: (rng) =>
      writeStripe(rng.pick(['6007', '701234', '4111']) + digitsOf(rng, rng.between(4, 12)), {
        rest: rng.chance(0.3) ? null : digitsOf(rng, rng.below(20)),
      }),
    alphabet: [0x3b, 0x3d, 0x3f, 0x25, 0x45, 0x02, 0x03, 0x0d, 0x36, 0x30, 0x37],
  },
];

function someStream(rng: Rng, { frame, alphabet }: Format): Buffer {
  const parts = Array.from({ length: rng.between(1, 6) }, () => {
    const whole = Buffer.from(frame(rng));
    switch (rng.below(5)) {
      case 0:
        return rng.bytes(rng.below(24));
      case 1:
        return Buffer.from(Array.from({ length: rng.below(40) }, () => rng.pick(alphabet)));
      case 2:
        return damaged(rng, whole);
      default:
        return whole;
    }
  });
  if (rng.chance(0.02)) parts.push(Buffer.alloc(rng.between(200, 5_000), rng.pick(alphabet)));
  return Buffer.concat(parts);
}

const longAfter = monoMs(99_999);

function target(format: Format): Target {
  return {
    name: `card-${format.name}`,
    share: 8,
    make: (rng) => Buffer.concat([rng.bytes(1), someStream(rng, format)]),
    run(input): Verdict {
      const stream = input.subarray(1);
      const whole = format.create();
      const events: CardEvent[] = [...whole.push(stream, monoMs(0)), ...whole.flush(longAfter)];
      const cut = format.create();
      const again = pieces(rngOf(input[0] ?? 0), stream).flatMap((piece) => cut.push(piece, monoMs(0)));
      again.push(...cut.flush(longAfter));
      holds(JSON.stringify(events) === JSON.stringify(again), 'the same in whatever pieces', {
        events,
        again,
      });
      holds(whole.due() === null, 'nothing waits after a long silence', {});
      // A byte gives rise to one event at most, and silence to one more.
      holds(events.length <= stream.length + 1, 'no more events than bytes', { events: events.length });
      let reads = 0;
      for (const event of events) {
        if (event.kind !== 'read') continue;
        reads++;
        holds(mayBeRead(format.name, stream, event), 'what was read stands there and checks', { event });
        const { lookup } = identityOf(event.format, event.text);
        holds(!lookup[0].startsWith('invalid'), 'a read is a number of its format', { event });
      }
      return reads > 0 ? 'accepted' : 'refused';
    },
  };
}

export const cardTargets: readonly Target[] = formats.map(target);
