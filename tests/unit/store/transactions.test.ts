import { describe, expect, it, onTestFinished } from 'vitest';
import { createChains } from '../../../src/store/chain.ts';
import { openFile } from '../../../src/store/file.ts';
import { createJournal } from '../../../src/store/journal.ts';
import { createSeals } from '../../../src/store/seals.ts';
import { createTransactions } from '../../../src/store/transactions.ts';
import { manualClock, recordingLog, tempDirectory, tempStore } from '../../support/tempStore.ts';

const clock = manualClock();
const stopped = (store: ReturnType<typeof tempStore>, reason: string) =>
  store.journal.append('station.stopped', 'station', clock.now(), '2026-11-22', { reason });

describe('a transaction', () => {
  it('leaves nothing behind when its work fails, and no gap', () => {
    const store = tempStore();
    store.transaction(() => stopped(store, 'first'));
    expect(() =>
      store.transaction(() => {
        stopped(store, 'lost');
        store.machines.save('1', { phase: 'fuelling' });
        throw new Error('no');
      }),
    ).toThrow('no');
    expect(store.machines.load('1')).toBeNull();
    expect(store.transaction(() => stopped(store, 'second'))).toEqual({ stream: 'business', seq: 2 });
    expect(store.check().ok).toBe(true);
  });

  it('cannot be begun inside another, and the outer one is then lost as well', () => {
    const store = tempStore();
    const nested = () => store.transaction(() => store.transaction(() => stopped(store, 'inner')));
    expect(nested).toThrow(expect.objectContaining({ code: 'INTERNAL' }));
    expect(store.feed.head('business')).toBe(0);
    expect(store.transaction(() => stopped(store, 'next')).seq).toBe(1);
  });

  it('cannot wait', () => {
    const store = tempStore();
    const waiting = () =>
      store.transaction(() => {
        stopped(store, 'too early');
        return Promise.resolve();
      });
    expect(waiting).toThrow(expect.objectContaining({ code: 'INTERNAL' }));
    expect(store.feed.head('business')).toBe(0);
  });

  it('on a full disk is refused with its code, keeps what was there, and goes on when there is room', () => {
    const { db } = openFile({ directory: tempDirectory(), clock, log: recordingLog() });
    onTestFinished(() => void db.close());
    const transactions = createTransactions(db);
    const chains = createChains(db, transactions, 'test-1', 'e');
    const { journal, feed } = createJournal(
      db,
      transactions,
      { chains, seals: createSeals(db, chains) },
      'e',
      clock,
    );
    const add = () =>
      transactions.transaction(() =>
        journal.append('station.stopped', 'station', clock.now(), '2026-11-22', { reason: 'x'.repeat(3000) }),
      );
    add();
    db.pragma(`max_page_count = ${Number(db.pragma('page_count', { simple: true })) + 4}`);
    const fill = () => {
      for (let n = 0; n < 50; n++) add();
    };
    expect(fill).toThrow(expect.objectContaining({ code: 'STORE_FULL' }));
    const kept = feed.head('business');
    expect(kept).toBeGreaterThan(1);
    expect(feed.read('business', 0, 100)).toHaveLength(kept);
    expect(add).toThrow(expect.objectContaining({ code: 'STORE_FULL' }));
    db.pragma('max_page_count = 100000');
    expect(add().seq).toBe(kept + 1);
  });
});
