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
  ['SQLITE_READONLY', 'STORE_OPEN'],
];

/** An error of SQLite as a ForecourtError with its cause kept; any other value is returned as it is. */
export function storeFailure(error: unknown): unknown {
  if (!(error instanceof Database.SqliteError)) return error;
  const known = meanings.find(([prefix]) => error.code.startsWith(prefix));
  return known === undefined
    ? error
    : new ForecourtError(known[1], error.message, { sqlite: error.code }, error);
}
