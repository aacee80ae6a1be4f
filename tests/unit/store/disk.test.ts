import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ForecourtError } from '../../../src/model/errors.ts';
import { eventSchemas } from '../../../src/model/events.ts';
import { createDisk } from '../../../src/store/disk.ts';
import { createReserve } from '../../../src/store/reserve.ts';
import { sparing } from '../../../src/store/sparing.ts';
import { manualClock, recordingLog, startedAt, tempDirectory, tempStore } from '../../support/tempStore.ts';

const mebibyte = 1024 * 1024;
const full = new ForecourtError('STORE_FULL', 'database or disk is full');
const broken = new ForecourtError('STORE_IO', 'disk I/O error');

function diskWith(room: { bytes: number }, markMb = 100, reserveMb = 0, directory = tempDirectory()) {
  const clock = manualClock();
  const log = recordingLog();
  const reserve = createReserve(directory, reserveMb * mebibyte);
  const disk = createDisk({
    directory,
    reserve,
    markBytes: markMb * mebibyte,
    clock,
    log,
    free: async () => room.bytes,
  });
  return { disk, clock, log, reserve, directory };
}

describe('room on the disk', () => {
  it('below the mark is alarmed once, and once more when it has grown well beyond it', async () => {
    const room = { bytes: 101 * mebibyte };
    const { disk, clock, log } = diskWith(room);
    await disk.check();
    expect(disk.health()).toMatchObject({ state: 'sound', freeBytes: room.bytes, code: null, hint: '' });
    expect(disk.sparing()).toBe(false);

    room.bytes = 99 * mebibyte;
    for (let n = 0; n < 3; n++) await disk.check();
    expect(disk.sparing()).toBe(true);
    expect(disk.health()).toMatchObject({ state: 'space-low', code: 'STORE_SPACE_LOW', since: startedAt });
    expect(disk.health().hint).not.toBe('');
    room.bytes = 105 * mebibyte;
    await disk.check();
    expect(disk.health().state).toBe('space-low');
    clock.advance(60_000);
    room.bytes = 111 * mebibyte;
    await disk.check();
    expect(disk.health().state).toBe('sound');
    expect(disk.news().map(({ type, at }) => [type, at])).toEqual([
      ['store.space-low', startedAt],
      ['store.space-recovered', startedAt + 60_000],
    ]);
    for (const { type, data } of disk.news()) expect(() => eventSchemas[type].data.parse(data)).not.toThrow();
    expect(log.lines.map(({ level }) => level)).toEqual(['error', 'warn']);
    disk.told(1);
    expect(disk.news().map(({ type }) => type)).toEqual(['store.space-recovered']);
  });

  it('the reserve is made when there is room for it, and again after it was given back', async () => {
    const room = { bytes: 112 * mebibyte };
    const { disk, reserve } = diskWith(room, 100, 3);
    await disk.check();
    expect(reserve.held()).toBe(0);
    room.bytes = 500 * mebibyte;
    await disk.check();
    expect(reserve.held()).toBe(3 * mebibyte);

    expect(disk.refused(full)).toBe(true);
    expect(reserve.held()).toBe(0);
    expect(disk.health().state).toBe('sound');
    room.bytes = mebibyte;
    await disk.check();
    expect(reserve.held()).toBe(0);
    room.bytes = 500 * mebibyte;
    await disk.check();
    expect(reserve.held()).toBe(3 * mebibyte);
  });

  it('cannot be asked: told, and nothing else', async () => {
    const { disk, log } = diskWith({ bytes: 0 }, 0, 0, join(tempDirectory(), 'gone'));
    const noDisk = createDisk({
      directory: '/nowhere/at/all',
      reserve: createReserve('/nowhere/at/all', 0),
      markBytes: 1,
      clock: manualClock(),
      log,
    });
    await noDisk.check();
    expect(log.lines.map(({ level }) => level)).toEqual(['warn']);
    expect(noDisk.health().state).toBe('sound');
    expect(disk.sparing()).toBe(false);
  });
});

describe('writes refused', () => {
  it('are one episode, told when it is over', async () => {
    const { disk, clock, log, directory } = diskWith({ bytes: 500 * mebibyte });
    expect(disk.refused(broken)).toBe(false);
    clock.advance(1000);
    expect(disk.refused(broken)).toBe(false);
    expect(disk.health()).toMatchObject({
      state: 'refusing',
      since: startedAt,
      code: 'STORE_IO',
      refused: 2,
    });
    expect(disk.sparing()).toBe(true);
    await disk.check();
    expect(existsSync(join(directory, 'forecourt.probe'))).toBe(false);
    clock.advance(1000);
    disk.stored();
    disk.stored();
    expect(disk.health().state).toBe('sound');
    const [news, ...more] = disk.news();
    expect(more).toEqual([]);
    expect(news).toMatchObject({
      type: 'store.writing-resumed',
      at: startedAt + 2000,
      data: { code: 'STORE_IO', refused: 2, failedAt: new Date(startedAt).toISOString() },
    });
    expect(() => eventSchemas['store.writing-resumed'].data.parse(news?.data)).not.toThrow();
    expect(log.lines.map(({ level }) => level)).toEqual(['error', 'warn']);
  });

  it('on a full disk without a reserve', () => {
    const { disk } = diskWith({ bytes: 0 });
    expect(disk.refused(full)).toBe(false);
    expect(disk.health()).toMatchObject({ state: 'refusing', code: 'STORE_FULL' });
  });

  it('the reason is what the kernel says', async () => {
    const gone = join(tempDirectory(), 'gone');
    const { disk } = diskWith({ bytes: 500 * mebibyte }, 0, 0, gone);
    disk.refused(full);
    await disk.check();
    expect(disk.health()).toMatchObject({ code: 'STORE_IO', text: expect.stringContaining('ENOENT') });
  });
});

it('M195: while room is short telemetry is not written, and its sequence has no gap', () => {
  const store = tempStore();
  const spared = { now: false };
  const journal = sparing(store.journal, { sparing: () => spared.now }, store.feed);
  const at = manualClock().now();
  const data = { fuellingPoint: '1', nozzle: null, state: 'idle', at: new Date(at).toISOString() };
  const append = () => journal.append('fuelling-point.state-changed', '1', at, '2026-11-22', data);
  expect(append()).toEqual({ stream: 'telemetry', seq: 1 });
  spared.now = true;
  expect(append()).toEqual({ stream: 'telemetry', seq: 1 });
  expect(journal.append('station.stopped', 's', at, '2026-11-22', { reason: 'x' }).seq).toBe(1);
  spared.now = false;
  expect(append()).toEqual({ stream: 'telemetry', seq: 2 });
  expect(store.check()).toEqual({ ok: true, problems: [] });
});
