import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Instant, instant } from '../../../src/model/units.ts';
import type { Store } from '../../../src/store/store.ts';
import { startedAt, tempDirectory, tempStore } from '../../support/tempStore.ts';

const day = 86_400_000;
const at = (days: number): Instant => instant(startedAt + days * day);
const never = instant(0);
const business = (store: Store, when: Instant = at(0)) =>
  store.journal.append('station.stopped', 'station', when, '2026-11-22', { reason: 'told "so"\n' });
const telemetry = (store: Store, when: Instant = at(0)) =>
  store.journal.append('fuelling-point.state-changed', 'fuelling-points/1', when, '2026-11-22', {
    fuellingPoint: '1',
    nozzle: null,
    state: 'idle',
    at: new Date(when).toISOString(),
  });
const seqs = (store: Store, stream: 'business' | 'telemetry') =>
  store.feed.read(stream, 0, 1000).map((row) => row.seq);

describe('the journal', () => {
  it('counts each stream on its own, without gaps, whatever is rolled back', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.boolean(), fc.boolean()), { maxLength: 40 }), (steps) => {
        const store = tempStore(tempDirectory());
        const kept = { business: 0, telemetry: 0 };
        for (const [isBusiness, fails] of steps) {
          const append = () => (isBusiness ? business(store) : telemetry(store));
          if (!fails) kept[store.transaction(append).stream]++;
          else {
            const undone = () =>
              store.transaction(() => {
                append();
                throw new Error('undone');
              });
            expect(undone).toThrow('undone');
          }
        }
        for (const stream of ['business', 'telemetry'] as const) {
          expect(seqs(store, stream)).toEqual(Array.from({ length: kept[stream] }, (_, n) => n + 1));
        }
        store.close();
      }),
      { numRuns: 15 },
    );
  });

  it('is read as it was written', () => {
    const store = tempStore();
    business(store);
    business(store, at(1));
    expect(store.feed.read('business', 1, 10)).toEqual([
      {
        stream: 'business',
        seq: 2,
        type: 'station.stopped',
        at: '2026-11-23T08:00:00.000Z',
        businessDate: '2026-11-22',
        subject: 'station',
        data: '{"reason":"told \\"so\\"\\n"}',
        seal: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
        chain: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
      },
    ]);
    expect(store.feed.read('business', 0, 1).map((row) => row.seq)).toEqual([1]);
    expect(store.feed.head('business')).toBe(2);
    expect(store.feed.head('telemetry')).toBe(0);
  });

  it('goes on counting after everything was pruned and the store opened again', () => {
    const directory = tempDirectory();
    const store = tempStore(directory);
    for (let n = 0; n < 3; n++) business(store);
    store.feed.moveCursor('business', 'published', 3);
    expect(store.journal.prune({ business: at(9), telemetry: at(9) }, 100)).toBe(2);
    store.close();
    expect(business(tempStore(directory)).seq).toBe(4);
  });
});

describe('pruning', () => {
  it('spares business events that the broker does not have', () => {
    const store = tempStore();
    for (let n = 0; n < 5; n++) business(store);
    expect(store.journal.prune({ business: at(9), telemetry: never }, 100)).toBe(0);
    store.feed.moveCursor('business', 'published', 3);
    expect(store.journal.prune({ business: at(9), telemetry: never }, 100)).toBe(3);
    expect(seqs(store, 'business')).toEqual([4, 5]);
  });

  it('waits for head office where it confirms', () => {
    const store = tempStore();
    for (let n = 0; n < 5; n++) business(store);
    store.feed.moveCursor('business', 'published', 5);
    store.feed.moveCursor('business', 'confirmed', 2);
    store.journal.prune({ business: at(9), telemetry: never }, 100);
    expect(seqs(store, 'business')).toEqual([3, 4, 5]);
  });

  it('spares what is younger than the retention time, and deletes no more than asked', () => {
    const store = tempStore();
    for (let n = 0; n < 6; n++) business(store, at(n));
    store.feed.moveCursor('business', 'published', 6);
    expect(store.journal.prune({ business: at(4), telemetry: never }, 3)).toBe(3);
    expect(store.journal.prune({ business: at(4), telemetry: never }, 3)).toBe(1);
    expect(store.journal.prune({ business: at(4), telemetry: never }, 3)).toBe(0);
    expect(seqs(store, 'business')).toEqual([5, 6]);
    expect(store.check().ok).toBe(true);
  });

  it('drops telemetry by its age alone', () => {
    const store = tempStore();
    for (let n = 0; n < 4; n++) telemetry(store, at(n));
    expect(store.journal.prune({ business: never, telemetry: at(2) }, 100)).toBe(2);
    expect(seqs(store, 'telemetry')).toEqual([3, 4]);
  });
});

describe('cursors', () => {
  it('stand still through a restart, each on its own', () => {
    const directory = tempDirectory();
    const store = tempStore(directory);
    for (let n = 0; n < 5; n++) business(store);
    store.feed.moveCursor('business', 'published', 4);
    store.feed.moveCursor('business', 'confirmed', 3);
    store.feed.moveCursor('business', 'published', 2);
    store.close();
    const { feed } = tempStore(directory);
    expect(feed.cursor('business', 'published')).toBe(2);
    expect(feed.cursor('business', 'confirmed')).toBe(3);
    expect(feed.cursor('telemetry', 'published')).toBe(0);
  });

  it.each([-1, 1.5, 2, Number.NaN])('cannot stand at %s of one event', (seq) => {
    const store = tempStore();
    business(store);
    expect(() => store.feed.moveCursor('business', 'published', seq)).toThrow(
      expect.objectContaining({ code: 'INTERNAL' }),
    );
  });

  it('can move inside a transaction', () => {
    const store = tempStore();
    store.transaction(() => store.feed.moveCursor('business', 'published', business(store).seq));
    expect(store.feed.cursor('business', 'published')).toBe(1);
  });
});

it('events that were set aside are kept note of, newest first, once each', () => {
  const store = tempStore();
  store.feed.setAside('business', 3, 'too large');
  store.feed.setAside('business', 4, 'not authorized');
  store.feed.setAside('business', 3, 'still too large');
  expect(store.setAside.count()).toBe(2);
  expect(store.setAside.list(1)).toEqual([
    { stream: 'business', seq: 4, reason: 'not authorized', at: startedAt },
  ]);
  expect(store.setAside.list(9)[1]?.reason).toBe('still too large');
});
