import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import type { CardEvent } from '../../src/core/cards/events.ts';
import { parserFor } from '../../src/drivers/readers/parserFor.ts';
import { readerSchema } from '../../src/model/config/station.ts';
import { monoMs } from '../../src/model/units.ts';

interface Golden {
  readonly name: string;
  readonly reader: { readonly kind: string };
  readonly hex: string;
  readonly silenceMs?: number;
  readonly events: readonly CardEvent[];
}

const golden = JSON.parse(
  readFileSync(new URL('./cards/frames.json', import.meta.url), 'utf8'),
) as readonly Golden[];

it.each(golden)('M13: $name', ({ reader, hex, silenceMs, events }) => {
  const config = readerSchema.parse({
    ...reader,
    id: 'r1',
    fuellingPoints: ['1'],
    connection: { kind: 'tcp', host: '127.0.0.1', port: 1 },
  });
  if (config.kind === 'modbus') throw new Error('not a reader of bytes');
  const parser = parserFor(config);
  const bytes = Uint8Array.from(hex.split(' '), (byte) => Number.parseInt(byte, 16));
  const seen = parser.push(bytes, monoMs(0));
  expect([...seen, ...(silenceMs ? parser.flush(monoMs(silenceMs)) : [])]).toEqual(events);
});
