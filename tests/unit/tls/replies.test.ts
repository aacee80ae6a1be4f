import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseDisplay } from '../../../src/core/tls/display.ts';
import { type TlsEvent, tlsExtractor } from '../../../src/core/tls/extractor.ts';
import { writeComputerFrame, writeDisplayFrame } from '../../../src/core/tls/frame.ts';
import { parseReply } from '../../../src/core/tls/parser.ts';
import { writeReply } from '../../../src/core/tls/writer.ts';
import { ForecourtError } from '../../../src/model/errors.ts';
import { gaugeTimes, tlsReplies } from '../../support/tlsRecords.ts';

const frames = fc
  .tuple(tlsReplies, gaugeTimes, fc.integer({ min: 0, max: 99 }))
  .map(([[name, records], time, tank]) => {
    const code = `i${name}${String(tank).padStart(2, '0')}`;
    return {
      name,
      records,
      code,
      time,
      bytes: writeComputerFrame(code, time, writeReply(name, records as never)),
    };
  });

function eventsOf(bytes: Uint8Array): TlsEvent[] {
  const extractor = tlsExtractor();
  return [...extractor.push(bytes), ...extractor.silence()];
}
const framesOf = (bytes: Uint8Array) =>
  eventsOf(bytes).flatMap((event) => (event.kind === 'frame' ? [event.frame] : []));

describe('replies in computer format', () => {
  it('what is written is read again', () => {
    fc.assert(
      fc.property(frames, ({ name, records, code, time, bytes }) => {
        const [frame, ...more] = framesOf(bytes);
        expect(more).toEqual([]);
        if (frame?.kind !== 'computer') throw new Error('no frame');
        expect(frame).toMatchObject({ code, time });
        expect(parseReply(name, frame.data)).toEqual(records);
      }),
      { numRuns: 500 },
    );
  });

  it('no truncation is taken for a reply', () => {
    fc.assert(
      fc.property(frames, ({ bytes }) => {
        for (let length = 0; length < bytes.length; length += 1)
          expect(framesOf(bytes.subarray(0, length))).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });

  it('a flipped bit is refused; outside of what is summed it may be seen through, and then nothing is changed', () => {
    fc.assert(
      fc.property(frames, ({ bytes }) => {
        const [whole] = framesOf(bytes);
        for (let index = 0; index < bytes.length; index += 1)
          for (let bit = 0; bit < 8; bit += 1) {
            const flipped = Uint8Array.from(bytes);
            flipped[index] = (flipped[index] ?? 0) ^ (1 << bit);
            const summed = index > 0 && index < bytes.length - 5;
            for (const frame of framesOf(flipped)) {
              expect(summed).toBe(false);
              expect(frame).toEqual(whole);
            }
          }
      }),
      { numRuns: 8 },
    );
  });

  it('comes in pieces, behind noise and behind another', () => {
    fc.assert(
      fc.property(
        fc.array(frames, { minLength: 1, maxLength: 4 }),
        fc.uint8Array({ maxLength: 40 }).map((noise) => noise.filter((byte) => ![1, 3, 0x1b].includes(byte))),
        fc.infiniteStream(fc.integer({ min: 1, max: 30 })),
        (all, noise, sizes) => {
          const stream = Buffer.concat([noise, ...all.map(({ bytes }) => bytes)]);
          const extractor = tlsExtractor();
          const seen: TlsEvent[] = [];
          for (let at = 0; at < stream.length; ) {
            const size = sizes.next().value as number;
            seen.push(...extractor.push(stream.subarray(at, at + size)));
            at += size;
          }
          expect(seen.flatMap((event) => (event.kind === 'frame' ? [event.frame] : []))).toEqual(
            all.flatMap(({ bytes }) => framesOf(bytes)),
          );
          expect(extractor.pending).toBe(false);
        },
      ),
      { numRuns: 200 },
    );
  });

  it('data of any kind are records or a bad reply, never anything else', () => {
    fc.assert(
      fc.property(
        tlsReplies,
        fc.string({ unit: fc.constantFrom(...'0123456789ABCDEF?? ') }),
        ([name], data) => {
          try {
            parseReply(name, data);
          } catch (error) {
            expect(error).toBeInstanceOf(ForecourtError);
            expect((error as ForecourtError).code).toBe('GAUGE_BAD_REPLY');
          }
        },
      ),
      { numRuns: 2_000 },
    );
  });
});

describe('a stream that is none', () => {
  const text = (words: string): Uint8Array => Buffer.from(words, 'latin1');
  const whole = writeComputerFrame('i10100', '202601151430', '000000');

  it('an echo of the request is a fragment before the reply', () => {
    expect(eventsOf(Buffer.concat([text('\x01i10100'), whole]))).toMatchObject([
      { kind: 'fragment', text: 'i10100' },
      { kind: 'frame' },
    ]);
  });

  it('ESC breaks a reply off', () => {
    expect(eventsOf(Buffer.concat([whole.subarray(0, 12), text('\x1b'), whole]))).toMatchObject([
      { kind: 'bad', reason: 'broken off' },
      { kind: 'frame' },
    ]);
  });

  it('what has no end is given up at the bound, and the next reply is heard', () => {
    const extractor = tlsExtractor(100);
    const events = extractor.push(Buffer.concat([text(`\x01i20100${'0'.repeat(400)}`), whole]));
    expect(
      events.filter(({ kind }) => kind === 'bad').map((event) => 'reason' in event && event.reason),
    ).toContain('without end');
    expect(events.at(-1)).toMatchObject({ kind: 'frame', frame: { code: 'i10100' } });
  });

  it.each([
    ['nothing between SOH and ETX', '\x01\x03'],
    ['no checksum', '\x01i101002601151430000000\x03'],
    ['a time that is none', '\x01i101002613151430000000&&FB55\x03'],
    ['a function that is none', '\x01q20100\x03'],
    ['both formats at once', '\x01I101002601151430000000&&FB55\x03'],
  ])('%s is refused', (_, words) => {
    expect(eventsOf(text(words)).map(({ kind }) => kind)).toEqual(['bad']);
  });

  it('text without SOH and ETX ends by silence', () => {
    const extractor = tlsExtractor();
    expect(extractor.push(text('\nI20100\n01/15/2026 14:30\n'))).toEqual([]);
    expect(extractor.endsBySilence).toBe(true);
    expect(extractor.silence()).toMatchObject([
      { kind: 'frame', frame: { kind: 'display', code: 'I20100' } },
    ]);
    expect(extractor.pending).toBe(false);
  });
});

describe('replies in display format', () => {
  const lines = [1, 2, 3].map(
    (tank) => `  ${tank}  SUPER 9${tank}   12345   12300    5000   150.25     0.50    61.00`,
  );
  const text = [
    'JAN 15, 2026  2:30 PM',
    '',
    'TANK PRODUCT             VOLUME TC VOLUME   ULLAGE   HEIGHT    WATER     TEMP',
    ...lines,
    '',
  ].join('\n');
  const inventoryOf = (events: readonly TlsEvent[]) =>
    events.flatMap((event) =>
      event.kind === 'frame' && event.frame.kind === 'display'
        ? parseDisplay('201', event.frame.text).records
        : [],
    );
  const whole = writeDisplayFrame('I20100', text);
  const records = inventoryOf(eventsOf(whole));

  it.each([
    ['202601071431', '202601071430', '202601061000'],
    ['202607011431', '202607011430', '202606011000'],
  ])('by a clock that shows %s the report is of %s', (expected, time, end) => {
    const report = [
      '07-01-26 14:30',
      '',
      'T 1:DIESEL',
      'INCREASE   DATE / TIME             LITRES TC LITRES WATER  TEMP DEG C  HEIGHT',
      '      END: 06-01-26 10:00              9001       8908   0.0       14.67  1650.5',
      '    START: 06-01-26  9:30              1693       1674   0.0       14.50   480.7',
      '',
    ].join('\n');
    const read = parseDisplay('202', report, expected);
    expect(read.time).toBe(time);
    expect(read.records).toMatchObject([{ tank: 1, deliveries: [{ end, endHeight: 1650.5 }] }]);
  });

  it('what is cut off is never read as another number, though no checksum guards it', () => {
    expect(records).toHaveLength(3);
    for (let length = 0; length < whole.length; length += 1) {
      let found: unknown[] = [];
      try {
        found = inventoryOf(eventsOf(whole.subarray(0, length)));
      } catch (error) {
        expect((error as ForecourtError).code).toBe('GAUGE_BAD_REPLY');
      }
      expect(records.slice(0, found.length)).toEqual(found);
    }
  });

  it('a gauge that sends ETX always does: half of its text is refused', () => {
    const extractor = tlsExtractor();
    extractor.push(whole);
    for (let length = 1; length < whole.length; length += 1) {
      extractor.push(whole.subarray(0, length));
      expect(inventoryOf(extractor.silence())).toEqual([]);
    }
  });
});

it('printed deliveries whose start and end have names that are not known are told, not passed over', () => {
  const report = (begin: string, end: string): string =>
    [
      '15.01.2026 14:30',
      'LIEFERUNGSBERICHT',
      'T 1:SUPER',
      `  ${end}: 14.01.2026 08:20   12000   11950    0.0   10.2   1200.0`,
      `  ${begin}: 14.01.2026 08:05    4000    3980    0.0   11.0    500.0`,
    ].join('\n');
  expect(parseDisplay('202', report('START', 'END')).records).toMatchObject([
    { tank: 1, deliveries: [{ startVolume: 4000, endVolume: 12_000 }] },
  ]);
  expect(() => parseDisplay('202', report('BEGINN', 'ENDE'))).toThrow(/words that are not known/);
  expect(parseDisplay('202', '15.01.2026 14:30\nLIEFERUNGSBERICHT\nT 1:SUPER\n').records).toEqual([
    { tank: 1, product: '', deliveries: [] },
  ]);
});
