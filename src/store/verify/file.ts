/** What SQLite itself finds wrong with a file: pages, indexes, constraints, references. */
import type { Database } from 'better-sqlite3';
import type { Finding } from './findings.ts';

/** Reads the whole file in one go: for a copy, not for a running station. At most 40 findings. */
export function verifyFile(db: Database): Finding[] {
  const problems = db
    .prepare<[], string>('PRAGMA integrity_check(20)')
    .pluck()
    .all()
    .filter((line) => line !== 'ok')
    .map((problem) => ({ table: 'file', row: '-', problem }));
  const loose = db
    .prepare<[], { table: string; row: string | null; parent: string }>(
      'SELECT "table", rowid AS row, parent FROM pragma_foreign_key_check LIMIT 20',
    )
    .all()
    .map(({ table, row, parent }) => ({
      table,
      row: String(row ?? '-'),
      problem: `points at a row of ${parent} that is not there`,
    }));
  return [...problems, ...loose];
}
