/** The station's memory: one SQLite database in one directory, owned by one process. Every call is synchronous. */
import { randomBytes } from 'node:crypto';
import type { Clock, FeedSource, Log } from '../core/ports.ts';
import { ForecourtError } from '../model/errors.ts';
import { audit } from './audit.ts';
import { type Claims, createClaims } from './claims.ts';
import { type Coupons, type Credits, createCoupons, createCredits } from './credits.ts';
import { openFile } from './file.ts';
import { createJournal, type Journal, type SetAside } from './journal.ts';
import { createLedger, type Ledger } from './ledger.ts';
import { createMachines, type Machines } from './machines.ts';
import { createSales, type Sales } from './sales.ts';
import { createTransactions, type Transactions } from './transactions.ts';

export interface Store {
  /** Random, made with the database: tells events of this one from those of an older that was lost. */
  readonly epoch: string;
  readonly path: string;
  readonly bornAfterCorruption: boolean;
  /** See `Transactions`. What belongs together is written inside one. */
  readonly transaction: Transactions['transaction'];
  readonly journal: Journal;
  readonly feed: FeedSource;
  readonly machines: Machines;
  readonly sales: Sales;
  readonly claims: Claims;
  readonly ledger: Ledger;
  readonly credits: Credits;
  readonly coupons: Coupons;
  /** Events that the broker rejected, newest first. */
  readonly setAside: { list(limit: number): SetAside[]; count(): number };
  check(): { ok: boolean; problems: string[] };
  /** Moves the log into the database file. To be called every few seconds while no sale waits: it takes milliseconds of disk. */
  checkpoint(): void;
  close(): void;
}

/**
 * Opens the store in `directory`, making it where there is none. Errors: those of `openFile`, and STORE_FOREIGN when it
 * was made for another site.
 */
export function openStore(options: { directory: string; clock: Clock; log: Log; site: string }): Store {
  const { clock, log, site } = options;
  const { db, path, bornAfterCorruption } = openFile(options);
  try {
    const transactions = createTransactions(db);
    const epoch = transactions.transaction(() => identify(db, site));
    const { journal, feed, listSetAside, countSetAside } = createJournal(db, transactions, epoch, clock);
    const store: Store = {
      epoch,
      path,
      bornAfterCorruption,
      transaction: transactions.transaction,
      journal,
      feed,
      machines: createMachines(db),
      sales: createSales(db),
      claims: createClaims(db),
      ledger: createLedger(db, transactions),
      credits: createCredits(db),
      coupons: createCoupons(db),
      setAside: { list: listSetAside, count: countSetAside },
      check: () => audit(db),
      checkpoint: () => {
        db.pragma('wal_checkpoint(PASSIVE)');
      },
      close: () => {
        db.close();
      },
    };
    log.info(
      { path, epoch, business: feed.head('business'), telemetry: feed.head('telemetry') },
      'store opened',
    );
    return store;
  } catch (error) {
    db.close();
    throw error;
  }
}

/** The epoch of a database that is this site's, made now when the database is new. */
function identify(db: ReturnType<typeof openFile>['db'], site: string): string {
  const read = db.prepare<[string], string>('SELECT value FROM meta WHERE name = ?').pluck();
  const write = db.prepare<[string, string]>('INSERT INTO meta (name, value) VALUES (?, ?)');
  const owner = read.get('site');
  const epoch = read.get('epoch');
  if (owner === undefined || epoch === undefined) {
    const born = randomBytes(8).toString('hex');
    write.run('site', site);
    write.run('epoch', born);
    return born;
  }
  if (owner !== site) {
    throw new ForecourtError('STORE_FOREIGN', `the store was made for site ${owner}, not ${site}`, {
      owner,
      site,
    });
  }
  return epoch;
}
