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
import type { Instant } from '../model/units.ts';
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
}

export interface SetAside {
  readonly stream: Stream;
  readonly seq: number;
  readonly reason: string;
  readonly at: Instant;
}

type Row = { seq: number; type: EventType; at: number; business_date: string; subject: string; data: string };

function statements(db: Database, stream: Stream) {
  const table = `journal_${stream}`;
  return {
    append: db.prepare<[string, number, string, string, string]>(
      `INSERT INTO ${table} (type, at, business_date, subject, data) VALUES (?, ?, ?, ?, ?)`,
    ),
    read: db.prepare<[number, number], Row>(
      `SELECT seq, type, at, business_date, subject, data FROM ${table} WHERE seq > ? ORDER BY seq LIMIT ?`,
    ),
    head: db.prepare<[], number | null>(`SELECT max(seq) FROM ${table}`).pluck(),
    oldest: db.prepare<[number, number], { seq: number; at: number }>(
      `SELECT seq, at FROM ${table} WHERE seq <= ? ORDER BY seq LIMIT ?`,
    ),
    remove: db.prepare<[number]>(`DELETE FROM ${table} WHERE seq <= ?`),
  };
}

/** The journal's writing side, and the side that `sync` reads. */
export function createJournal(
  db: Database,
  transactions: Transactions,
  epoch: string,
  clock: Clock,
): { journal: Journal; feed: FeedSource; listSetAside(limit: number): SetAside[]; countSetAside(): number } {
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
        const { lastInsertRowid } = of[stream].append.run(
          type,
          at,
          businessDate,
          subject,
          JSON.stringify(data),
        );
        return { stream, seq: Number(lastInsertRowid) };
      },
      prune: (before, limit) =>
        transactions.atomic(() =>
          streams.reduce((sum, stream) => sum + pruneStream(stream, before[stream], limit), 0),
        ),
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
  };
}
