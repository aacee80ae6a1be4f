/** What the station keeps about itself from one start to the next: a value by its name. */
import type { Database } from 'better-sqlite3';
import type { Transactions } from './transactions.ts';

export interface Notes {
  /** As it was put, or null. It is as old as the program that wrote it: parse it before use. */
  get(name: string): unknown;
  /** Alone it is not waited for until it is on the disk; inside a transaction it is as durable as that. */
  put(name: string, value: unknown): void;
}

/** In the table `meta`, apart from what identifies the database. */
export function createNotes(db: Database, transactions: Transactions): Notes {
  const get = db.prepare<[string], string>('SELECT value FROM meta WHERE name = ?').pluck();
  const put = db.prepare<[string, string]>(
    'INSERT INTO meta (name, value) VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value',
  );
  const key = (name: string): string => `note:${name}`;
  return {
    get(name) {
      const text = get.get(key(name));
      return text === undefined ? null : (JSON.parse(text) as unknown);
    },
    put(name, value) {
      transactions.relaxed(() => put.run(key(name), JSON.stringify(value)));
    },
  };
}
