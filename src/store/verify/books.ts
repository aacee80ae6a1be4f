/** The rows that a seal speaks of: sales, credits, ledger transactions, corrections. */
import type { Database } from 'better-sqlite3';
import { type BookRow, contentOf, type Leg, type Sealed } from '../seals.ts';

export interface Book {
  readonly what: Sealed;
  readonly table: string;
  /** Column of the number that seals call the row by. */
  readonly key: string;
}

export const books: readonly Book[] = [
  { what: 'sale', table: 'sales', key: 'id' },
  { what: 'credit', table: 'credits', key: 'sale' },
  { what: 'ledger', table: 'ledger_transactions', key: 'number' },
  { what: 'correction', table: 'corrections', key: 'number' },
];

export interface BookReader extends Book {
  /** Hash of the row as it stands and the number of its newest seal; null: there is no such row. */
  read(row: number): { readonly seal: number; readonly content: Buffer } | null;
  /** Rows after `row` in order, with their seals. */
  after(row: number, limit: number): { readonly row: number; readonly seal: number }[];
}

export function createBookReaders(db: Database): BookReader[] {
  const legs = legsOf(db);
  return books.map((book) => {
    const { table, key, what } = book;
    const get = db.prepare<[number], BookRow & { seal: number }>(`SELECT * FROM ${table} WHERE ${key} = ?`);
    const after = db.prepare<[number, number], { row: number; seal: number }>(
      `SELECT ${key} AS row, seal FROM ${table} WHERE ${key} > ? ORDER BY ${key} LIMIT ?`,
    );
    return {
      ...book,
      read(row) {
        const found = get.get(row);
        if (found === undefined) return null;
        return { seal: found.seal, content: contentOf(found, what === 'ledger' ? legs(row) : []) };
      },
      after: (row, limit) => after.all(row, limit),
    };
  });
}

/** Legs of a ledger transaction in their order. */
export function legsOf(db: Database): (entry: number) => Leg[] {
  const all = db.prepare<[number], Leg>(
    'SELECT leg, account, points FROM postings WHERE entry = ? ORDER BY leg',
  );
  return (entry) => all.all(entry);
}
