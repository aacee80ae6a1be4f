/** Reads what can be read of a damaged database, page by page and without SQLite, and writes it as JSON Lines with a report. */
import {
  closeSync,
  existsSync,
  fstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { ForecourtError } from '../../model/errors.ts';
import { type Forest, type LostPage, readForest } from './forest.ts';
import { openPages, type Pages } from './pages.ts';
import { type Proof, proveRows } from './proof.ts';
import { type Range, sizeOf } from './ranges.ts';
import { type Row, type Shape, shapes } from './shapes.ts';

export interface SalvageReport {
  readonly file: string;
  readonly copy: string;
  /** Nothing is known to be lost or changed. */
  readonly complete: boolean;
  readonly pages: number;
  /** Bytes that the disk did not give; they were taken as zeros. */
  readonly unreadableBytes: number;
  readonly log: { readonly frames: number; readonly damagedFrames: number };
  readonly tables: readonly {
    readonly table: string;
    readonly rows: number;
    readonly lostRows: number;
    readonly lost: readonly Range[];
    /** Rows without a number that are known to be lost, by their keys. */
    readonly lostKeys: readonly string[];
    readonly file: string;
  }[];
  readonly lostPages: readonly LostPage[];
  /** By chain: rows whose hash follows from the row before, so that they are what was written. */
  readonly proved: Proof['proved'];
  /** Rows that were read but are not what was written. */
  readonly doubts: Proof['doubts'];
}

/**
 * Copies `file` and its log into `directory`, which must be new or empty, and works on the copy. Errors: NOT_FOUND, USAGE
 * (the directory is not empty), STORE_OPEN.
 */
export function salvage(file: string, directory: string): SalvageReport {
  if (!existsSync(file)) throw new ForecourtError('NOT_FOUND', `there is no ${file}`, { file });
  prepare(directory);
  const copy = join(directory, basename(file));
  let unreadableBytes = copyReadable(file, copy);
  if (existsSync(`${file}-wal`)) unreadableBytes += copyReadable(`${file}-wal`, `${copy}-wal`);
  const pages = openPages(copy);
  try {
    const all = shapes();
    const forest = readForest(pages, all);
    const report = describe({ file, copy, unreadableBytes }, pages, all, forest, directory);
    writeFileSync(join(directory, 'report.json'), `${JSON.stringify(report, null, 2)}\n`);
    return report;
  } finally {
    pages.close();
  }
}

function describe(
  origin: Pick<SalvageReport, 'file' | 'copy' | 'unreadableBytes'>,
  pages: Pages,
  all: readonly Shape[],
  forest: Forest,
  directory: string,
): SalvageReport {
  const { lost, lostBalances, proved, doubts } = proveRows(forest);
  const tables = all.map(({ table }) => {
    const file = `${table}.jsonl`;
    const rows = writeRows(forest, table, join(directory, file));
    const ranges = lost.get(table) ?? [];
    const lostKeys = table === 'balances_closed' ? lostBalances : [];
    return { table, rows, lostRows: sizeOf(ranges) + lostKeys.length, lost: ranges, lostKeys, file };
  });
  const { frames, damagedFrames } = pages.log;
  const whole = tables.every(({ lostRows }) => lostRows === 0) && doubts.length === 0;
  const { unreadableBytes } = origin;
  return {
    ...origin,
    complete: whole && forest.lost.length === 0 && damagedFrames === 0 && unreadableBytes === 0,
    pages: pages.count,
    log: { frames, damagedFrames },
    tables,
    lostPages: forest.lost,
    proved,
    doubts,
  };
}

/** Returns how many. */
function writeRows(forest: Forest, table: string, path: string): number {
  const descriptor = openSync(path, 'wx', 0o600);
  let rows = 0;
  let waiting = '';
  try {
    for (const key of forest.keys(table)) {
      const row = forest.row(table, key);
      if (row === null) continue;
      rows += 1;
      waiting += `${line(row)}\n`;
      if (waiting.length < 65_536) continue;
      writeSync(descriptor, waiting);
      waiting = '';
    }
    writeSync(descriptor, waiting);
  } finally {
    closeSync(descriptor);
  }
  return rows;
}

/** Hashes as hex, all else as it is in the table. */
const line = (row: Row): string =>
  JSON.stringify(
    Object.fromEntries(
      Object.entries(row).map(([name, value]) => [
        name,
        Buffer.isBuffer(value) ? value.toString('hex') : value,
      ]),
    ),
  );

function prepare(directory: string): void {
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new ForecourtError('STORE_OPEN', message, { directory }, error);
  }
  if (readdirSync(directory).length > 0)
    throw new ForecourtError('USAGE', `${directory} is not empty: name a new directory`, { directory });
}

const block = 4096;

/** Copies block by block: what a failing disk does not give becomes zeros. Returns how many bytes those are. */
function copyReadable(from: string, to: string): number {
  const source = openSync(from, 'r');
  const target = openSync(to, 'wx', 0o600);
  const buffer = Buffer.alloc(block);
  let unreadable = 0;
  try {
    const { size } = fstatSync(source);
    for (let at = 0; at < size; at += block) {
      const length = Math.min(block, size - at);
      try {
        readSync(source, buffer, 0, length, at);
      } catch {
        buffer.fill(0);
        unreadable += length;
      }
      writeSync(target, buffer, 0, length, at);
    }
  } finally {
    closeSync(source);
    closeSync(target);
  }
  return unreadable;
}
