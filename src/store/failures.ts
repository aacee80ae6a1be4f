/** What SQLite's result codes mean to the station. */
import Database from 'better-sqlite3';
import type { ErrorCode } from '../model/error-catalogue.ts';
import { ForecourtError } from '../model/errors.ts';

/** Extended codes such as SQLITE_IOERR_WRITE begin with their primary code. */
const meanings: readonly (readonly [prefix: string, code: ErrorCode])[] = [
  ['SQLITE_FULL', 'STORE_FULL'],
  ['SQLITE_IOERR', 'STORE_IO'],
  ['SQLITE_CORRUPT', 'STORE_CORRUPT'],
  ['SQLITE_NOTADB', 'STORE_CORRUPT'],
  ['SQLITE_BUSY', 'STORE_LOCKED'],
  ['SQLITE_LOCKED', 'STORE_LOCKED'],
  ['SQLITE_CANTOPEN', 'STORE_OPEN'],
  ['SQLITE_READONLY', 'STORE_READ_ONLY'],
];
/** What the kernel answers to a write, in the same words. SQLite keeps it to itself. */
const kernelMeanings: ReadonlyMap<string, ErrorCode> = new Map([
  ['ENOSPC', 'STORE_FULL'],
  ['EDQUOT', 'STORE_FULL'],
  ['EROFS', 'STORE_READ_ONLY'],
]);
const troubles: readonly ErrorCode[] = ['STORE_FULL', 'STORE_IO', 'STORE_READ_ONLY', 'STORE_OPEN'];

/** An error of SQLite as a ForecourtError with its cause kept; any other value is returned as it is. */
export function storeFailure(error: unknown): unknown {
  if (!(error instanceof Database.SqliteError)) return error;
  const known = meanings.find(([prefix]) => error.code.startsWith(prefix));
  return known === undefined
    ? error
    : new ForecourtError(known[1], error.message, { sqlite: error.code }, error);
}

/** An error of a write to a file beside the database. */
export function fileFailure(error: unknown): ForecourtError {
  const message = error instanceof Error ? error.message : String(error);
  const errno = error instanceof Error && 'code' in error ? String(error.code) : '';
  return new ForecourtError(kernelMeanings.get(errno) ?? 'STORE_IO', message, { errno }, error);
}

/** The disk would not take or give the bytes: nothing is wrong with what was to be stored, and it may be taken later. */
export function isDiskTrouble(error: unknown): error is ForecourtError {
  return error instanceof ForecourtError && troubles.includes(error.code);
}
