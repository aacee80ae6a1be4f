/** What a transaction does when the disk refuses it. Faults of the disk itself: `tests/system/storageFaults.test.ts`. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import type { ForecourtError } from '../../../src/model/errors.ts';
import { openFile } from '../../../src/store/file.ts';
import { openStore } from '../../../src/store/store.ts';
import { createTransactions } from '../../../src/store/transactions.ts';
import { manualClock, recordingLog, startedAt, tempDirectory } from '../../support/tempStore.ts';

/** A database that is full from now on, and a watch that may make room. */
function fullDatabase(makesRoom: boolean) {
  const { db } = openFile({ directory: tempDirectory(), clock: manualClock(), log: recordingLog() });
  onTestFinished(() => void db.close());
  const seen: string[] = [];
  const transactions = createTransactions(db, {
    stored: () => void seen.push('stored'),
    refused(failure: ForecourtError) {
      seen.push(failure.code);
      if (makesRoom) db.pragma('max_page_count = 100000');
      return makesRoom;
    },
  });
  const insert = db.prepare<[string, string]>('INSERT INTO meta (name, value) VALUES (?, ?)');
  const count = db.prepare<[], number>("SELECT count(*) FROM meta WHERE name LIKE 'test%'").pluck();
  db.pragma(`max_page_count = ${Number(db.pragma('page_count', { simple: true }))}`);
  let tries = 0;
  const write = () =>
    transactions.transaction(() => {
      tries++;
      for (let n = 0; n < 20; n++) insert.run(`test-${n}`, 'x'.repeat(3000));
    });
  return { db, transactions, write, seen, count: () => count.get(), tries: () => tries };
}

it('M195: a full disk is tried again, first over the old log, then in the room that was made, and nothing is written twice', () => {
  const { write, seen, count, tries } = fullDatabase(true);
  write();
  expect(tries()).toBe(3);
  expect(count()).toBe(20);
  expect(seen).toEqual(['STORE_FULL', 'stored']);
});

it('a full disk without room refuses, holds nothing of it, and takes it when there is room', () => {
  const { db, write, seen, count } = fullDatabase(false);
  expect(write).toThrow(expect.objectContaining({ code: 'STORE_FULL' }));
  expect(count()).toBe(0);
  expect(seen).not.toContain('stored');
  db.pragma('max_page_count = 100000');
  write();
  expect(count()).toBe(20);
  expect(seen.at(-1)).toBe('stored');
});

it('an error of the work itself is no matter of the disk', () => {
  const { transactions, seen } = fullDatabase(true);
  expect(() =>
    transactions.transaction(() => {
      throw new Error('no');
    }),
  ).toThrow('no');
  expect(seen).toEqual([]);
});

it('a durable transaction is durable whatever an earlier one left behind', () => {
  const { db, transactions } = fullDatabase(true);
  db.pragma('synchronous = NORMAL');
  expect(transactions.transaction(() => db.pragma('synchronous', { simple: true }))).toBe(2);
});

it('the log is moved to the database by itself now and then, and a full disk does not throw there', () => {
  const { db, transactions, seen } = fullDatabase(false);
  db.pragma('max_page_count = 100000');
  const insert = db.prepare('INSERT OR REPLACE INTO meta (name, value) VALUES (?, ?)');
  for (let n = 0; n < 1000; n++) transactions.relaxed(() => insert.run('test', `${n}`));
  const [log] = db.pragma('wal_checkpoint(PASSIVE)') as { log: number }[];
  expect(log?.log).toBeLessThan(600);
  expect(() => transactions.checkpoint()).not.toThrow();
  expect(seen).toEqual([]);
});

it('M195: a damaged database is told for good, until head office has heard of it too', () => {
  const directory = tempDirectory();
  writeFileSync(join(directory, 'forecourt.db'), 'not a database at all'.repeat(50));
  const open = () => openStore({ directory, site: 'test-1', clock: manualClock(), log: recordingLog() });
  const first = open();
  expect(first.replaced).toEqual({
    keptAs: expect.stringContaining('forecourt.db.corrupt-'),
    reason: expect.any(String),
    at: startedAt,
  });
  first.close();
  const again = open();
  onTestFinished(() => again.close());
  expect(again.bornAfterCorruption).toBe(false);
  expect(again.replaced).toEqual(first.replaced);
});

it('a birth that was cut off after the damaged database was set aside is a replacement too', () => {
  const directory = tempDirectory();
  const kept = join(directory, 'forecourt.db.corrupt-2026-11-22T08-00-00-000Z');
  writeFileSync(kept, 'damaged');
  writeFileSync(`${kept}-wal`, 'its log');
  const store = openStore({ directory, site: 'test-1', clock: manualClock(), log: recordingLog() });
  onTestFinished(() => store.close());
  expect(store.replaced).toMatchObject({ keptAs: kept });
});
