/** What one FULL commit of so many bytes costs on this disk by itself: the least that any durable sale can take. */
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { monotonicMs } from './saleMessages.ts';

export interface BareCommit {
  /** Milliseconds from before BEGIN to after COMMIT. */
  commit(bytes: number): number;
  close(): void;
}

/** A new database file in `directory`: WAL, synchronous FULL, one writer, one prepared INSERT of one blob. */
export function openBareCommit(directory: string, name = 'bare.db'): BareCommit {
  const db = new Database(join(directory, name));
  db.pragma('locking_mode = EXCLUSIVE');
  db.pragma('journal_mode = WAL');
  db.pragma('synchronous = FULL');
  db.exec('CREATE TABLE bare (id INTEGER PRIMARY KEY, bytes BLOB NOT NULL)');
  const [begin, insert, commit] = [
    db.prepare('BEGIN IMMEDIATE'),
    db.prepare<[Buffer]>('INSERT INTO bare (bytes) VALUES (?)'),
    db.prepare('COMMIT'),
  ];
  return {
    commit(bytes) {
      const payload = Buffer.alloc(bytes, 0x61);
      const from = monotonicMs();
      begin.run();
      insert.run(payload);
      commit.run();
      return monotonicMs() - from;
    },
    close: () => {
      db.close();
    },
  };
}
