/** A card reader opened for a test, with all that it tells kept. */
import { openReader, type Reader, type ReaderHealth } from '../../src/drivers/readers/reader.ts';
import { readerSchema } from '../../src/model/config/station.ts';
import type { CardRead } from '../../src/model/readings.ts';
import { instant, monoMs } from '../../src/model/units.ts';

export interface WatchedReader {
  readonly reader: Reader;
  readonly reads: CardRead[];
  readonly health: ReaderHealth[];
  /** Everything that was logged, as text. */
  readonly logged: string[];
  texts(): string[];
}

/** @param config of the reader without id and fuelling points; @param onRead called first, may throw */
export function watchReader(config: object, onRead: (read: CardRead) => void = () => {}): WatchedReader {
  const parsed = readerSchema.parse({ id: 'r1', fuellingPoints: ['1'], ...config });
  if (parsed.kind === 'modbus') throw new Error('not a reader of bytes');
  const reads: CardRead[] = [];
  const health: ReaderHealth[] = [];
  const logged: string[] = [];
  const keep = (fields: object, message: string) => {
    logged.push(`${JSON.stringify(fields)} ${message}`);
  };
  const reader = openReader(parsed, {
    clock: { now: () => instant(Date.now()), mono: () => monoMs(performance.now()) },
    random: () => 0,
    log: { debug: keep, info: keep, warn: keep, error: keep },
    onRead(read) {
      reads.push(read);
      onRead(read);
    },
    onHealth: (event) => health.push(event),
  });
  return { reader, reads, health, logged, texts: () => reads.map((read) => read.text) };
}
