/**
 * Hash chains: each row carries SHA-256 over the hash before it and all its content, so that a row that was changed,
 * removed or put in is found. A chain begins at a hash of its name, the site and the epoch.
 *
 * Hashed are netstrings (`5:hello,`), which read in one way only: https://cr.yp.to/proto/netstrings.txt
 */
import { hash } from 'node:crypto';
import type { Database } from 'better-sqlite3';
import type { Stream } from '../model/events.ts';
import type { Transactions } from './transactions.ts';

/** `seals`: the books' own chain; the others are the journal's streams. */
export type ChainName = Stream | 'seals';

/** Place of a chain: number and hash of its newest row; number 0 and the hash it begins at when it has none. */
export interface Place {
  readonly number: number;
  readonly hash: Buffer;
}

/** What a journal row tells, as hashed. */
export interface JournalContent {
  readonly seq: number;
  readonly type: string;
  readonly at: number;
  readonly business_date: string;
  readonly subject: string;
  readonly data: string;
  /** Hash of the newest seal of the books when the row was written. */
  readonly sealed: Buffer;
}

/** SHA-256 of values in their order, each as a netstring of its UTF-8 text. */
export function hashOf(values: readonly (string | number)[]): Buffer {
  let text = '';
  for (const value of values) {
    text +=
      typeof value === 'string'
        ? `${Buffer.byteLength(value)}:${value},`
        : `${String(value).length}:${value},`;
  }
  return hash('sha256', text, 'buffer');
}

export const beginning = (name: ChainName, site: string, epoch: string): Place => ({
  number: 0,
  hash: hashOf(['forecourt', name, site, epoch]),
});

/** `time` is hashed as the feed writes it, so that head office can do the same sum. */
export function journalLink(before: Buffer, stream: Stream, row: JournalContent): Buffer {
  return hashOf([
    before.toString('hex'),
    stream,
    row.seq,
    row.type,
    time(row.at),
    row.business_date,
    row.subject,
    row.sealed.toString('hex'),
    row.data,
  ]);
}

export function sealLink(before: Buffer, number: number, what: string, row: number, content: Buffer): Buffer {
  return hashOf([before.toString('hex'), number, what, row, content.toString('hex')]);
}

/** An instant that a damaged or changed row may hold has no RFC 3339 form beyond the year 275760. */
const time = (at: number): string | number => (Math.abs(at) <= 8.64e15 ? new Date(at).toISOString() : at);

export interface Chains {
  head(name: ChainName): Place;
  /** Only in the transaction that writes the row. */
  move(name: ChainName, to: Place): void;
}

/** The newest place of each chain, kept beside the rows: the newest row cannot be taken away without a trace. */
export function createChains(db: Database, transactions: Transactions, site: string, epoch: string): Chains {
  const read = db.prepare<[ChainName], Place>('SELECT number, hash FROM chains WHERE name = ?');
  const write = db.prepare<[ChainName, number, Buffer]>(
    'INSERT INTO chains (name, number, hash) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET number = excluded.number, hash = excluded.hash',
  );
  /** Of the transaction that runs: a sale moves each chain several times, and writes its place once. */
  const places = new Map<ChainName, Place>();
  const moved = new Set<ChainName>();
  transactions.attend({
    begun() {
      places.clear();
      moved.clear();
    },
    closing() {
      for (const name of moved) {
        const place = places.get(name);
        if (place) write.run(name, place.number, place.hash);
      }
    },
  });
  const stored = (name: ChainName): Place => read.get(name) ?? beginning(name, site, epoch);
  return {
    head(name) {
      if (!db.inTransaction) return stored(name);
      const place = places.get(name) ?? stored(name);
      places.set(name, place);
      return place;
    },
    move(name, to) {
      places.set(name, to);
      moved.add(name);
    },
  };
}
