/** Proving the books: by the daemon that owns them, or on a copy when none answers. */
import { existsSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import type { Database } from 'better-sqlite3';
import { type ErrorCode, errorCatalogue } from '../model/error-catalogue.ts';
import { asForecourtError, ForecourtError } from '../model/errors.ts';
import { loadStation } from '../station/configuration/load.ts';
import { openCopy } from '../store/copy.ts';
import { storeFailure } from '../store/failures.ts';
import type { Progress } from '../store/verify/verify.ts';
import { events } from './client.ts';

interface Place {
  /** null: no daemon is asked. */
  readonly socket: string | null;
  readonly database: string;
}

/** What a person named: a station's file, a store's directory, or a database file (a backup, one that was set aside). */
export function placeOf(path: string): Place {
  const full = resolve(path);
  const stat = statSync(full, { throwIfNoEntry: false });
  if (!stat) throw new ForecourtError('NOT_FOUND', `there is no ${path}`);
  if (stat.isDirectory()) {
    const database = join(full, 'forecourt.db');
    if (!existsSync(database)) throw new ForecourtError('NOT_FOUND', `there is no forecourt.db in ${path}`);
    return { socket: join(full, 'forecourt.sock'), database };
  }
  if (!/\.ya?ml$/i.test(full)) return { socket: null, database: full };
  const { station } = loadStation(full);
  if (!station) throw new ForecourtError('CONFIG_INVALID', `${path} has errors`);
  return { socket: station.socket, database: join(station.storeDirectory, 'forecourt.db') };
}

export interface Proved<Result> {
  readonly by: 'daemon' | 'file';
  readonly result: Result;
}

/** Asks the daemon for `route`, and works on a copy of the database where none answers. Shows progress on a terminal. */
export async function prove<Result>(
  path: string,
  route: string,
  work: (db: Database) => Generator<Progress, Result>,
): Promise<Proved<Result>> {
  const { socket, database } = placeOf(path);
  const ended = new AbortController();
  const end = (): void => ended.abort();
  process.once('SIGINT', end).once('SIGTERM', end);
  try {
    if (socket !== null) {
      try {
        return { by: 'daemon', result: await asked<Result>(socket, route, ended.signal) };
      } catch (error) {
        if (asForecourtError(error).code !== 'API_UNREACHABLE' || ended.signal.aborted) throw error;
      }
    }
    return { by: 'file', result: await onCopy(database, work, ended.signal) };
  } finally {
    process.off('SIGINT', end).off('SIGTERM', end);
    clearProgress();
  }
}

async function asked<Result>(socket: string, route: string, signal: AbortSignal): Promise<Result> {
  for await (const { type, data } of events(socket, route, signal)) {
    if (type === 'progress') showProgress(data as Progress);
    if (type === 'result') return data as Result;
    if (type === 'error') {
      const { code, message } = data as { code: string; message: string };
      const known = Object.hasOwn(errorCatalogue, code) ? (code as ErrorCode) : 'API_REFUSED';
      throw new ForecourtError(known, message);
    }
  }
  throw new ForecourtError('API_REFUSED', 'the daemon ended before it had a result');
}

async function onCopy<Result>(
  database: string,
  work: (db: Database) => Generator<Progress, Result>,
  signal: AbortSignal,
): Promise<Result> {
  const copy = openCopy(database);
  try {
    const slices = work(copy.db);
    for (let n = 0; ; n++) {
      const step = slices.next();
      if (step.done) return step.value;
      if (n % 100 === 99) {
        showProgress(step.value);
        // Signals are heard between two turns.
        await turn();
        if (signal.aborted) throw new ForecourtError('USAGE', 'ended before it was done');
      }
    }
  } catch (error) {
    throw storeFailure(error);
  } finally {
    copy.close();
  }
}

function showProgress({ done, total }: Progress): void {
  if (!process.stderr.isTTY) return;
  process.stderr.write(`\r\x1b[K${done} of about ${total} rows`);
}

function clearProgress(): void {
  if (process.stderr.isTTY) process.stderr.write('\r\x1b[K');
}
