/** Proving the books of the real daemon: while it runs, after it ended, after it was killed, and after somebody changed a row. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { expect, it, vi } from 'vitest';
import type { Reconciliation } from '../../src/store/reconcile/reconcile.ts';
import type { Verification } from '../../src/store/verify/verify.ts';
import { knownTag, oneDispenserStation } from '../support/oneDispenserStation.ts';
import { rdm6300, readersOnline } from '../support/shellReader.ts';
import { cli, runStation, type StationFile } from '../support/station.ts';
import { fill } from '../support/walk.ts';

const patience = { timeout: 25_000, interval: 20 };

/** One sale of a member, one of nobody. */
async function twoSales() {
  const { dispenser, reader, file } = await oneDispenserStation();
  const daemon = await runStation(file);
  await daemon.reaches('FP1', 'idle');
  await readersOnline(daemon);
  reader.printf(rdm6300(knownTag));
  await vi.waitFor(
    async () => expect((await daemon.status()).fuellingPoints[0]?.member).toBe('m-1'),
    patience,
  );
  const credited = await fill(daemon, 'FP1', dispenser);
  const unclaimed = await fill(daemon, 'FP1', dispenser);
  expect(credited.points).toBe(40);
  expect(unclaimed.points).toBeNull();
  return { daemon, file, credited, database: join(file.directory, 'store/forecourt.db') };
}

async function proof<T>(
  command: string,
  path: string,
): Promise<{ code: number | null; answer: T & { by: string } }> {
  const { code, stdout, stderr } = await cli(command, path, '--json');
  expect(stderr).toBe('');
  return { code, answer: JSON.parse(stdout) as T & { by: string } };
}
const verified = (path: string) => proof<Verification>('verify', path);
const reconciled = (path: string) => proof<Reconciliation>('reconcile', path);

/** Every byte and time of the store, but for the socket. */
function bytesOf({ directory }: StationFile): string[] {
  const store = join(directory, 'store');
  return readdirSync(store)
    .sort()
    .filter((name) => !name.endsWith('.sock'))
    .map((name) => {
      const path = join(store, name);
      const hash = createHash('sha256').update(readFileSync(path)).digest('hex');
      return `${name} ${statSync(path).mtimeMs} ${hash}`;
    });
}

it('M52 M187: the books of a station are proved by its daemon, and by the file when it has ended', {
  timeout: 180_000,
}, async () => {
  const { daemon, file } = await twoSales();
  const running = await verified(file.file);
  expect(running).toMatchObject({ code: 0, answer: { by: 'daemon', sound: true, findings: [] } });
  const accounts = await reconciled(file.file);
  expect(accounts).toMatchObject({ code: 0, answer: { by: 'daemon', agrees: true, differences: [] } });
  expect(accounts.answer.days).toEqual([
    expect.objectContaining({ sales: 2, volumeMl: 80_000, points: 40, unclaimed: 1, differences: 0 }),
  ]);
  expect(accounts.answer.nozzles).toEqual([
    expect.objectContaining({ nozzle: '1', sales: 2, volumeMl: 80_000, spansMl: 80_000, gapsMl: 0 }),
  ]);

  await daemon.stop();
  const before = bytesOf(file);
  expect(await verified(join(file.directory, 'store'))).toMatchObject({
    code: 0,
    answer: { by: 'file', sound: true, epoch: running.answer.epoch },
  });
  expect(await reconciled(file.file)).toMatchObject({ code: 0, answer: { by: 'file', agrees: true } });
  expect(bytesOf(file)).toEqual(before);
  const { code, stdout } = await cli('reconcile', file.file, '--from', '2001-01-01', '--to', '2001-01-02');
  expect({ code, told: stdout.includes('Everything agrees') }).toEqual({ code: 0, told: true });
});

it('M187: a store whose daemon was killed is proved with its log, and not a byte of it is touched', {
  timeout: 180_000,
}, async () => {
  const { daemon, file, database } = await twoSales();
  await daemon.stop('SIGKILL');
  expect(statSync(`${database}-wal`).size).toBeGreaterThan(0);
  const before = bytesOf(file);
  expect(await verified(database)).toMatchObject({ code: 0, answer: { by: 'file', sound: true } });
  const { answer } = await reconciled(database);
  expect(answer.days).toEqual([expect.objectContaining({ sales: 2, points: 40 })]);
  expect(bytesOf(file)).toEqual(before);
  expect(await (await runStation(file)).sold(2)).toHaveLength(2);
});

it('M52 M187: a row changed in the file is found, by the file and by the daemon', {
  timeout: 180_000,
}, async () => {
  const { daemon, file, database, credited } = await twoSales();
  await daemon.stop();
  const db = new Database(database);
  db.exec(`UPDATE sales SET volume = volume - 1000 WHERE id = ${credited.id};
    UPDATE balances SET points = points + 500 WHERE account = 'member:m-1';`);
  db.close();

  const offline = await verified(file.file);
  expect(offline).toMatchObject({ code: 1, answer: { by: 'file', sound: false } });
  const wanted = [
    expect.objectContaining({
      table: 'sales',
      row: String(credited.id),
      problem: expect.stringContaining('sealed') as string,
    }),
    expect.objectContaining({ table: 'balances', row: 'member:m-1' }),
  ];
  expect(offline.answer.findings).toEqual(expect.arrayContaining(wanted));
  const { code, stdout } = await cli('verify', file.file);
  expect({ code, told: /sales +1 +changed/.test(stdout) && stdout.includes('mend:') }).toEqual({
    code: 1,
    told: true,
  });
  const accounts = await reconciled(file.file);
  expect(accounts.code).toBe(1);
  expect(accounts.answer.differences).toContainEqual(
    expect.objectContaining({
      what: 'balance member:m-1',
      problem: '540 points, but the postings sum to 40',
    }),
  );

  const again = await runStation(file);
  const online = await verified(file.file);
  expect(online).toMatchObject({ code: 1, answer: { by: 'daemon' } });
  expect(online.answer.findings).toEqual(expect.arrayContaining(wanted));
  expect((await again.status()).sales.count).toBe(2);
});

it('says what it cannot read', { timeout: 180_000 }, async () => {
  expect(await cli('verify', '/nowhere/station.yaml')).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('NOT_FOUND') as string,
  });
  expect(await cli('reconcile', 'package.json', '--from', 'yesterday')).toMatchObject({ code: 2 });
  expect(await cli('verify', 'package.json')).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('STORE_CORRUPT') as string,
  });
});

it('M187: what a damaged database still holds is written out by a command', {
  timeout: 180_000,
}, async () => {
  const { daemon, file, database } = await twoSales();
  await daemon.stop();
  const bytes = readFileSync(database);
  const damaged = join(file.directory, 'forecourt.db.corrupt-now');
  const out = join(file.directory, 'salvaged');
  // The first page of every database names what is where.
  writeFileSync(damaged, bytes.fill(0xff, 0, 4096));
  expect(await cli('verify', damaged)).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('STORE_CORRUPT') as string,
  });
  const { code, stdout } = await cli('salvage', damaged, '--to', out);
  expect({ code, told: stdout.includes('Nothing is lost') }).toEqual({ code: 0, told: true });
  const sales = readFileSync(join(out, 'sales.jsonl'), 'utf8').trim().split('\n');
  expect(sales.map((line) => (JSON.parse(line) as { volume: number }).volume)).toEqual([40_000, 40_000]);
  expect(await cli('salvage', damaged, '--to', out)).toMatchObject({ code: 2 });
});
