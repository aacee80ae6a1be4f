/** The station's memory: one SQLite database in one directory, owned by one process. Every call is synchronous. */
import { randomBytes } from 'node:crypto';
import type { Database } from 'better-sqlite3';
import type { Clock, FeedSource, Log } from '../core/ports.ts';
import { ForecourtError } from '../model/errors.ts';
import { type Alerts, createAlerts } from './alerts.ts';
import { type Attendances, createAttendances } from './attendances.ts';
import { audit } from './audit.ts';
import { createChains } from './chain.ts';
import { type Claims, createClaims } from './claims.ts';
import { type Corrections, createCorrections } from './corrections.ts';
import { type Coupons, type Credits, createCoupons, createCredits } from './credits.ts';
import { createDisk, type Disk } from './disk.ts';
import { newestSetAside, openFile, type Replaced } from './file.ts';
import { createHistory, type History } from './history.ts';
import { createJournal, type Journal, type SetAside } from './journal.ts';
import { createLedger, type Ledger } from './ledger.ts';
import { createMachines, type Machines } from './machines.ts';
import { createNotes, type Notes } from './notes.ts';
import { type Reconciliation, reconcile } from './reconcile/reconcile.ts';
import type { DateRange } from './reconcile/tally.ts';
import { createReserve } from './reserve.ts';
import { createRules, type Rules } from './rules.ts';
import { createSales, type Sales } from './sales.ts';
import { createSeals } from './seals.ts';
import { sparing } from './sparing.ts';
import { createTankStore, type TankStore } from './tanks/tanks.ts';
import { createTransactions, type Transactions } from './transactions.ts';
import { type Progress, type Verification, verifyBooks } from './verify/verify.ts';

export interface Store {
  /** Random, made with the database: tells events of this one from those of an older that was lost. */
  readonly epoch: string;
  readonly path: string;
  /** This open found the database damaged and began a new one. */
  readonly bornAfterCorruption: boolean;
  /** The damaged database whose place this one took, at whatever start; null: there was none. */
  readonly replaced: Replaced | null;
  readonly disk: Disk;
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
  readonly corrections: Corrections;
  readonly rules: Rules;
  readonly attendances: Attendances;
  readonly alerts: Alerts;
  readonly history: History;
  readonly tanks: TankStore;
  readonly notes: Notes;
  /** Events that the broker rejected, newest first. */
  readonly setAside: { list(limit: number): SetAside[]; count(): number };
  check(): { ok: boolean; problems: string[] };
  /** Proves the books in slices of about a millisecond; they may be written between two. */
  verify(): Generator<Progress, Verification>;
  /** Sales, credits, ledger, totalizers and journal against each other, in slices as `verify`. */
  reconcile(range: DateRange): Generator<Progress, Reconciliation>;
  /**
   * Moves the log into the database file. To be called every few seconds while no sale waits: it takes milliseconds of disk.
   * What the disk refuses is told by `disk`, and made good by a later call.
   */
  checkpoint(): void;
  close(): void;
}

export interface StoreOptions {
  readonly directory: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly site: string;
  /** Kept on the disk for when it runs full; default none. */
  readonly reserveBytes?: number;
  /** Less free space than this is alarmed; default never. */
  readonly spaceLowBytes?: number;
}

/**
 * Opens the store in `directory`, making it where there is none. Errors: those of `openFile`, and STORE_FOREIGN when it
 * was made for another site.
 */
export function openStore(options: StoreOptions): Store {
  const { directory, clock, log, site, reserveBytes = 0, spaceLowBytes = 0 } = options;
  const reserve = createReserve(directory, reserveBytes);
  const { db, path, replaced } = openFile({ directory, clock, log, giveBack: reserve.giveBack });
  try {
    const disk = createDisk({ directory, reserve, markBytes: spaceLowBytes, clock, log });
    const transactions = createTransactions(db, disk);
    const epoch = transactions.transaction(() => identify(db, site, replaced ?? newestSetAside(path)));
    const chains = createChains(db, transactions, site, epoch);
    const seals = createSeals(db, chains);
    const { journal, feed, listSetAside, countSetAside } = createJournal(
      db,
      transactions,
      { chains, seals },
      epoch,
      clock,
    );
    const store: Store = {
      epoch,
      path,
      bornAfterCorruption: replaced !== null,
      replaced: replacedBy(db),
      disk,
      transaction: transactions.transaction,
      journal: sparing(journal, disk, feed),
      feed,
      machines: createMachines(db),
      sales: createSales(db, transactions, seals),
      claims: createClaims(db),
      ledger: createLedger(db, transactions, seals),
      credits: createCredits(db, transactions, seals),
      coupons: createCoupons(db),
      corrections: createCorrections(db, transactions, seals),
      rules: createRules(db),
      attendances: createAttendances(db),
      alerts: createAlerts(db),
      history: createHistory(db),
      tanks: createTankStore(db),
      notes: createNotes(db, transactions),
      setAside: { list: listSetAside, count: countSetAside },
      check: () => audit(db),
      verify: () => verifyBooks(db),
      reconcile: (range) => reconcile(db, range),
      checkpoint: transactions.checkpoint,
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
function identify(db: Database, site: string, replaced: Replaced | null): string {
  const read = db.prepare<[string], string>('SELECT value FROM meta WHERE name = ?').pluck();
  const write = db.prepare<[string, string]>('INSERT INTO meta (name, value) VALUES (?, ?)');
  const owner = read.get('site');
  const epoch = read.get('epoch');
  if (owner === undefined || epoch === undefined) {
    const born = randomBytes(8).toString('hex');
    write.run('site', site);
    write.run('epoch', born);
    if (replaced) write.run('replaced', JSON.stringify(replaced));
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

function replacedBy(db: Database): Replaced | null {
  const text = db.prepare<[], string>("SELECT value FROM meta WHERE name = 'replaced'").pluck().get();
  return text === undefined ? null : (JSON.parse(text) as Replaced);
}
