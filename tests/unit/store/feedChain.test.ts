/** Head office's side of the chain, by docs/books.md and nothing of the station's own code. */
import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { instant } from '../../../src/model/units.ts';
import { eventEncoder } from '../../../src/sync/messages.ts';
import { bookSale } from '../../support/books.ts';
import { startedAt, tempDirectory, tempStore } from '../../support/tempStore.ts';

type Event = Record<
  'stream' | 'sequence' | 'type' | 'time' | 'businessdate' | 'subject' | 'seal' | 'chain',
  string
>;

const sha256 = (values: readonly string[]): string =>
  createHash('sha256')
    .update(values.map((value) => `${Buffer.byteLength(value)}:${value},`).join(''))
    .digest('hex');

/** The chain that follows from an event as it was received. */
function chainOf(before: string, payload: string): string {
  const { stream, sequence, type, time, businessdate, subject, seal } = JSON.parse(payload) as Event;
  const data = payload.slice(payload.indexOf('"data":') + 7, -1);
  return sha256([before, stream, sequence, type, time, businessdate, subject, seal, data]);
}

it('M187: proves from the feed alone that the history was not rewritten', () => {
  const directory = tempDirectory();
  const store = tempStore(directory);
  for (let n = 0; n < 3; n++) bookSale(store, n, n === 1 ? 'lin' : null);
  store.journal.append('station.stopped', 'a "站" \\ \n', instant(startedAt), '2026-11-22', {
    reason: '"data": 油\u0000',
  });
  const encode = eventEncoder('forecourt/v1', 'test-1', store.epoch);
  for (const stream of ['business', 'telemetry'] as const) {
    const received = store.feed.read(stream, 0, 100).map((row) => encode(row).payload);
    expect(received.length).toBeGreaterThan(2);
    let before = sha256(['forecourt', stream, 'test-1', store.epoch]);
    for (const payload of received) {
      const { chain } = JSON.parse(payload) as Event;
      expect(chainOf(before, payload)).toBe(chain);
      expect(chainOf(before, payload.replace('"time":"2026', '"time":"2025'))).not.toBe(chain);
      before = chain;
    }
  }
});
