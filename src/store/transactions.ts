/** One write transaction at a time, begun at once, so that a fact and all that follows from it stand or fall together. */
import type { Database } from 'better-sqlite3';
import { ForecourtError } from '../model/errors.ts';
import { isDiskTrouble, storeFailure } from './failures.ts';
import { assertDurable } from './file.ts';

export interface Transactions {
  /**
   * Runs `work` in one durable transaction and returns its result. Anything thrown rolls all of it back. When the disk
   * refuses and that could be mended at once, `work` runs again: it must begin anew each time.
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
  /** From now on `part` hears of each transaction. */
  attend(part: Attendant): void;
  /** Moves the log into the database file, so that no sale's commit has to. A disk that refuses is told to the watch, not thrown. */
  checkpoint(): void;
}

/** What keeps something in memory for the length of a transaction. */
export interface Attendant {
  /** One begins; what an earlier one left may have been rolled back. */
  begun(): void;
  /** It is about to be committed: the last moment to write. */
  closing(): void;
}

/** Hears how the disk does. */
export interface DiskWatch {
  stored(): void;
  /** True: room was made, another try is worth while. */
  refused(failure: ForecourtError): boolean;
}

const nobody: DiskWatch = { stored() {}, refused: () => false };
/** Only a backstop: the station checkpoints between sales. A short log is written over in place and read back fast. */
const commitsBeforeCheckpoint = 250;

export function createTransactions(db: Database, watch: DiskWatch = nobody): Transactions {
  const begin = db.prepare('BEGIN IMMEDIATE');
  const commit = db.prepare('COMMIT');
  const rollback = db.prepare('ROLLBACK');
  const attendants: Attendant[] = [];
  /**
   * The disk refused a write or a sync. What was written before and not yet synced, a relaxed transaction, may then be
   * missing on the disk although it can be read: the kernel does not write a page again whose sync failed. A commit behind
   * such a hole would be lost with it.
   */
  let doubtful = false;
  let commits = 0;

  function run<T>(work: () => T): T {
    try {
      begin.run();
      for (const part of attendants) part.begun();
      const result = work();
      if (result instanceof Promise) throw new ForecourtError('INTERNAL', 'a transaction cannot wait');
      for (const part of attendants) part.closing();
      commit.run();
      return result;
    } catch (error) {
      // A full disk may have rolled back already.
      if (db.inTransaction) rollback.run();
      throw storeFailure(error);
    }
  }

  /** Writes every committed page anew, into the database file, and begins an empty log: nothing hangs on the old one then. */
  function renew(): void {
    db.pragma('wal_checkpoint(TRUNCATE)');
    doubtful = false;
    commits = 0;
  }

  function durable<T>(work: () => T): T {
    if (doubtful) renew();
    // A relaxed transaction whose end failed must not have left its setting behind.
    if (db.pragma('synchronous', { simple: true }) !== 2) {
      db.pragma('synchronous = FULL');
      assertDurable(db);
    }
    const result = run(work);
    watch.stored();
    return counted(result);
  }

  /** The error as the station knows it. A full disk alone loses nothing: its write was refused as a whole. */
  function noted(error: unknown): unknown {
    const failure = storeFailure(error);
    if (failure instanceof ForecourtError && failure.code === 'STORE_IO') doubtful = true;
    return failure;
  }

  /** The disk's refusal; anything else is thrown. */
  function refusalOf(error: unknown): ForecourtError {
    const failure = noted(error);
    if (!isDiskTrouble(failure)) throw failure;
    return failure;
  }

  function moveLog(): void {
    if (doubtful) renew();
    else db.pragma('wal_checkpoint(PASSIVE)');
  }

  /** A log that was moved to the database can be written over where it lies, which takes no room. */
  function logMoved(): boolean {
    try {
      moveLog();
      return true;
    } catch (error) {
      noted(error);
      return false;
    }
  }

  function write<T>(work: () => T): T {
    let refusal: ForecourtError;
    try {
      return durable(work);
    } catch (error) {
      refusal = refusalOf(error);
    }
    const isFull = refusal.code === 'STORE_FULL';
    if (!isFull) watch.refused(refusal);
    if (logMoved()) {
      try {
        return durable(work);
      } catch (error) {
        refusal = refusalOf(error);
      }
    }
    if (!isFull || !watch.refused(refusal)) throw refusal;
    try {
      return durable(work);
    } catch (error) {
      refusal = refusalOf(error);
      watch.refused(refusal);
      throw refusal;
    }
  }

  function checkpoint(): void {
    commits = 0;
    try {
      moveLog();
    } catch (error) {
      const refusal = refusalOf(error);
      // A full disk is told by the commit that it refuses: the log may have room yet.
      if (refusal.code !== 'STORE_FULL') watch.refused(refusal);
    }
  }

  function counted<T>(result: T): T {
    commits++;
    if (commits >= commitsBeforeCheckpoint) {
      try {
        checkpoint();
      } catch {
        // The commit is done all the same; the station's own checkpoint tells what is wrong.
      }
    }
    return result;
  }

  return {
    transaction(work) {
      if (db.inTransaction) throw new ForecourtError('INTERNAL', 'a transaction was begun inside another');
      return write(work);
    },
    atomic: (work) => (db.inTransaction ? work() : write(work)),
    relaxed(work) {
      if (db.inTransaction) return work();
      if (doubtful) return write(work);
      try {
        db.pragma('synchronous = NORMAL');
        return counted(run(work));
      } catch (error) {
        throw noted(error);
      } finally {
        db.pragma('synchronous = FULL');
      }
    },
    attend(part) {
      attendants.push(part);
    },
    checkpoint,
  };
}
