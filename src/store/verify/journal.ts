/** Walks one stream of the journal: its chain from where it was pruned, and what each row says of the books. */
import type { Database } from 'better-sqlite3';
import type { Stream } from '../../model/events.ts';
import { type JournalContent, journalLink, type Place } from '../chain.ts';
import { type Findings, type Slices, slice } from './findings.ts';
import { compareHead, follow } from './place.ts';

interface Row extends JournalContent {
  readonly seal: number;
  readonly chain: Buffer;
}

interface Chain {
  readonly stream: Stream;
  /** Where it was pruned, or its beginning. */
  readonly anchor: () => Place;
  readonly head: () => Place;
  readonly sealsBeginning: Place;
}

export function* walkJournal(
  db: Database,
  chain: Chain,
  event: (type: string, data: string, seq: number) => void,
  findings: Findings,
): Slices {
  const { stream } = chain;
  const table = `journal_${stream}`;
  const page = db.prepare<[number, number], Row>(`SELECT * FROM ${table} WHERE seq > ? ORDER BY seq LIMIT ?`);
  const first = db.prepare<[], number | null>(`SELECT min(seq) FROM ${table}`).pluck();
  const sealOf = db.prepare<[number], Buffer>('SELECT chain FROM seals WHERE number = ?').pluck();
  const sealed = (number: number): Buffer | undefined =>
    number === 0 ? chain.sealsBeginning.hash : sealOf.get(number);

  let at = chain.anchor();
  const oldest = first.get() ?? null;
  if (oldest !== null && oldest <= at.number) findings.add(table, oldest, 'put in: this row was pruned');
  for (;;) {
    const rows = page.all(at.number, slice);
    for (const row of rows) {
      // The station may have pruned while this walk was at other work.
      if (row.seq !== at.number + 1) at = later(at, chain.anchor());
      at = follow(
        table,
        at,
        { number: row.seq, chain: row.chain },
        () => journalLink(at.hash, stream, row),
        findings,
      );
      if (sealed(row.seal)?.equals(row.sealed) !== true) {
        findings.add(table, row.seq, `seal ${row.seal} of the books is not the one it was written under`);
      }
      event(row.type, row.data, row.seq);
    }
    if (rows.length < slice) return compareHead(table, at, chain.head(), findings);
    yield rows.length;
  }
}

const later = (one: Place, other: Place): Place => (other.number > one.number ? other : one);
