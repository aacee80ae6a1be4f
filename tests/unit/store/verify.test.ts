import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { instant } from '../../../src/model/units.ts';
import { beginning, sealLink } from '../../../src/store/chain.ts';
import { type BookRow, contentOf } from '../../../src/store/seals.ts';
import type { Store } from '../../../src/store/store.ts';
import { type Verification, verifyBooks } from '../../../src/store/verify/verify.ts';
import { bookSale, reassignSale } from '../../support/books.ts';
import { type Tampering, tamper } from '../../support/tamper.ts';
import { startedAt, tempDirectory, tempStore } from '../../support/tempStore.ts';

const owners = ['lin', 'wu', null] as const;
const never = instant(0);

function toEnd<T>(slices: Generator<unknown, T>): T {
  for (;;) {
    const step = slices.next();
    if (step.done) return step.value;
  }
}

const epochOf = (db: Database.Database): string =>
  db.prepare<[], string>("SELECT value FROM meta WHERE name = 'epoch'").pluck().get() ?? '';

function verified(path: string): Verification {
  const db = new Database(path);
  try {
    return toEnd(verifyBooks(db));
  } finally {
    db.close();
  }
}

/** `sales` sales, some of members, the second reassigned; then pruned of the first events. */
function someBooks(store: Store, sales: number, pruned: number): void {
  for (let n = 0; n < sales; n++) bookSale(store, n, owners[n % owners.length] ?? null);
  if (sales > 1) reassignSale(store, 1, 'wu', 'lin');
  prune(store, pruned);
}

function prune(store: Store, rows: number): void {
  if (rows === 0) return;
  store.feed.moveCursor('business', 'published', store.feed.head('business'));
  const later = instant(startedAt + 1e9);
  store.journal.prune({ business: later, telemetry: later }, rows);
}

describe('verify', () => {
  it('M187: finds nothing in books that nobody touched, pruned or not, reopened or not', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.record({ sales: fc.integer({ min: 0, max: 5 }), pruned: fc.integer({ min: 0, max: 8 }) }),
          {
            maxLength: 4,
          },
        ),
        (rounds) => {
          const directory = tempDirectory();
          let n = 0;
          let path = '';
          for (const { sales, pruned } of rounds) {
            const store = tempStore(directory);
            for (let sold = 0; sold < sales; sold++, n++)
              bookSale(store, n, owners[n % owners.length] ?? null);
            prune(store, pruned);
            path = store.path;
            store.close();
          }
          if (path !== '') expect(verified(path)).toMatchObject({ sound: true, findings: [] });
        },
      ),
      { numRuns: 25 },
    );
  });

  it('tells where each chain ends', () => {
    const store = tempStore();
    someBooks(store, 4, 0);
    const business = store.feed.read('business', 0, 1000).at(-1);
    store.close();
    const { chains, epoch, site } = verified(store.path);
    expect({ epoch, site }).toEqual({ epoch: store.epoch, site: 'test-1' });
    expect(chains).toContainEqual({ name: 'business', number: business?.seq, chain: business?.chain });
    expect(chains).toContainEqual(expect.objectContaining({ name: 'seals', chain: business?.seal }));
  });

  it('may run while the station books and prunes', () => {
    const store = tempStore();
    someBooks(store, 300, 0);
    const slices = store.verify();
    let n = 300;
    let turns = 0;
    for (;;) {
      const step = slices.next();
      if (step.done) {
        expect(step.value).toMatchObject({ sound: true, findings: [] });
        break;
      }
      turns++;
      if (n < 330) bookSale(store, n++, owners[n % owners.length] ?? null);
      prune(store, 40);
    }
    expect(turns).toBeGreaterThan(5);
    expect(store.feed.read('business', 0, 1)[0]?.seq).toBeGreaterThan(200);
  });
});

const tables = [
  'journal_business',
  'journal_telemetry',
  'sales',
  'credits',
  'ledger_transactions',
  'postings',
  'balances',
  'corrections',
  'seals',
  'chains',
];

describe('verify after one change behind the back of the station', () => {
  /** A store of its own for each change is a copy of this one. */
  function original(sales: number, pruned: number): string {
    const store = tempStore();
    someBooks(store, sales, pruned);
    store.close();
    return store.path;
  }
  function found(
    path: string,
    change: Tampering,
  ): { done: string | null; verification: Verification | null } {
    const copy = join(tempDirectory(), 'forecourt.db');
    copyFileSync(path, copy);
    const done = tamper(copy, change);
    return { done, verification: done === null ? null : verified(copy) };
  }

  it.each(tables)(
    'M187: finds any column of any row of %s changed, any row deleted, any row put in',
    (table) => {
      const path = original(5, 3);
      const db = new Database(path, { readonly: true });
      const rows = db.prepare<[], number>(`SELECT count(*) FROM ${table}`).pluck().get() ?? 0;
      const columns = db.prepare(`SELECT * FROM pragma_table_info('${table}')`).all().length;
      db.close();
      expect(rows).toBeGreaterThan(0);
      let changes = 0;
      for (let row = 0; row < rows; row++) {
        const all: Tampering[] = [
          { kind: 'delete', table, row },
          { kind: 'insert', table, row },
          ...Array.from(
            { length: columns },
            (_, column): Tampering => ({ kind: 'update', table, row, column }),
          ),
        ];
        for (const change of all) {
          const { done, verification } = found(path, change);
          if (done === null) continue;
          // Another chain of that name is nobody's: nothing reads it.
          if (table === 'chains' && change.kind === 'insert') continue;
          changes++;
          expect(verification?.sound, done).toBe(false);
          expect(verification?.findings.length, done).toBeGreaterThan(0);
        }
      }
      expect(changes).toBeGreaterThan(rows * 2);
    },
    60_000,
  );

  it('M187: finds any two rows swapped', () => {
    const paths = [original(6, 0), original(6, 5)];
    const swaps = fc.record({
      path: fc.constantFrom(...paths),
      table: fc.constantFrom(...tables.filter((table) => table !== 'chains')),
      row: fc.nat(50),
      other: fc.nat(50),
    });
    fc.assert(
      fc.property(swaps, ({ path, ...swap }) => {
        const { done, verification } = found(path, { kind: 'swap', ...swap });
        fc.pre(done !== null);
        expect(verification?.sound, done ?? '').toBe(false);
      }),
      { numRuns: 80 },
    );
  }, 60_000);

  it.each([
    [
      'the newest event',
      'DELETE FROM journal_business WHERE seq = (SELECT max(seq) FROM journal_business)',
      'journal_business',
    ],
    [
      'the oldest event kept',
      'DELETE FROM journal_business WHERE seq = (SELECT min(seq) FROM journal_business)',
      'journal_business',
    ],
    ['the newest seal', 'DELETE FROM seals WHERE number = (SELECT max(number) FROM seals)', 'seals'],
    [
      'a sale with all that tells of it in the books',
      'DELETE FROM credits WHERE sale = 4; DELETE FROM sales WHERE id = 4',
      'sales',
    ],
  ])('M187: names %s when it is removed', (_, sql, table) => {
    const path = original(5, 3);
    const db = new Database(path);
    db.pragma('foreign_keys = OFF');
    db.exec(sql);
    db.close();
    expect(verified(path).findings).toContainEqual(
      expect.objectContaining({ table, problem: expect.stringContaining('removed') as string }),
    );
  });

  it('M187: a changed sale contradicts its seal and its event', () => {
    const path = original(4, 0);
    const db = new Database(path);
    db.exec('UPDATE sales SET volume = volume + 1000 WHERE id = 2');
    db.close();
    const { findings } = verified(path);
    expect(findings).toContainEqual(
      expect.objectContaining({
        table: 'sales',
        row: '2',
        problem: expect.stringContaining('sealed') as string,
      }),
    );
    expect(findings).toContainEqual({
      table: 'sales',
      row: '2',
      problem: expect.stringMatching(/volumeMl is 41000, event \d+ of the journal told 40000/) as string,
    });
  });

  it('M187: who changes a sale and makes all seals anew is found by the journal, which head office has', () => {
    const path = original(4, 12);
    const db = new Database(path);
    db.exec("UPDATE sales SET member = 'wu' WHERE id = 1");
    const row = db.prepare<[], BookRow & { seal: number }>('SELECT * FROM sales WHERE id = 1').get();
    const { seal = 0, ...rest } = row ?? {};
    db.prepare('UPDATE seals SET content = ? WHERE number = ?').run(contentOf(rest), seal);
    let before = beginning('seals', 'test-1', epochOf(db)).hash;
    const seals = db
      .prepare<[], { number: number; what: string; row: number; content: Buffer }>(
        'SELECT * FROM seals ORDER BY number',
      )
      .all();
    for (const each of seals) {
      before = sealLink(before, each.number, each.what, each.row, each.content);
      db.prepare('UPDATE seals SET chain = ? WHERE number = ?').run(before, each.number);
    }
    db.prepare("UPDATE chains SET hash = ? WHERE name = 'seals'").run(before);
    db.close();
    const { findings } = verified(path);
    expect(
      findings.filter(({ table }) => table !== 'journal_business' && table !== 'journal_telemetry'),
    ).toEqual([]);
    expect(findings).toContainEqual(
      expect.objectContaining({
        problem: expect.stringContaining('not the one it was written under') as string,
      }),
    );
  });

  it('spares what the retention time keeps', () => {
    const store = tempStore();
    someBooks(store, 3, 0);
    expect(store.journal.prune({ business: never, telemetry: never }, 100)).toBe(0);
    expect(toEnd(store.verify()).sound).toBe(true);
  });
});
