/** A copy of a database with its log, to be read where nothing of the original can be touched, locked or mended. */
import { constants, copyFileSync, existsSync, mkdtempSync, rmSync, statfsSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import Database from 'better-sqlite3';
import { ForecourtError } from '../model/errors.ts';
import { storeFailure } from './failures.ts';
import { applicationId, assertKnown } from './schema.ts';

const attempts = 3;
const suffixes = ['', '-wal'] as const;

/**
 * Copies `file` and its log into `directory` and returns the copy's path. A copy during which the file was written is made
 * again. Errors: NOT_FOUND, STORE_FULL, STORE_LOCKED (it is written all the time), STORE_OPEN.
 */
export function copyDatabase(file: string, directory: string): string {
  if (!existsSync(file)) throw new ForecourtError('NOT_FOUND', `there is no database ${file}`, { file });
  const target = join(directory, basename(file));
  const needed = suffixes.reduce((sum, suffix) => sum + stamp(file + suffix).size, 0);
  const { bavail, bsize } = statfsSync(directory);
  if (bavail * bsize < needed) {
    throw new ForecourtError(
      'STORE_FULL',
      `a copy needs ${needed} bytes in ${directory}, where ${bavail * bsize} are free; TMPDIR names another place`,
    );
  }
  for (let attempt = 0; attempt < attempts; attempt++) {
    const before = suffixes.map((suffix) => stamp(file + suffix).text);
    for (const suffix of suffixes) copyOne(file + suffix, target + suffix);
    const after = suffixes.map((suffix) => stamp(file + suffix).text);
    if (before.join() === after.join()) return target;
  }
  throw new ForecourtError('STORE_LOCKED', `${file} is being written while it is read`, { file });
}

function copyOne(from: string, to: string): void {
  rmSync(to, { force: true });
  if (!existsSync(from)) return;
  try {
    // A file system that can shares the blocks, at no cost.
    copyFileSync(from, to, constants.COPYFILE_FICLONE);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new ForecourtError('STORE_OPEN', message, { file: from }, error);
  }
}

function stamp(path: string): { size: number; text: string } {
  const stat = statSync(path, { throwIfNoEntry: false, bigint: true });
  return stat
    ? { size: Number(stat.size), text: `${stat.ino} ${stat.size} ${stat.mtimeNs}` }
    : { size: 0, text: '-' };
}

export interface CopiedDatabase {
  readonly db: Database.Database;
  /** Closes and removes the copy. */
  close(): void;
}

/**
 * Opens a copy of the station's database in a temporary directory; the log is applied there. Errors: those of
 * `copyDatabase`, STORE_CORRUPT, STORE_FOREIGN, STORE_NEWER, STORE_OLDER.
 */
export function openCopy(file: string): CopiedDatabase {
  const directory = mkdtempSync(join(tmpdir(), 'forecourt-copy-'));
  let db: Database.Database | null = null;
  const close = (): void => {
    db?.close();
    rmSync(directory, { recursive: true, force: true });
  };
  try {
    db = new Database(copyDatabase(file, directory));
    db.pragma('locking_mode = EXCLUSIVE');
    if (Number(db.pragma('application_id', { simple: true })) !== applicationId) {
      throw new ForecourtError('STORE_FOREIGN', `${file} is no database of a station`);
    }
    const version = Number(db.pragma('user_version', { simple: true }));
    assertKnown(file, version);
    return { db, close };
  } catch (error) {
    close();
    throw storeFailure(error);
  }
}
