/** Bytes of a TLS gauge's line, in pieces, into frames and records of both formats. */
import { type DisplayFunction, displayFunctions, parseDisplay } from '../../../src/core/tls/display.ts';
import { type TlsEvent, tlsExtractor } from '../../../src/core/tls/extractor.ts';
import {
  type TlsFrame,
  writeComputerFrame,
  writeDisplayFrame,
  writeUnknownFunction,
} from '../../../src/core/tls/frame.ts';
import { parseReply } from '../../../src/core/tls/parser.ts';
import { settingFunctions, type TlsFunction } from '../../../src/core/tls/records.ts';
import { writeReply } from '../../../src/core/tls/writer.ts';
import { damaged, pieces, type Rng, rngOf } from '../random.ts';
import { coded, holds, type Target, type Verdict } from '../target.ts';

const functions: readonly TlsFunction[] = [
  ...(['101', '102', '111', '112', '201', '214', '21A', '202', '20C', '205', '206', '21B', '21E'] as const),
  ...(['501', '505', '517', '602', '610'] as const),
  ...settingFunctions,
];
const digits = '0123456789';
const fields: readonly ((rng: Rng) => string)[] = [
  (rng) => String(rng.between(0, 99)).padStart(2, '0'),
  (rng) => rng.pick(['0110000', '0210001', '0101', '00', '07', '0A', '15']),
  (rng) => rng.pick(['2601151430', '9912312359', '2602300000']),
  (rng) => rng.pick(['45A68800', '00000000', '7FC00000', 'FF800000', '7F7FFFFF', '????????', '80000000']),
  (rng) => rng.bytes(4).toString('hex').toUpperCase(),
  (rng) => Array.from({ length: rng.below(12) }, () => rng.pick([...digits, '?', ' ', 'A'])).join(''),
];

/** Data that mean something, more or less. */
function someData(rng: Rng, name: TlsFunction): string {
  if (rng.chance(0.3)) return Array.from({ length: rng.below(20) }, () => rng.pick(fields)(rng)).join('');
  const floats = (count: number) =>
    Array.from({ length: count }, () => rng.pick(fields.slice(3, 5))(rng)).join('');
  const count = rng.below(9);
  const values = `${count.toString(16).toUpperCase().padStart(2, '0')}${floats(count)}`;
  const tank = `0${rng.between(1, 9)}`;
  if (['201', '214', '21A'].includes(name))
    return `${tank}1000${rng.below(8)}${values}`.repeat(rng.between(1, 3));
  if (['202', '20C'].includes(name))
    return `${tank}101${'26011508002601150825'}${values}`.repeat(rng.between(1, 3));
  if (name === '21B') return `${tank}01${'26011508002601150825'}${values}`;
  if (name === '21E') return `${tank}10001${'2601150800'}${values}`;
  if (name === '205') return `${tank}020305`;
  return rng.pick([
    '000000',
    '020301',
    '2',
    '01',
    '2601151430',
    `${tank}DIESEL              `,
    `${tank}45A68800`,
  ]);
}

function someText(rng: Rng): string {
  const lines = Array.from({ length: rng.below(12) }, () =>
    rng.pick([
      'TANK PRODUCT             VOLUME TC VOLUME   ULLAGE   HEIGHT    WATER     TEMP',
      'TANK   PRODUCT                 STATUS',
      'JAN 15, 2026  2:30 PM',
      '  1  SUPER 95   1,693  0  9755 18.75 ??? 18,2',
      '  2  NORMAL  HIGH WATER ALARM',
      'T 1:DIESEL',
      '      END: 01/15/2026 14:14         1947       2064   5.32      56.55    65.48',
      '    START: 01/15/2026 14:04         1347       1464   5.32      56.55    42.48',
      'DELIVERY REPORT',
      'ALL FUNCTIONS NORMAL',
      rng.bytes(rng.below(30)).toString('latin1'),
      `${'9'.repeat(rng.below(40))} ${'?'.repeat(rng.below(9))} 1e9 -.5 ${rng.below(1000)}`,
    ]),
  );
  return lines.join('\n');
}

function someStream(rng: Rng): Buffer {
  const parts = Array.from({ length: rng.between(1, 4) }, () => {
    const name = rng.pick(functions);
    const tank = `0${rng.below(10)}`;
    const whole = Buffer.from(
      rng.chance(0.3)
        ? writeDisplayFrame(`I${rng.pick(displayFunctions)}${tank}`, someText(rng))
        : writeComputerFrame(`i${name}${tank}`, '202601151430', someData(rng, name)),
    );
    if (rng.chance(0.1)) return rng.bytes(rng.below(40));
    if (rng.chance(0.05)) return Buffer.from(writeUnknownFunction());
    return rng.chance(0.3) ? damaged(rng, whole) : whole;
  });
  return Buffer.concat(parts);
}

/** The checksum once more, and every place where such a frame stands. */
function standsIn(stream: Buffer, frame: Extract<TlsFrame, { kind: 'computer' }>): boolean {
  const summed = Buffer.from(`\x01${frame.code}${frame.time.slice(2)}${frame.data}&&`, 'latin1');
  let sum = 0;
  for (const byte of summed) sum = (sum + byte) % 65_536;
  const check = ((65_536 - sum) % 65_536).toString(16).padStart(4, '0');
  const text = stream.toString('latin1');
  // SOH itself may have been hit: all that is summed behind it was not.
  const body = summed.toString('latin1').slice(1);
  return (
    text.includes(`${body}${check.toUpperCase()}\x03`) ||
    text.toLowerCase().includes(`${body}${check}\x03`.toLowerCase())
  );
}

/** No number in the records that could not be a measure, no list longer than what was sent. */
function sane(records: unknown, length: number): void {
  if (typeof records === 'number')
    holds(Number.isFinite(records) && Math.abs(records) <= 1e9, 'a number is a measure', { records });
  else if (Array.isArray(records)) {
    holds(records.length <= length, 'no more records than characters', { records: records.length, length });
    for (const each of records) sane(each, length);
  } else if (records !== null && typeof records === 'object')
    for (const each of Object.values(records)) sane(each, length);
}

function judge(stream: Buffer, frame: TlsFrame): boolean {
  if (frame.kind === 'unknown-function') {
    holds(/9999(FF1B|&&FECF)/i.test(stream.toString('latin1')), 'an unknown function was said to be one', {});
    return true;
  }
  const name = frame.code.slice(1, 4);
  if (frame.kind === 'display') {
    if (!displayFunctions.includes(name as DisplayFunction)) return false;
    const read = coded(() => parseDisplay(name as DisplayFunction, frame.text));
    if (read) sane(read.records, frame.text.length + 1);
    return read !== null;
  }
  holds(standsIn(stream, frame), 'what was read stands there and checks', { ...frame });
  if (!functions.includes(name as TlsFunction)) return false;
  const records = coded(() => parseReply(name as TlsFunction, frame.data));
  if (records === null) return false;
  sane(records, frame.data.length + 1);
  const again = parseReply(name as TlsFunction, writeReply(name as TlsFunction, records as never));
  const bare = (value: unknown) =>
    JSON.stringify(value, (key, each) => (key === 'rejected' ? undefined : (each as unknown)));
  // Heads that a gauge repeats before each record come out once, so only flat records are held to the letter.
  if (['201', '214', '21A', '101', '501', '505', '517', '610'].includes(name))
    holds(bare(again) === bare(records), 'written and read again it is the same', { records, again });
  return true;
}

export const tlsTarget: Target = {
  name: 'tls-gauge',
  share: 10,
  make: (rng) => Buffer.concat([rng.bytes(1), someStream(rng)]),
  run(input): Verdict {
    const stream = input.subarray(1);
    const whole = tlsExtractor();
    const events: TlsEvent[] = [...whole.push(stream), ...whole.silence()];
    const cut = tlsExtractor();
    const again = pieces(rngOf(input[0] ?? 0), stream, 40).flatMap((piece) => cut.push(piece));
    again.push(...cut.silence());
    holds(JSON.stringify(events) === JSON.stringify(again), 'the same in whatever pieces', { events, again });
    holds(!whole.pending, 'nothing waits after a silence', {});
    holds(events.length <= stream.length + 1, 'no more events than bytes', { events: events.length });
    let accepted = 0;
    for (const event of events) if (event.kind === 'frame' && judge(stream, event.frame)) accepted += 1;
    return accepted > 0 ? 'accepted' : 'refused';
  },
};
