/** One write transaction at a time, begun at once, so that a fact and all that follows from it stand or fall together. */
import type { Database } from 'better-sqlite3';
import { ForecourtError } from '../model/errors.ts';
import { storeFailure } from './failures.ts';

export interface Transactions {
  /**
   * Runs `work` in one durable transaction and returns its result. Anything thrown rolls all of it back.
   * Throws INTERNAL when called inside another, or when `work` is asynchronous; STORE_FULL, STORE_IO, STORE_CORRUPT from the disk.
   */
  transaction<T>(work: () => T): T;
  /** Joins the transaction that runs, or makes one. */
  atomic<T>(work: () => T): T;
  /**
   * Joins the transaction that runs, or makes one that is not waited for until it is on the disk. Only for what may be
   * lost in a power cut and is then merely done again. The next durable transaction takes it along: the log is one sequence.
   */
  relaxed<T>(work: () => T): T;
}

export function createTransactions(db: Database): Transactions {
  const begin = db.prepare('BEGIN IMMEDIATE');
  const commit = db.prepare('COMMIT');
  const rollback = db.prepare('ROLLBACK');

  function run<T>(work: () => T): T {
    try {
      begin.run();
      const result = work();
      if (result instanceof Promise) throw new ForecourtError('INTERNAL', 'a transaction cannot wait');
      commit.run();
      return result;
    } catch (error) {
      // A full disk may have rolled back already.
      if (db.inTransaction) rollback.run();
      throw storeFailure(error);
    }
  }

  return {
    transaction(work) {
      if (db.inTransaction) throw new ForecourtError('INTERNAL', 'a transaction was begun inside another');
      return run(work);
    },
    atomic: (work) => (db.inTransaction ? work() : run(work)),
    relaxed(work) {
      if (db.inTransaction) return work();
      db.pragma('synchronous = NORMAL');
      try {
        return run(work);
      } finally {
        db.pragma('synchronous = FULL');
      }
    },
  };
}
