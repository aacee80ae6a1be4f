/** Walks the seals, each against the row it speaks of, and then the rows, each against its seal. */
import type { Database } from 'better-sqlite3';
import { type Place, sealLink } from '../chain.ts';
import type { What } from '../seals.ts';
import type { BookReader } from './books.ts';
import { type Findings, type Slices, slice } from './findings.ts';
import { compareHead, follow } from './place.ts';

interface SealRow {
  readonly number: number;
  readonly what: What;
  readonly row: number;
  readonly content: Buffer;
  readonly chain: Buffer;
}

export function* walkSeals(
  db: Database,
  beginning: Place,
  head: () => Place,
  readers: readonly BookReader[],
  findings: Findings,
): Slices {
  const page = db.prepare<[number, number], SealRow>(
    'SELECT number, what, row, content, chain FROM seals WHERE number > ? ORDER BY number LIMIT ?',
  );
  let at = beginning;
  // No seal has number 0 or less; one that was put in has.
  for (const { number } of page.all(-Number.MAX_SAFE_INTEGER, 1)) {
    if (number < 1) findings.add('seals', number, 'put in');
  }
  for (;;) {
    const rows = page.all(at.number, slice);
    for (const seal of rows) {
      const { what, row, content } = seal;
      at = follow('seals', at, seal, () => sealLink(at.hash, seal.number, what, row, content), findings);
      const reader = readers.find((each) => each.what === what);
      if (reader) checkRow(reader, seal, findings);
    }
    if (rows.length < slice) return compareHead('seals', at, head(), findings);
    yield rows.length;
  }
}

function checkRow(reader: BookReader, seal: SealRow, findings: Findings): void {
  const row = reader.read(seal.row);
  if (row === null) findings.add(reader.table, seal.row, 'removed');
  else if (row.seal < seal.number) {
    findings.add(reader.table, seal.row, 'set back to what it was before it was written last');
  } else if (row.seal === seal.number && !row.content.equals(seal.content)) {
    findings.add(reader.table, seal.row, 'changed: it is not what was sealed');
  }
}

/** Rows that were put in: they name no seal of their own. */
export function* walkRows(db: Database, reader: BookReader, findings: Findings): Slices {
  const sealOf = db.prepare<[number], { what: What; row: number }>(
    'SELECT what, row FROM seals WHERE number = ?',
  );
  let last = -Number.MAX_SAFE_INTEGER;
  for (;;) {
    const rows = reader.after(last, slice);
    for (const { row, seal } of rows) {
      const own = sealOf.get(seal);
      if (own?.what !== reader.what || own.row !== row) {
        findings.add(
          reader.table,
          row,
          `put in, or its seal's number was changed: seal ${seal} is not its own`,
        );
      }
      last = row;
    }
    if (rows.length < slice) return;
    yield rows.length;
  }
}
