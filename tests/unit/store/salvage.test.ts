import { copyFileSync, existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { type SalvageReport, salvage } from '../../../src/store/salvage/salvage.ts';
import { bookSale, reassignSale } from '../../support/books.ts';
import { bookTanks } from '../../support/tankBooks.ts';
import { tempDirectory, tempStore } from '../../support/tempStore.ts';

const owners = ['lin', 'wu', null] as const;

/** A store of so many sales, closed; the log stays beside the file where `log` says so. */
function original(sales: number, log = false): string {
  const store = tempStore();
  for (let n = 0; n < sales; n++) bookSale(store, n, owners[n % owners.length] ?? null);
  if (sales > 1) reassignSale(store, 1, 'wu', 'lin');
  if (!log) {
    store.close();
    return store.path;
  }
  const path = join(tempDirectory(), 'forecourt.db');
  for (const suffix of ['', '-wal']) copyFileSync(store.path + suffix, path + suffix);
  return path;
}

/** A store with a tank side, and with rows of other tables that look like those of tanks. */
function originalTanks(count: number): string {
  const store = tempStore();
  for (let n = 0; n < 30; n++) bookSale(store, n, owners[n % owners.length] ?? null);
  bookTanks(store, count);
  store.close();
  const db = new Database(store.path);
  db.exec('BEGIN');
  for (let n = 0; n < 400; n++) {
    db.prepare('INSERT INTO member_tiers VALUES (?, ?, ?)').run('lin', n, 'gold');
    db.prepare('INSERT INTO set_aside VALUES (?, ?, ?, ?)').run('business', n + 1, 'too large', n);
    db.prepare(
      'INSERT INTO alerts (sale, kind, level, member, text, at, due_at, evidence) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
    ).run('1:1:g0:0-40000', `kind ${n}`, 'notice', 'lin', 'text', 1, 2, '{}');
  }
  db.exec('COMMIT');
  db.close();
  return store.path;
}

const tankTables = [
  'tank_levels',
  'tank_machines',
  'deliveries',
  'tank_alarms',
  'balances_closed',
  'incidents',
];

type Rows = Record<string, unknown>[];

/** All rows as SQLite tells them, hashes as hex. */
function truth(path: string): Map<string, Rows> {
  const db = new Database(path);
  try {
    const tables = db
      .prepare<[], string>("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
      .pluck()
      .all();
    return new Map(
      tables.map((table) => [
        table,
        db
          .prepare<[], Record<string, unknown>>(`SELECT * FROM ${table}`)
          .all()
          .map((row) =>
            Object.fromEntries(
              Object.entries(row).map(([name, value]) => [
                name,
                Buffer.isBuffer(value) ? value.toString('hex') : value,
              ]),
            ),
          ),
      ]),
    );
  } finally {
    db.close();
  }
}

function rowsIn(directory: string, table: string): Rows {
  return readFileSync(join(directory, `${table}.jsonl`), 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

const sorted = (rows: Rows): string[] =>
  rows
    .map((row) => JSON.stringify(Object.entries(row).sort(([one], [other]) => (one < other ? -1 : 1))))
    .sort();

function salvaged(path: string): { report: SalvageReport; directory: string } {
  const directory = join(tempDirectory(), 'out');
  return { report: salvage(path, directory), directory };
}

/** Pages that hold rows of a table, so that a test knows what it damages. */
function leaves(path: string): Map<number, { table: string; cells: number }> {
  const db = new Database(path);
  const pages = db
    .prepare<[], { pageno: number; name: string; ncell: number; pagetype: string }>(
      "SELECT pageno, name, ncell, pagetype FROM dbstat WHERE pagetype = 'leaf'",
    )
    .all();
  db.close();
  return new Map(pages.map(({ pageno, name, ncell }) => [pageno, { table: name, cells: ncell }]));
}

/** Pages above the leaves. */
function inner(path: string): number[] {
  const db = new Database(path);
  const pages = db.prepare<[], number>("SELECT pageno FROM dbstat WHERE pagetype = 'internal'").pluck().all();
  db.close();
  return pages;
}

/** xorshift: the same damage at every run. */
function randomOf(seed: number): () => number {
  let state = seed | 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

const pageSize = 4096;

describe('salvage', () => {
  it.each([0, 1, 60])('reads every row of a sound database of %s sales', (sales) => {
    const path = original(sales);
    const { report, directory } = salvaged(path);
    expect(report).toMatchObject({ complete: true, lostPages: [], doubts: [] });
    for (const [table, rows] of truth(path))
      expect(sorted(rowsIn(directory, table)), table).toEqual(sorted(rows));
    if (sales > 0)
      expect(report.proved.business).toEqual([[1, rowsIn(directory, 'journal_business').length]]);
  });

  it('reads the log of a database whose program was killed', () => {
    const path = original(30, true);
    expect(statSync(`${path}-wal`).size).toBeGreaterThan(0);
    const { report, directory } = salvaged(path);
    expect(report.log.frames).toBeGreaterThan(0);
    expect(report.complete).toBe(true);
    for (const [table, rows] of truth(path))
      expect(sorted(rowsIn(directory, table)), table).toEqual(sorted(rows));
  });

  it('reads all rows that are not on the pages destroyed, and names those that are', () => {
    const path = original(300);
    const all = truth(path);
    const places = leaves(path);
    for (let seed = 1; seed <= 12; seed++) {
      const random = randomOf(seed);
      const bytes = readFileSync(path);
      const count = bytes.length / pageSize;
      const destroyed = new Set<number>();
      while (destroyed.size < 3) destroyed.add(1 + Math.floor(random() * count));
      for (const page of destroyed) {
        for (let n = 0; n < pageSize; n++) bytes[(page - 1) * pageSize + n] = Math.floor(random() * 256);
      }
      const damaged = join(tempDirectory(), 'damaged.db');
      writeFileSync(damaged, bytes);
      const { report, directory } = salvaged(damaged);
      let lost = 0;
      for (const table of [
        'sales',
        'journal_business',
        'seals',
        'credits',
        'ledger_transactions',
        'postings',
      ]) {
        const rows = all.get(table) ?? [];
        const read = new Set(sorted(rowsIn(directory, table)));
        const missing = sorted(rows).filter((row) => !read.has(row)).length;
        const onDestroyed = [...destroyed].reduce((sum, page) => {
          const place = places.get(page);
          return place?.table === table ? sum + place.cells : sum;
        }, 0);
        // A row of an index tree may stand on an inner page.
        const inner = table === 'postings' ? destroyed.size * 200 : 0;
        expect(missing, `seed ${seed}, ${table}, pages ${[...destroyed].join()}`).toBeLessThanOrEqual(
          onDestroyed + inner,
        );
        lost += missing;
        const told = report.tables.find((each) => each.table === table);
        expect(told?.rows).toBe(rowsIn(directory, table).length);
        if (table !== 'postings') expect(told?.lostRows, `seed ${seed}, ${table}`).toBe(missing);
      }
      if (lost > 0) expect(report.complete, `seed ${seed}`).toBe(false);
    }
  }, 60_000);

  it('never fails on bytes changed anywhere, and says so when a row is not what was written', () => {
    const path = original(40, true);
    for (let seed = 1; seed <= 60; seed++) {
      const random = randomOf(seed);
      const damaged = join(tempDirectory(), 'damaged.db');
      for (const suffix of ['', '-wal']) {
        const bytes = readFileSync(path + suffix);
        const hits = 1 + Math.floor(random() * 40);
        for (let n = 0; n < hits; n++)
          bytes[Math.floor(random() * bytes.length)] = Math.floor(random() * 256);
        const cut = random() < 0.3 ? Math.floor(random() * bytes.length) : bytes.length;
        writeFileSync(damaged + suffix, bytes.subarray(0, cut));
      }
      const { report, directory } = salvaged(damaged);
      expect(existsSync(join(directory, 'report.json'))).toBe(true);
      expect(report.tables.length, `seed ${seed}`).toBeGreaterThan(10);
    }
  }, 60_000);

  it('M187: tells a row that was read but is not what was written', () => {
    const path = original(20);
    const bytes = readFileSync(path);
    // Every place, for SQLite leaves old copies of rows in what is free of a page.
    for (let at = bytes.indexOf('the only card'); at >= 0; at = bytes.indexOf('the only card'))
      bytes.write('XXX', at);
    const damaged = join(tempDirectory(), 'damaged.db');
    writeFileSync(damaged, bytes);
    const { report } = salvaged(damaged);
    expect(report.complete).toBe(false);
    expect(report.doubts).toContainEqual({ table: 'sales', row: 1 });
    expect(report.doubts).toContainEqual({ table: 'journal_business', row: 1 });
  });

  it('reads a database whose first page is gone', () => {
    const path = original(120);
    const all = truth(path);
    const bytes = readFileSync(path);
    bytes.fill(0, 0, pageSize);
    const damaged = join(tempDirectory(), 'damaged.db');
    writeFileSync(damaged, bytes);
    const { directory } = salvaged(damaged);
    for (const table of ['sales', 'journal_business', 'postings', 'seals']) {
      expect(sorted(rowsIn(directory, table)), table).toEqual(sorted(all.get(table) ?? []));
    }
  });

  it('reads nothing of a file that is no database, and writes into no directory that is used', () => {
    const path = join(tempDirectory(), 'x.db');
    writeFileSync(path, 'no database');
    const { report, directory } = salvaged(path);
    expect(report.complete).toBe(false);
    expect(report.tables.every(({ rows }) => rows === 0)).toBe(true);
    expect(readdirSync(directory).length).toBeGreaterThan(10);
    expect(() => salvage(path, directory)).toThrow(expect.objectContaining({ code: 'USAGE' }));
    expect(() => salvage(`${path}.gone`, tempDirectory())).toThrow(
      expect.objectContaining({ code: 'NOT_FOUND' }),
    );
  });

  it('reads all of the tank side, real numbers too', () => {
    const path = originalTanks(40);
    const { report, directory } = salvaged(path);
    expect(report).toMatchObject({ complete: true, lostPages: [], doubts: [] });
    const all = truth(path);
    for (const table of tankTables) {
      expect(all.get(table), table).not.toEqual([]);
      expect(sorted(rowsIn(directory, table)), table).toEqual(sorted(all.get(table) ?? []));
    }
  });

  it('knows the rows of the tank side where the way to their pages is lost, and takes no others for them', () => {
    const path = originalTanks(40);
    const all = truth(path);
    const bytes = readFileSync(path);
    bytes.fill(0, 0, pageSize);
    for (const page of inner(path)) bytes.fill(0, (page - 1) * pageSize, page * pageSize);
    const damaged = join(tempDirectory(), 'damaged.db');
    writeFileSync(damaged, bytes);
    const { report, directory } = salvaged(damaged);
    expect(report.complete).toBe(false);
    for (const table of tankTables) {
      const read = sorted(rowsIn(directory, table));
      const wanted = sorted(all.get(table) ?? []);
      // A tree without row numbers has rows on its inner pages too.
      const innerRows = ['tank_levels', 'balances_closed'].includes(table) ? 10 : 0;
      expect(
        read.filter((row) => !wanted.includes(row)),
        table,
      ).toEqual([]);
      expect(read.length, table).toBeGreaterThanOrEqual(wanted.length - innerRows);
    }
  });

  it('tells which deliveries, alarms, incidents and closed days are lost', () => {
    const path = originalTanks(40);
    const all = truth(path);
    for (const table of ['deliveries', 'tank_alarms', 'incidents', 'balances_closed']) {
      const bytes = readFileSync(path);
      const page = [...leaves(path)].findLast(([, leaf]) => leaf.table === table)?.[0] ?? 0;
      bytes.fill(0, (page - 1) * pageSize, page * pageSize);
      const damaged = join(tempDirectory(), 'damaged.db');
      writeFileSync(damaged, bytes);
      const { report, directory } = salvaged(damaged);
      const read = new Set(sorted(rowsIn(directory, table)));
      const missing = (all.get(table) ?? []).filter((row) => !read.has(sorted([row])[0] ?? ''));
      const told = report.tables.find((each) => each.table === table);
      expect(missing.length, table).toBeGreaterThan(0);
      expect(told?.lostRows, table).toBe(missing.length);
      const keys = missing.map(({ stock, period, first_date: from }) => `${stock} ${period} ${from}`);
      if (table === 'balances_closed') expect(told?.lostKeys).toEqual(keys.sort());
      expect(report.complete, table).toBe(false);
      expect(report.lostPages).toContainEqual(expect.objectContaining({ page, table }));
    }
  });

  it('touches neither the file nor its log', () => {
    const path = original(10, true);
    const before = ['', '-wal'].map((suffix) => readFileSync(path + suffix));
    salvaged(path);
    expect(['', '-wal'].map((suffix) => readFileSync(path + suffix))).toEqual(before);
    expect(existsSync(`${path}-shm`)).toBe(false);
  });
});
