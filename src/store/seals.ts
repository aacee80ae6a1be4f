/**
 * Seals of the books: each writing of a sale, a credit, a ledger transaction, or a pruning leaves a hash of what was written in
 * one chain that is never pruned. Every journal row carries the hash of the newest seal, so the feed vouches for the books too.
 */
import type { Database } from 'better-sqlite3';
import { type Chains, hashOf, type Place, sealLink } from './chain.ts';

export type Sealed = 'sale' | 'credit' | 'ledger' | 'correction';
/** `business` and `telemetry`: the stream was pruned up to `row`, whose hash is `content`. */
export type What = Sealed | 'business' | 'telemetry';

export interface Seals {
  head(): Place;
  /** The number that the next seal will have: a row carries the number of its newest seal. */
  next(): number;
  /** Adds the next seal; call it in the transaction that writes the row. */
  add(what: What, row: number, content: Buffer): void;
  /** Up to where a stream was pruned, or null. */
  pruned(stream: 'business' | 'telemetry'): Place | null;
}

type Value = string | number | null;
export type BookRow = Readonly<Record<string, Value>>;
export interface Leg {
  readonly leg: number;
  readonly account: string;
  readonly points: number;
}

/**
 * Of a row as it stands in its table, without its seal's number. Columns go by name and empty ones are left out, so that a
 * column added later, empty in old rows, leaves old seals good. A ledger transaction takes its legs along.
 */
export function contentOf(row: BookRow, legs: readonly Leg[] = []): Buffer {
  const values: (string | number)[] = [];
  for (const name of Object.keys(row).sort()) {
    const value = row[name] ?? null;
    if (name !== 'seal' && value !== null) values.push(name, value);
  }
  for (const leg of legs) values.push('leg', leg.leg, leg.account, leg.points);
  return hashOf(values);
}

export function createSeals(db: Database, chains: Chains): Seals {
  const insert = db.prepare<[number, What, number, Buffer, Buffer]>(
    'INSERT INTO seals (number, what, row, content, chain) VALUES (?, ?, ?, ?, ?)',
  );
  const pruned = db.prepare<[What], Place>(
    `SELECT row AS number, content AS hash FROM seals WHERE what = ? AND what IN ('business', 'telemetry') ORDER BY number DESC LIMIT 1`,
  );
  return {
    head: () => chains.head('seals'),
    next: () => chains.head('seals').number + 1,
    add(what, row, content) {
      const before = chains.head('seals');
      const number = before.number + 1;
      const hash = sealLink(before.hash, number, what, row, content);
      insert.run(number, what, row, content, hash);
      chains.move('seals', { number, hash });
    },
    pruned: (stream) => pruned.get(stream) ?? null,
  };
}
