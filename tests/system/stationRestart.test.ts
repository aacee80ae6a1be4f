/** What a kill or a defect leaves to the next start of the daemon. */
import { describe, expect, it, vi } from 'vitest';
import { openStore } from '../../src/store/store.ts';
import { knownTag, oneDispenserStation } from '../support/oneDispenserStation.ts';
import { rdm6300, readersOnline } from '../support/shellReader.ts';
import { runStation, writeStation } from '../support/station.ts';
import { manualClock, recordingLog } from '../support/tempStore.ts';
import { fill } from '../support/walk.ts';

const patience = { timeout: 60_000, interval: 50 };

describe('a restart', () => {
  it('M179: a sale that waited when the daemon was killed is credited by the next one, once', {
    timeout: 120_000,
  }, async () => {
    const { dispenser, reader, file } = await oneDispenserStation({
      // Long enough to be killed meanwhile, and a scan is still one after the end when the sale is in the books.
      station: { matching: { waitS: 20, afterS: 60 } },
    });
    const first = await runStation(file);
    await first.reaches('FP1', 'idle');
    await readersOnline(first);
    const sale = await fill(first, 'FP1', dispenser);
    reader.printf(rdm6300(knownTag));
    await vi.waitFor(async () => {
      const { attribution, reason } = await first.sale(sale.id);
      expect({ attribution, reason }).toEqual({
        attribution: 'ambiguous',
        reason: expect.stringMatching(/^waits/),
      });
    }, patience);
    expect(await first.stop('SIGKILL')).toMatchObject({ signal: 'SIGKILL' });

    const second = await runStation(file);
    await vi.waitFor(
      async () => expect(await second.sale(sale.id)).toMatchObject({ attribution: 'attributed' }),
      patience,
    );
    expect(await second.sale(sale.id)).toMatchObject({ member: 'm-1', points: 40 });
    expect((await second.sale(sale.id)).reason).toMatch(/^scan-after/);
    expect(await second.sales()).toHaveLength(1);
    await second.stop();
    const store = openStore({
      directory: `${file.directory}/store`,
      clock: manualClock(),
      log: recordingLog(),
      site: 'S1',
    });
    expect(store.ledger.balance('member:m-1')).toBe(40);
    const rows = store.feed.read('business', 0, 1000).map(({ type }) => type);
    expect(rows.filter((type) => type === 'sale.attributed')).toHaveLength(1);
    expect(rows.filter((type) => type === 'credit.posted')).toHaveLength(1);
    store.close();
  });

  it('after a defect that nothing caught: exit code 70, the reason in the journal, and the next start is a clean one', {
    timeout: 90_000,
  }, async () => {
    const file = writeStation();
    const preload = `data:text/javascript,${encodeURIComponent(
      "process.on('SIGUSR2', () => { throw new TypeError('nobody expected this'); });",
    )}`;
    const first = await runStation(file, { preload });
    await vi.waitFor(() => expect(first.logged.map(({ msg }) => msg)).toContain('station runs'), patience);
    expect(await first.stop('SIGUSR2')).toEqual({ code: 70, signal: null });
    expect(first.logged.map(({ msg }) => msg)).toContain(
      'an exception that nothing caught: the station ends and is to be started again',
    );
    const second = await runStation(file);
    expect((await second.status()).site).toBeDefined();
    expect(await second.stop()).toEqual({ code: 0, signal: null });
    const store = openStore({
      directory: `${file.directory}/store`,
      clock: manualClock(),
      log: recordingLog(),
      site: 'S1',
    });
    const reasons = store.feed
      .read('business', 0, 1000)
      .filter(({ type }) => type === 'station.stopped')
      .map(({ data }) => (JSON.parse(data) as { reason: string }).reason);
    store.close();
    expect(reasons).toEqual([expect.stringMatching(/^defect: .*nobody expected this/), 'SIGTERM']);
  });
});
