/** The journal is the outbox: facts are appended in the transaction that makes them, and read out in order. */
import type { Database } from 'better-sqlite3';
import type { Clock, CursorName, FeedSource } from '../core/ports.ts';
import { ForecourtError } from '../model/errors.ts';
import {
  type EventData,
  type EventType,
  eventSchemas,
  type JournalRow,
  type Stream,
  streams,
} from '../model/events.ts';
import { type Instant, instant } from '../model/units.ts';
import { type Chains, journalLink } from './chain.ts';
import type { Seals } from './seals.ts';
import type { Transactions } from './transactions.ts';

export interface Journal {
  /** Appends one event to its type's stream; `seq` has no gaps. The data is the type's by its TypeScript type; nothing checks it again here. */
  append<T extends EventType>(
    type: T,
    subject: string,
    at: Instant,
    businessDate: string,
    data: EventData<T>,
  ): { stream: Stream; seq: number };
  /**
   * Deletes the oldest rows of each stream, at most `limit` of each, up to the first that is not before its instant; returns how
   * many. Business rows go only when head office has confirmed them or, where it never confirms, when the broker has them.
   * The newest row of a stream always stays, so that its sequence goes on.
   */
  prune(before: { business: Instant; telemetry: Instant }, limit: number): number;
  /** When the newest row of either stream was written; null: there is none. */
  newestAt(): Instant | null;
}

export interface SetAside {
  readonly stream: Stream;
  readonly seq: number;
  readonly reason: string;
  readonly at: Instant;
}

interface Row {
  seq: number;
  type: EventType;
  at: number;
  business_date: string;
  subject: string;
  data: string;
  seal: number;
  sealed: Buffer;
  chain: Buffer;
}

function statements(db: Database, stream: Stream) {
  const table = `journal_${stream}`;
  return {
    append: db.prepare<[Row]>(
      `INSERT INTO ${table} (seq, type, at, business_date, subject, data, seal, sealed, chain)
       VALUES (@seq, @type, @at, @business_date, @subject, @data, @seal, @sealed, @chain)`,
    ),
    read: db.prepare<[number, number], Row>(`SELECT * FROM ${table} WHERE seq > ? ORDER BY seq LIMIT ?`),
    head: db.prepare<[], number | null>(`SELECT max(seq) FROM ${table}`).pluck(),
    newest: db.prepare<[], number>(`SELECT at FROM ${table} ORDER BY seq DESC LIMIT 1`).pluck(),
    oldest: db.prepare<[number, number], { seq: number; at: number; chain: Buffer }>(
      `SELECT seq, at, chain FROM ${table} WHERE seq <= ? ORDER BY seq LIMIT ?`,
    ),
    remove: db.prepare<[number]>(`DELETE FROM ${table} WHERE seq <= ?`),
  };
}

/** The journal's writing side, and the side that `sync` reads. */
export function createJournal(
  db: Database,
  transactions: Transactions,
  books: { chains: Chains; seals: Seals },
  epoch: string,
  clock: Clock,
): { journal: Journal; feed: FeedSource; listSetAside(limit: number): SetAside[]; countSetAside(): number } {
  const { chains, seals } = books;
  const of = { business: statements(db, 'business'), telemetry: statements(db, 'telemetry') };
  const readCursor = db
    .prepare<[Stream, CursorName], number>('SELECT seq FROM cursors WHERE stream = ? AND name = ?')
    .pluck();
  const writeCursor = db.prepare<[Stream, CursorName, number]>(
    'INSERT INTO cursors (stream, name, seq) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET seq = excluded.seq',
  );
  const note = db.prepare<[Stream, number, string, number]>(
    'INSERT INTO set_aside (stream, seq, reason, at) VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET reason = excluded.reason, at = excluded.at',
  );
  const notes = db.prepare<[number], SetAside>(
    'SELECT stream, seq, reason, at FROM set_aside ORDER BY at DESC, seq DESC LIMIT ?',
  );
  const forgetNotes = db.prepare<[Stream, number]>('DELETE FROM set_aside WHERE stream = ? AND seq <= ?');
  const noteCount = db.prepare<[], number>('SELECT count(*) FROM set_aside').pluck();

  const head = (stream: Stream): number => of[stream].head.get() ?? 0;
  const cursor = (stream: Stream, name: CursorName): number => readCursor.get(stream, name) ?? 0;

  function pruneStream(stream: Stream, before: Instant, limit: number): number {
    const told =
      stream === 'business' ? cursor(stream, 'confirmed') || cursor(stream, 'published') : head(stream);
    const candidates = of[stream].oldest.all(Math.min(told, head(stream) - 1), limit);
    const firstKept = candidates.findIndex((row) => row.at >= before);
    const last = candidates.at(firstKept === -1 ? -1 : firstKept - 1);
    if (firstKept === 0 || last === undefined) return 0;
    seals.add(stream, last.seq, last.chain);
    forgetNotes.run(stream, last.seq);
    return of[stream].remove.run(last.seq).changes;
  }

  const feed: FeedSource = {
    epoch,
    read: (stream, afterSeq, limit) =>
      of[stream].read.all(afterSeq, limit).map((row) => journalRow(stream, row)),
    head,
    cursor,
    moveCursor(stream, name, seq) {
      if (!Number.isSafeInteger(seq) || seq < 0 || seq > head(stream)) {
        throw new ForecourtError('INTERNAL', `cursor ${name} of ${stream} cannot stand at ${seq}`, {
          stream,
          name,
          seq,
        });
      }
      transactions.relaxed(() => writeCursor.run(stream, name, seq));
    },
    setAside(stream, seq, reason) {
      transactions.atomic(() => note.run(stream, seq, reason, clock.now()));
    },
  };

  return {
    feed,
    listSetAside: (limit) => notes.all(limit),
    countSetAside: () => noteCount.get() ?? 0,
    journal: {
      append(type, subject, at, businessDate, data) {
        const { stream } = eventSchemas[type];
        return transactions.atomic(() => {
          const before = chains.head(stream);
          const { number: seal, hash: sealed } = seals.head();
          const seq = before.number + 1;
          const text = JSON.stringify(data);
          const row = { seq, type, at, business_date: businessDate, subject, data: text, sealed };
          const chain = journalLink(before.hash, stream, row);
          of[stream].append.run({ ...row, seal, chain });
          chains.move(stream, { number: seq, hash: chain });
          return { stream, seq };
        });
      },
      prune: (before, limit) =>
        transactions.atomic(() =>
          streams.reduce((sum, stream) => sum + pruneStream(stream, before[stream], limit), 0),
        ),
      newestAt() {
        const newest = Math.max(
          ...streams.map((stream) => of[stream].newest.get() ?? Number.NEGATIVE_INFINITY),
        );
        return newest === Number.NEGATIVE_INFINITY ? null : instant(newest);
      },
    },
  };
}

function journalRow(stream: Stream, row: Row): JournalRow {
  return {
    stream,
    seq: row.seq,
    type: row.type,
    at: new Date(row.at).toISOString(),
    businessDate: row.business_date,
    subject: row.subject,
    data: row.data,
    seal: row.sealed.toString('hex'),
    chain: row.chain.toString('hex'),
  };
}
