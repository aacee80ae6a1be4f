/** Card readers on a real serial port (a pty), their bytes written by a shell. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { CardRead } from '../../src/model/readings.ts';
import { joinPtys, type PtyPair } from '../support/socatPtys.ts';
import { type WatchedReader, watchReader } from '../support/watchedReader.ts';

const patience = { timeout: 20_000, interval: 10 };
let directory = '';
let cables: PtyPair[] = [];
let watched: WatchedReader[] = [];

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'forecourt-reader-'));
});
afterEach(async () => {
  for (const { reader } of watched) await reader.stop();
  for (const cable of cables) await cable.stop();
  watched = [];
  cables = [];
  rmSync(directory, { recursive: true, force: true });
});

async function plug(name?: string): Promise<PtyPair> {
  const cable = await joinPtys(directory, name);
  cables.push(cable);
  return cable;
}

async function open(config: object, path: string, onRead?: (read: CardRead) => void): Promise<WatchedReader> {
  const one = watchReader({ ...config, connection: { kind: 'serial', path } }, onRead);
  watched.push(one);
  await online(one);
  return one;
}

const online = (one: WatchedReader, yes = true) =>
  vi.waitFor(() => expect(one.reader.stats().online).toBe(yes), patience);
const shell = (far: string, command: string) => execFileSync('sh', ['-c', `(${command}) > "$0"`, far]);
const printf = (far: string, text: string) => shell(far, `printf '${text}'`);
const frame = '\\00262E3086CED08\\003';

describe('a reader on a serial port', () => {
  it('M13: a card on an RDM6300 is read, with the instant of its last byte', async () => {
    const { near, far } = await plug();
    const one = await open({ kind: 'rdm6300' }, near);
    const before = Date.now();
    printf(far, frame);
    await vi.waitFor(() => expect(one.reads).toHaveLength(1), patience);
    const read = one.reads[0];
    expect(read).toMatchObject({ reader: 'r1', format: 'em40', text: '62E3086CED' });
    expect(read?.at).toBeGreaterThanOrEqual(before);
    expect(read?.at).toBeLessThanOrEqual(Date.now());
    expect(one.reader.stats()).toMatchObject({ reads: 1, badFrames: 0, bytes: 14, lastReadAt: read?.at });
  });

  it('M13: a card that lies there is one read, another card between is told', async () => {
    const { near, far } = await plug();
    const one = await open({ kind: 'rdm6300' }, near);
    printf(far, `${frame.repeat(10)}\\00206008E6D5DB8\\003${frame.repeat(10)}`);
    await vi.waitFor(() => expect(one.reader.stats().bytes).toBe(21 * 14), patience);
    expect(one.texts()).toEqual(['62E3086CED', '06008E6D5D']);
  });

  it('M13: a number without an end is read after silence', async () => {
    const { near, far } = await plug();
    const one = await open({ kind: 'line', format: 'uid' }, near);
    shell(far, "printf '\\00212'; printf 'AB'");
    await vi.waitFor(() => expect(one.texts()).toEqual(['12AB']), patience);
  });

  it('M13: a scanner: codes are read, failures to read are counted', async () => {
    const { near, far } = await plug();
    const one = await open({ kind: 'scanner' }, near);
    printf(far, '%%%%NoRead\\r\\nVIP-7\\r\\n');
    await vi.waitFor(() => expect(one.texts()).toEqual(['VIP-7']), patience);
    expect(one.reader.stats()).toMatchObject({ reads: 1, noReads: 1 });
  });

  it('M189: payment cards are dropped, and no number is in what is logged', async () => {
    const { near, far } = await plug();
    const one = await open({ kind: 'stripe', bins: ['600649'] }, near, () => {
      throw new Error('could not record 6006491234567890');
    });
    printf(
      far,
      '\\002;4111111111111111=9912101?\\r\\003\\002;6006X\\r\\003\\002;6006491234567890=99?\\r\\003',
    );
    await vi.waitFor(() => expect(one.texts()).toEqual(['6006491234567890']), patience);
    await vi.waitFor(() => expect(one.logged.length).toBe(2), patience);
    expect(one.reader.stats()).toMatchObject({ dropped: 1, badFrames: 1, reads: 1 });
    expect(one.logged.join()).not.toMatch(/4111|6006/);
  });

  it('bytes from before the reader was opened are not a scan of now', async () => {
    const { near, far, carried } = await plug();
    printf(far, frame);
    await vi.waitFor(() => expect(carried()).toBe(14), patience);
    const one = await open({ kind: 'rdm6300' }, near);
    printf(far, '\\00206008E6D5DB8\\003');
    await vi.waitFor(() => expect(one.texts()).toEqual(['06008E6D5D']), patience);
  });

  it('an adapter unplugged and plugged in again comes back, without half of an old frame', async () => {
    const { near, far, stop } = await plug();
    const one = await open({ kind: 'rdm6300' }, near);
    printf(far, '\\00262E3');
    await vi.waitFor(() => expect(one.reader.stats().bytes).toBe(5), patience);
    await stop();
    await online(one, false);
    const again = await plug();
    await online(one);
    printf(again.far, `086CED08\\003${frame}`);
    await vi.waitFor(() => expect(one.texts()).toEqual(['62E3086CED']), patience);
    expect(one.health.map((event) => event.online)).toEqual([true, false, true]);
    expect(one.health[1]?.reason).not.toBe('');
    expect(one.reader.stats().reconnects).toBe(1);
  });

  it('a port that stays open while its path names another device is given up', async () => {
    const first = await plug('first');
    const second = await plug('second');
    const path = join(directory, 'by-id');
    symlinkSync(first.near, path);
    const one = await open({ kind: 'rdm6300' }, path);
    symlinkSync(second.near, `${path}.new`);
    renameSync(`${path}.new`, path);
    await vi.waitFor(() => expect(one.reader.stats().reconnects).toBe(1), patience);
    printf(second.far, frame);
    await vi.waitFor(() => expect(one.texts()).toEqual(['62E3086CED']), patience);
  });

  it('a port that is not there is told once, waited for, and stopped cleanly', async () => {
    const path = join(directory, 'line-near');
    const one = watchReader({ kind: 'rdm6300', connection: { kind: 'serial', path } });
    watched.push(one);
    await vi.waitFor(() => expect(one.health).toHaveLength(1), patience);
    expect(one.health[0]).toMatchObject({ reader: 'r1', online: false });
    await plug();
    await online(one);
    await one.reader.stop();
    await one.reader.stop();
    expect(one.reader.stats().online).toBe(false);
  });
});
