/** The database file: made for its owner only, locked by one process, durable, and proved readable before it is used. */
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  statfsSync,
  statSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import Database from 'better-sqlite3';
import type { Clock, Log } from '../core/ports.ts';
import { asForecourtError, ForecourtError } from '../model/errors.ts';
import { type Instant, instant } from '../model/units.ts';
import { fileFailure, storeFailure } from './failures.ts';
import { applicationId, assertKnown, migrations, versionBefore } from './schema.ts';

export interface OpenedFile {
  readonly db: Database.Database;
  readonly path: string;
  /** A damaged file was found and set aside; this one is new. */
  readonly replaced: Replaced | null;
}

/** A damaged database, and where it lies now. */
export interface Replaced {
  readonly keptAs: string;
  readonly reason: string;
  readonly at: Instant;
}

/** A daemon that ends gives the lock back at once; another one keeps it for good. */
const lockWaitMs = 250;

/**
 * Opens or makes `forecourt.db` in `directory`; on a full disk `giveBack` is called to make room. A damaged file is renamed
 * to `forecourt.db.corrupt-<time>` and a new one made.
 * Errors: STORE_OPEN, STORE_LOCKED, STORE_NOT_DURABLE, STORE_NEWER, STORE_OLDER, STORE_FOREIGN, STORE_FULL, STORE_IO.
 */
export function openFile(options: {
  directory: string;
  clock: Clock;
  log: Log;
  giveBack?: () => boolean;
}): OpenedFile {
  const { directory, clock, log } = options;
  const path = join(directory, 'forecourt.db');
  if (existsSync(directory) && isFull(directory)) options.giveBack?.();
  makePrivate(directory, path);
  try {
    if (size(path) === 0 && size(`${path}-wal`) > 0) {
      throw new ForecourtError('STORE_CORRUPT', 'the file is empty but its log is not');
    }
    return { db: openDurable(path, log), path, replaced: null };
  } catch (error) {
    const failure = asForecourtError(error);
    if (failure.code !== 'STORE_CORRUPT') throw failure;
    const at = clock.now();
    const keptAs = setAside(path, new Date(at));
    log.error(
      { code: failure.code, keptAs, reason: failure.message },
      'the database is damaged: it was set aside and a new, empty one begun',
    );
    makePrivate(directory, path);
    return { db: openDurable(path, log), path, replaced: { keptAs, reason: failure.message, at } };
  }
}

/** Throws STORE_NOT_DURABLE unless each commit waits for the disk. Every open resets this in SQLite, hence asked each time. */
export function assertDurable(db: Database.Database): void {
  const found = {
    journal_mode: db.pragma('journal_mode', { simple: true }),
    synchronous: db.pragma('synchronous', { simple: true }),
  };
  if (found.journal_mode !== 'wal' || found.synchronous !== 2) {
    throw new ForecourtError('STORE_NOT_DURABLE', `the database works in ${JSON.stringify(found)}`, found);
  }
}

function openDurable(path: string, log: Log): Database.Database {
  let db: Database.Database | undefined;
  try {
    db = new Database(path, { timeout: lockWaitMs });
    // Before the first access, so that the lock is taken then and no shared memory is needed.
    db.pragma('locking_mode = EXCLUSIVE');
    db.pragma('journal_mode = WAL');
    db.pragma('synchronous = FULL');
    db.pragma('foreign_keys = ON');
    // By us only (`transactions.ts`): SQLite keeps the failure of its own to itself.
    db.pragma('wal_autocheckpoint = 0');
    db.exec('BEGIN EXCLUSIVE; COMMIT');
    assertDurable(db);
    migrate(db, path);
    const problems = quickCheck(db);
    if (problems.length > 0) throw new ForecourtError('STORE_CORRUPT', problems.join('; '), { problems });
    // SQLite does this for the log's name too, but keeps a failure to itself; the name of a database set aside comes along. Before
    // the database is written over: what a power cut tears there is mended from the log, if that is found.
    syncDirectory(dirname(path));
    renewLog(db, log);
    return db;
  } catch (error) {
    db?.close();
    throw storeFailure(error);
  }
}

/**
 * What the log holds may be readable and yet not on the disk, when a sync failed before: it is written anew, into the
 * database file, before anything is committed behind it. A full disk must not keep the station from starting.
 */
function renewLog(db: Database.Database, log: Log): void {
  try {
    db.pragma('wal_checkpoint(TRUNCATE)');
  } catch (error) {
    const failure = storeFailure(error);
    if (!(failure instanceof ForecourtError && failure.code === 'STORE_FULL')) throw failure;
    log.warn(
      { code: failure.code, reason: failure.message },
      'the log could not be moved to the database yet',
    );
  }
}

function syncDirectory(directory: string): void {
  const opened = openSync(directory, 'r');
  try {
    fsyncSync(opened);
  } catch (error) {
    throw fileFailure(error);
  } finally {
    closeSync(opened);
  }
}

/** What SQLite finds wrong with the pages and the constraints of the file; nothing when it is sound. */
export function quickCheck(db: Database.Database): string[] {
  const found = db.prepare<[], string>('PRAGMA quick_check(10)').pluck().all();
  return found.filter((line) => line !== 'ok');
}

function migrate(db: Database.Database, path: string): void {
  const version = Number(db.pragma('user_version', { simple: true }));
  const owner = Number(db.pragma('application_id', { simple: true }));
  const empty = db.prepare('SELECT 1 FROM sqlite_schema').get() === undefined;
  if (owner !== applicationId && !(empty && version === 0)) {
    throw new ForecourtError('STORE_FOREIGN', `${path} is a database of another program`);
  }
  assertKnown(path, version);
  for (const [step, sql] of migrations.entries()) {
    if (versionBefore(step) < version) continue;
    db.exec(
      `BEGIN IMMEDIATE; ${sql} PRAGMA user_version = ${versionBefore(step + 1)}; PRAGMA application_id = ${applicationId}; COMMIT`,
    );
  }
}

function makePrivate(directory: string, path: string): void {
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    // SQLite gives the log the mode of the file.
    if (!existsSync(path)) closeSync(openSync(path, 'a', 0o600));
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new ForecourtError('STORE_OPEN', message, { directory }, error);
  }
}

/** Renames the file with its log and index; returns the new path. */
function setAside(path: string, now: Date): string {
  const stem = `${path}.corrupt-${now.toISOString().replaceAll(/[:.]/g, '-')}`;
  let target = stem;
  for (let n = 2; existsSync(target); n++) target = `${stem}-${n}`;
  for (const suffix of ['', '-wal', '-shm']) {
    if (existsSync(path + suffix)) renameSync(path + suffix, target + suffix);
  }
  return target;
}

/** The newest damaged file in the store's directory, for a birth that was cut off before it could be noted. */
export function newestSetAside(path: string): Replaced | null {
  const prefix = `${basename(path)}.corrupt-`;
  const kept = readdirSync(dirname(path))
    .filter((name) => name.startsWith(prefix) && !/-(wal|shm)$/.test(name))
    .map((name) => join(dirname(path), name))
    .map((keptAs) => ({
      keptAs,
      reason: 'set aside at an earlier start',
      at: instant(Math.floor(statSync(keptAs).ctimeMs)),
    }))
    .sort((a, b) => a.at - b.at);
  return kept.at(-1) ?? null;
}

/** Opening needs room for a log; a few sales should follow. */
const leastBytes = 1024 * 1024;

function isFull(directory: string): boolean {
  const { bavail, bsize } = statfsSync(directory);
  return bavail * bsize < leastBytes;
}

function size(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}
