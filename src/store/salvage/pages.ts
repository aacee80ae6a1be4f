/** The pages of a database file as they would be with its log applied, each read when it is asked for. */
import { closeSync, existsSync, fstatSync, openSync, readFileSync, readSync } from 'node:fs';
import { emptyLog, type Log, readLog } from './wal.ts';

export interface Pages {
  readonly size: number;
  /** How many; pages are numbered from 1. */
  readonly count: number;
  readonly log: Log;
  /** null: there is no such page. */
  read(page: number): Buffer | null;
  close(): void;
}

/** SQLite's own default, which the station's databases have. */
const usualSize = 4096;
const magic = 'SQLite format 3\0';

/** Opens `file` and its log for reading. The header may be damaged. */
export function openPages(file: string): Pages {
  const descriptor = openSync(file, 'r');
  const header = Buffer.alloc(100);
  readSync(descriptor, header, 0, 100, 0);
  const size = pageSizeOf(header);
  const bytes = existsSync(`${file}-wal`) ? readFileSync(`${file}-wal`) : null;
  const log = bytes === null ? emptyLog : readLog(bytes, size);
  const inFile = Math.floor(fstatSync(descriptor).size / size);
  const count = log.pages === 0 ? inFile : log.pages;
  return {
    size,
    count,
    log,
    read(page) {
      if (!Number.isInteger(page) || page < 1 || page > count) return null;
      const image = log.images.get(page);
      if (image !== undefined && bytes !== null) return bytes.subarray(image, image + size);
      const buffer = Buffer.alloc(size);
      return readSync(descriptor, buffer, 0, size, (page - 1) * size) === size ? buffer : null;
    },
    close: () => closeSync(descriptor),
  };
}

function pageSizeOf(header: Buffer): number {
  if (header.toString('latin1', 0, 16) !== magic) return usualSize;
  const told = header.readUInt16BE(16);
  const size = told === 1 ? 65_536 : told;
  return size >= 512 && (size & (size - 1)) === 0 ? size : usualSize;
}
