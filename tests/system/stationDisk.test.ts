/** The daemon on a disk that fails: it lives, reads its dispensers on, acknowledges nothing, and says what is wrong. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { type EventType, eventSchemas } from '../../src/model/events.ts';
import { openStore } from '../../src/store/store.ts';
import { type DiskError, faultyDisk, stepKinds } from '../support/faultyDisk.ts';
import { knownMember, knownTag, oneDispenserStation } from '../support/oneDispenserStation.ts';
import { watched } from '../support/peerDispensers.ts';
import { rdm6300, readersOnline } from '../support/shellReader.ts';
import { cli, type Daemon, runStation } from '../support/station.ts';
import { manualClock, recordingLog } from '../support/tempStore.ts';
import { fill, fortyLitres, fuelling, lifted } from '../support/walk.ts';

const patience = { timeout: 40_000, interval: 20 };
const place = { timeout: 120_000 };

async function onFaultyDisk(store: object) {
  const peers = await oneDispenserStation({ station: { store: { directory: 'store', ...store } } });
  const directory = join(peers.file.directory, 'store');
  const disk = faultyDisk(directory);
  onTestFinished(() => disk.remove());
  const start = () => runStation(peers.file, { env: disk.env });
  return { ...peers, directory, disk, start };
}

const diskIs = (daemon: Daemon, state: string) =>
  vi.waitFor(async () => {
    const { store } = await daemon.status();
    expect(store.disk).toBe(state);
    return store;
  }, patience);

/** Of a stopped station: data of all events of a type, checked against the feed's contract. */
function events(directory: string, type: EventType): unknown[] {
  const store = openStore({ directory, site: 'S1', clock: manualClock(), log: recordingLog() });
  try {
    expect(store.check()).toEqual({ ok: true, problems: [] });
    const { stream, data } = eventSchemas[type];
    return store.feed
      .read(stream, 0, 1000)
      .filter((row) => row.type === type)
      .map((row) => data.parse(JSON.parse(row.data)));
  } finally {
    store.close();
  }
}

describe('M195 M187: the daemon on a disk that refuses', () => {
  const cases: readonly (readonly [DiskError, string])[] = [
    ['ENOSPC', 'STORE_FULL'],
    ['EIO', 'STORE_IO'],
    ['EROFS', 'STORE_READ_ONLY'],
  ];
  it.each(cases)(
    '%s: stores and acknowledges the sale and its card when it may again',
    place,
    async (error, code) => {
      const { dispenser, slave, reader, file, directory, disk, start } = await onFaultyDisk({ reserveMb: 0 });
      const daemon = await start();
      await daemon.reaches('FP1', 'idle');
      await readersOnline(daemon);
      await watched(dispenser);
      await fill(daemon, 'FP1', dispenser, fortyLitres);
      await daemon.sold(1);
      await vi.waitFor(() => expect(slave.written).toHaveLength(1), patience);
      await dispenser.cleared();
      await daemon.reaches('FP1', 'idle');
      await watched(dispenser);

      disk.fail({ error, at: 1, onwards: true });
      reader.printf(rdm6300(knownTag));
      await lifted(daemon, 'FP1', dispenser);
      await fuelling(daemon, 'FP1', dispenser);
      await dispenser.hangUp(fortyLitres);
      const refusing = await diskIs(daemon, 'refusing');
      expect(refusing.hint).not.toBe('');
      await vi.waitFor(async () => expect((await daemon.status()).store.code).toBe(code), patience);
      const said = await cli('status', '--station', file.file);
      expect(said.code).toBe(0);
      expect(said.stdout).toContain(code);
      expect(said.stdout).toContain('mend:');
      // It reads on.
      await watched(dispenser);
      await watched(dispenser);
      expect(await daemon.sales()).toHaveLength(1);
      expect(slave.written).toHaveLength(1);

      disk.heal();
      const [sale] = await daemon.sold(2);
      await vi.waitFor(
        () => expect(slave.written.at(-1)).toEqual({ unit: 1, address: 24, values: [9] }),
        patience,
      );
      expect(sale).toMatchObject({ volumeMl: fortyLitres.volumeMl, amount: fortyLitres.amount });
      await vi.waitFor(async () => expect((await daemon.sales())[0]?.member).toBe(knownMember.id), patience);
      expect((await diskIs(daemon, 'sound')).refused).toBeGreaterThan(0);
      const told = daemon.logged.filter(({ msg }) => String(msg).startsWith('the disk refuses writes'));
      expect(told).toHaveLength(1);
      expect(await daemon.stop()).toEqual({ code: 0, signal: null });
      expect(events(directory, 'store.writing-resumed')).toHaveLength(1);
      expect(events(directory, 'sale.completed')).toHaveLength(2);
    },
  );

  it('goes on by itself when the disk takes writes again, though nothing is sold', place, async () => {
    const { reader, directory, disk, start } = await onFaultyDisk({ reserveMb: 0 });
    const daemon = await start();
    await daemon.reaches('FP1', 'idle');
    await readersOnline(daemon);
    disk.fail({ error: 'EIO', at: 1, onwards: true });
    reader.printf(rdm6300(knownTag));
    await diskIs(daemon, 'refusing');
    disk.heal();
    await diskIs(daemon, 'sound');
    await daemon.stop();
    expect(events(directory, 'card.scanned')).toHaveLength(1);
    expect(events(directory, 'store.writing-resumed')).toHaveLength(1);
  });

  it('a full disk: the reserve is given back, and the sale is stored', place, async () => {
    const { dispenser, slave, disk, start } = await onFaultyDisk({ reserveMb: 2 });
    const daemon = await start();
    await daemon.reaches('FP1', 'idle');
    await vi.waitFor(
      async () => expect((await daemon.status()).store.reserveBytes).toBe(2 * 1024 * 1024),
      patience,
    );
    await watched(dispenser);
    await dispenser.lift(fortyLitres.price);
    await dispenser.flow(fortyLitres);
    await daemon.reaches('FP1', 'fuelling');
    disk.fail({ error: 'ENOSPC', at: 1, onwards: true, kinds: stepKinds.writes });
    await dispenser.hangUp(fortyLitres);
    await daemon.sold(1);
    await vi.waitFor(() => expect(slave.written).toHaveLength(1), patience);
    const { store } = await daemon.status();
    expect(store).toMatchObject({ disk: 'sound', reserveBytes: 0 });
    expect(daemon.logged.some(({ msg }) => String(msg).includes('the reserve is given back'))).toBe(true);
  });
});

it('M195: little room is alarmed, sales are stored, telemetry is not', place, async () => {
  const { dispenser, file, directory, start } = await onFaultyDisk({ spaceLowMb: 100_000_000 });
  const daemon = await start();
  const store = await diskIs(daemon, 'space-low');
  expect(store).toMatchObject({ code: 'STORE_SPACE_LOW', reserveBytes: 0 });
  const said = await cli('status', '--station', file.file);
  expect(said.stdout).toMatch(/STORE_SPACE_LOW since .*telemetry is not\.\n +mend: Make room/);
  await daemon.reaches('FP1', 'idle');
  await watched(dispenser);
  await fill(daemon, 'FP1', dispenser, fortyLitres);
  await daemon.sold(1);
  await daemon.stop();
  expect(events(directory, 'store.space-low')).toHaveLength(1);
  expect(events(directory, 'fuelling-point.state-changed')).toEqual([]);
});

it('M187 M195: a damaged database is replaced, and head office and the CLI hear of it', place, async () => {
  const { file, directory, start } = await onFaultyDisk({});
  writeFileSync(join(directory, 'forecourt.db'), 'not a database at all'.repeat(500));
  for (let round = 0; round < 2; round++) {
    const daemon = await start();
    onTestFinished(() => daemon.signal('SIGKILL'));
    const { store } = await daemon.status();
    expect(store.replaced).toMatchObject({ keptAs: expect.stringContaining('forecourt.db.corrupt-') });
    const said = await cli('status', '--station', file.file);
    expect(said.stdout).toContain(`kept as ${store.replaced?.keptAs}`);
    await daemon.stop();
    expect(events(directory, 'store.replaced')).toEqual([store.replaced]);
  }
});
