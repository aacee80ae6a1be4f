/** Frames of TLS gauges: one that a gauge sent, the others computed from the layouts by `tls/make.py`, which shares no code with ours. */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { type DisplayFunction, parseDisplay } from '../../src/core/tls/display.ts';
import { tlsExtractor } from '../../src/core/tls/extractor.ts';
import type { TlsFrame } from '../../src/core/tls/frame.ts';
import { parseReply } from '../../src/core/tls/parser.ts';
import type { TlsFunction } from '../../src/core/tls/records.ts';

interface Golden<F> {
  readonly name: string;
  readonly function: F;
  readonly hex: string;
  readonly time: string | null;
  readonly records: unknown;
}
const read = <T>(name: string): readonly T[] =>
  JSON.parse(readFileSync(new URL(`./tls/${name}.json`, import.meta.url), 'utf8')) as readonly T[];

function frameOf(hex: string): TlsFrame {
  const extractor = tlsExtractor();
  const [event, ...more] = [...extractor.push(Buffer.from(hex, 'hex')), ...extractor.silence()];
  expect(more).toEqual([]);
  if (event?.kind !== 'frame') throw new Error(JSON.stringify(event));
  return event.frame;
}

it.each(read<Golden<TlsFunction> & { code: string }>('computer'))(
  'i$function: $name',
  ({ function: name, code, hex, time, records }) => {
    const frame = frameOf(hex);
    if (frame.kind !== 'computer') throw new Error(frame.kind);
    expect(frame).toMatchObject({ code, time });
    expect(parseReply(name, frame.data)).toEqual(records);
  },
);

it.each(read<Golden<DisplayFunction>>('display'))(
  'I$function: $name',
  ({ function: name, hex, time, records }) => {
    const frame = frameOf(hex);
    if (frame.kind !== 'display') throw new Error(frame.kind);
    expect(frame.code).toBe(`I${name}00`);
    expect(parseDisplay(name, frame.text)).toEqual({ records, time });
  },
);

it.each([
  ['framed', '\x019999FF1B\x03'],
  ['with a line feed', '9999FF1B\n'],
  ['closed like other replies', '\x019999&&FECF\x03'],
])('an unknown function, %s', (_, text) => {
  expect(frameOf(Buffer.from(text).toString('hex'))).toEqual({ kind: 'unknown-function' });
});

it.each([
  ['a checksum that is not its own', '\x019999&&FECE\x03'],
  ['none', '\x019999\x03'],
])('an unknown function with %s is no answer', (_, text) => {
  const [event] = tlsExtractor().push(Buffer.from(text));
  expect(event?.kind).toBe('bad');
});
