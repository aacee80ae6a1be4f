/** The real daemon while somebody, or NTP, sets the clock of the machine. Only what the process sees of that clock is made. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Database from 'better-sqlite3';
import { describe, expect, it, vi } from 'vitest';
import { knownTag, oneDispenserStation } from '../support/oneDispenserStation.ts';
import { watched } from '../support/peerDispensers.ts';
import { rdm6300, readersOnline } from '../support/shellReader.ts';
import { cli, type Daemon, runStation, type StationFile } from '../support/station.ts';
import { fill, fortyLitres, fuelling, hungUp, lifted } from '../support/walk.ts';

const patience = { timeout: 25_000, interval: 20 };
const hour = 3_600_000;
const preload = fileURLToPath(new URL('../support/setClock.ts', import.meta.url));

function clockOf({ directory }: StationFile) {
  const file = join(directory, 'clock');
  /** How far the system's clock is off the true time. */
  const set = (offMs: number): void => writeFileSync(file, `${offMs}`);
  set(0);
  return {
    set,
    run: (station: StationFile, boot = 'first') =>
      runStation(station, { preload, env: { TEST_CLOCK: file, TEST_BOOT: boot } }),
  };
}

async function begun(daemon: Daemon): Promise<void> {
  await daemon.reaches('FP1', 'idle');
  await readersOnline(daemon);
}

const scanned = (daemon: Daemon, count: number) =>
  vi.waitFor(async () => expect((await daemon.status()).readers[0]?.reads).toBe(count), patience);

const stepped = (daemon: Daemon, deltaMs: number) =>
  vi.waitFor(async () => {
    const { lastStep } = (await daemon.status()).clock;
    expect(Math.abs((lastStep?.deltaMs ?? 0) - deltaMs)).toBeLessThan(2_000);
    return lastStep;
  }, patience);

/** The journal of a daemon that has ended. */
function journal({ directory }: StationFile): { seq: number; type: string; at: number; data: string }[] {
  const db = new Database(join(directory, 'store', 'forecourt.db'), { readonly: true });
  const rows = db.prepare('SELECT seq, type, at, data FROM journal_business ORDER BY seq').all();
  db.close();
  return rows as { seq: number; type: string; at: number; data: string }[];
}

describe('a clock that is set', { timeout: 120_000 }, () => {
  it('M203: an hour back and two forward in the middle of a sale change neither its owner nor its sums', async () => {
    const { dispenser, reader, file } = await oneDispenserStation();
    const clock = clockOf(file);
    const daemon = await clock.run(file);
    await begun(daemon);
    await watched(dispenser);
    reader.printf(rdm6300(knownTag));
    await scanned(daemon, 1);
    clock.set(-hour);
    await stepped(daemon, -hour);
    expect((await daemon.status()).fuellingPoints[0]?.member).toBe('m-1');
    await lifted(daemon, 'FP1', dispenser);
    await fuelling(daemon, 'FP1', dispenser);
    clock.set(hour);
    await stepped(daemon, 2 * hour);
    const sale = await hungUp(daemon, 'FP1', dispenser, fortyLitres, 1);
    expect(sale).toMatchObject({
      ...{ attribution: 'attributed', member: 'm-1', points: 40, quality: 'seen', flags: [] },
      ...{ volumeMl: fortyLitres.volumeMl, amount: fortyLitres.amount },
    });
    expect(sale.reason).toMatch(/^scan-before/);
    // Its start and its end are by one clock, the one in force.
    const { now, clock: report } = await daemon.status();
    expect(Date.parse(now) - Date.parse(sale.startedAt ?? '')).toBeLessThan(60_000);
    expect(Date.parse(now) - Date.now()).toBeGreaterThan(0.9 * hour);
    expect(report.synchronised).toBe(true);

    // What it needs of a scan is not there a second time.
    clock.set(-24 * hour);
    await stepped(daemon, -25 * hour);
    expect(await fill(daemon, 'FP1', dispenser)).toMatchObject({ attribution: 'unclaimed', member: null });
    expect(await daemon.stop()).toEqual({ code: 0, signal: null });
    const rows = journal(file);
    expect(rows.map(({ seq }) => seq)).toEqual(rows.map((_, n) => n + 1));
    const steps = rows.filter(({ type }) => type === 'clock.stepped').map(({ data }) => JSON.parse(data));
    expect(steps.map(({ reason }) => reason)).toEqual(['stepped', 'stepped', 'stepped']);
    // Whoever reads the feed can put all events on the newest clock.
    let later = 0;
    const placed = rows.toReversed().map(({ type, at, data }) => {
      const mine = at + later;
      if (type === 'clock.stepped') later += Number(JSON.parse(data).deltaMs);
      return mine;
    });
    const inOrder = placed.toReversed();
    expect(inOrder.every((at, n) => n === 0 || at >= (inOrder[n - 1] ?? 0) - 5_000)).toBe(true);
  });

  it('M203: after a boot with a dead clock battery sales go on and are marked, no scan of before counts, and the first true time is taken', async () => {
    const { dispenser, reader, file } = await oneDispenserStation();
    const clock = clockOf(file);
    const first = await clock.run(file);
    await begun(first);
    await watched(dispenser);
    reader.printf(rdm6300(knownTag));
    await scanned(first, 1);
    const { now: before, businessDate } = await first.status();
    await first.stop();

    clock.set(-Date.now());
    const second = await clock.run(file, 'second');
    await begun(second);
    const { clock: report, now } = await second.status();
    expect(report.synchronised).toBe(false);
    expect(Date.parse(now)).toBeGreaterThanOrEqual(Date.parse(before));
    expect((await cli('status', '--socket', file.socket)).stdout).toMatch(/clock is not synchronised/);
    const blind = await fill(second, 'FP1', dispenser);
    expect(blind).toMatchObject({ attribution: 'unclaimed', flags: ['clock-unsynchronised'], businessDate });

    // A scan of now counts, over the step as well.
    reader.printf(rdm6300(knownTag));
    await scanned(second, 1);
    clock.set(0);
    await vi.waitFor(async () => expect((await second.status()).clock.synchronised).toBe(true), patience);
    expect(Math.abs(Date.parse((await second.status()).now) - Date.now())).toBeLessThan(5_000);
    expect((await cli('status', '--socket', file.socket)).stdout).not.toMatch(/not synchronised/);
    expect(await second.stop()).toEqual({ code: 0, signal: null });
    const told = journal(file).filter(({ type }) => type.startsWith('clock.'));
    expect(told.map(({ type, data }) => [type, JSON.parse(data).reason])).toEqual([
      ['clock.not-synchronised', 'implausible'],
      ['clock.stepped', 'synchronised'],
    ]);
  });

  it('a step while the daemon is down is known at the next start in the same boot, and a scan of before counts for as long as it would have', async () => {
    const { dispenser, reader, file } = await oneDispenserStation();
    const clock = clockOf(file);
    const first = await clock.run(file);
    await begun(first);
    await watched(dispenser);
    reader.printf(rdm6300(knownTag));
    await scanned(first, 1);
    await first.stop();
    clock.set(-5 * hour);
    const second = await clock.run(file);
    await begun(second);
    const step = await stepped(second, -5 * hour);
    expect(step?.reason).toBe('while-stopped');
    expect(await fill(second, 'FP1', dispenser)).toMatchObject({ attribution: 'attributed', member: 'm-1' });
  });
});
