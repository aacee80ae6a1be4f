/** Beginning and end of the daemon: clean stops, stale sockets, a second daemon, a members file read again. */
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { stringify } from 'yaml';
import type { StatusView } from '../../src/station/view.ts';
import { startMosquitto, subscribe } from '../support/mosquitto.ts';
import { knownMember, knownTag, oneDispenserStation } from '../support/oneDispenserStation.ts';
import { rdm6300, readersOnline } from '../support/shellReader.ts';
import { cli, runStation, writeStation } from '../support/station.ts';

const patience = { timeout: 25_000, interval: 20 };
const clean = { code: 0, signal: null };

describe('the daemon', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)('%s ends it cleanly and leaves no socket', async (signal) => {
    const { file } = await oneDispenserStation();
    const daemon = await runStation(file);
    await daemon.reaches('FP1', 'idle');
    // Owner and group only.
    expect(statSync(file.socket).mode & 0o777).toBe(0o660);
    expect(await daemon.stop(signal)).toEqual(clean);
    expect(existsSync(file.socket)).toBe(false);
    expect(daemon.logged.filter(({ level }) => Number(level) >= 50)).toEqual([]);
  });

  it('M203: a clean stop is told to head office, and the journal goes on at the next start', {
    timeout: 60_000,
  }, async () => {
    const broker = await startMosquitto();
    const office = await subscribe(broker.port, 'forecourt/v1/S1/#');
    const { file } = await oneDispenserStation({
      station: { mqtt: { host: '127.0.0.1', port: broker.port } },
    });
    const first = await runStation(file);
    await first.reaches('FP1', 'idle');
    await vi.waitFor(async () => expect((await first.status()).feed?.connected).toBe(true), patience);
    const { epoch } = await first.status();
    expect(await first.stop()).toEqual(clean);
    await vi.waitFor(() => {
      expect(office.json('/events/station.stopped')).toMatchObject([{ data: { reason: 'SIGTERM' } }]);
      expect(office.json('/status').at(-1)).toMatchObject({ state: 'offline' });
    }, patience);
    const second = await runStation(file);
    expect((await second.status()).epoch).toBe(epoch);
    await vi.waitFor(() => expect(office.json('/events/station.started')).toHaveLength(2), patience);
    const sequences = office.received
      .filter(({ topic }) => topic.includes('/events/'))
      .map(({ payload }) => JSON.parse(payload) as { stream: string; sequence: string })
      .filter(({ stream }) => stream === 'business')
      .map(({ sequence }) => Number(sequence));
    expect(sequences).toEqual(sequences.map((_, n) => n + 1));
  });

  it('one that was killed leaves a socket that does not stop the next', async () => {
    const file = writeStation();
    const first = await runStation(file);
    await first.stop('SIGKILL');
    expect(existsSync(file.socket)).toBe(true);
    const second = await runStation(file);
    expect(await second.stop()).toEqual(clean);
  });

  it('a second one on the same store, or on the same socket, is refused and does not disturb the first', {
    timeout: 60_000,
  }, async () => {
    const file = writeStation();
    const daemon = await runStation(file);
    const { startedAt } = await daemon.status();
    const onStore = await cli('run', file.file);
    expect(onStore.code).toBe(1);
    expect(onStore.stderr).toMatch(/STORE_LOCKED[\s\S]*mend: Stop the other daemon/);

    const other = writeStation({ station: { api: { socket: file.socket } } });
    const onSocket = await cli('run', other.file);
    expect(onSocket.code).toBe(1);
    expect(onSocket.stderr).toMatch(/API_REFUSED: another daemon already answers/);
    const still = (await daemon.api<StatusView>('/v1/status')).startedAt;
    // Still the first life: the second came seconds later. The clock may have been slewed by milliseconds.
    expect(Math.abs(Date.parse(still) - Date.parse(startedAt))).toBeLessThan(100);
    expect(await daemon.stop()).toEqual(clean);
  });

  it('M45: a card blocked in the members file is refused after SIGHUP; a broken file changes nothing', {
    timeout: 60_000,
  }, async () => {
    const { reader, file } = await oneDispenserStation();
    const daemon = await runStation(file);
    await readersOnline(daemon);
    const pushes = await daemon.events();
    const scan = () => reader.printf(rdm6300(knownTag));
    scan();
    await vi.waitFor(() => expect(pushes.of('member.brief')).toHaveLength(1), patience);

    const members = join(file.directory, 'members.yaml');
    const told = (message: RegExp) =>
      vi.waitFor(
        () => expect(daemon.logged.some(({ msg }) => message.test(String(msg)))).toBe(true),
        patience,
      );
    writeFileSync(members, 'members: nobody\n');
    daemon.signal('SIGHUP');
    await told(/the members in force stay/);
    expect((await daemon.status()).members).toBe(1);

    const [card] = knownMember.cards;
    writeFileSync(
      members,
      stringify({ members: [{ ...knownMember, cards: [{ ...card, status: 'blocked' }] }] }),
    );
    daemon.signal('SIGHUP');
    await told(/members read again/);
    // A reader takes the same card again after a while only.
    await vi.waitFor(
      () => {
        scan();
        expect(pushes.of('card.refused')[0]).toMatchObject({ refusal: 'blocked' });
      },
      { ...patience, interval: 2000 },
    );
    expect(pushes.of('member.brief')).toHaveLength(1);
  });

  it('M189: neither the log nor the database holds a card number', async () => {
    const { reader, file } = await oneDispenserStation();
    const daemon = await runStation(file);
    await readersOnline(daemon);
    const pushes = await daemon.events();
    reader.printf(rdm6300(knownTag));
    await vi.waitFor(() => expect(pushes.of('member.brief')).toHaveLength(1), patience);
    const { store } = await daemon.status();
    expect(await daemon.stop()).toEqual(clean);
    expect(JSON.stringify(daemon.logged)).not.toContain(knownTag);
    expect(readFileSync(store.path).includes(knownTag)).toBe(false);
  });
});
