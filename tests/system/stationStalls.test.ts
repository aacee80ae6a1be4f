/** A whole daemon on a disk that stalls two seconds at every sync, with dispensers of independent make on its lines. */
import { join } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import type { DeviceView } from '../../src/station/view.ts';
import { faultyDisk } from '../support/faultyDisk.ts';
import { knownTag, oneDispenserStation } from '../support/oneDispenserStation.ts';
import { watched } from '../support/peerDispensers.ts';
import { rdm6300, readersOnline } from '../support/shellReader.ts';
import { runStation } from '../support/station.ts';
import { fortyLitres, fuelling, hungUp, lifted } from '../support/walk.ts';

it('M203: a disk that stalls two seconds at every commit makes no time-out, no bad frame and no false sale', {
  timeout: 180_000,
}, async () => {
  const { dispenser, reader, file } = await oneDispenserStation();
  const disk = faultyDisk(join(file.directory, 'store'));
  onTestFinished(() => disk.remove());
  const daemon = await runStation(file, { env: disk.env });
  await daemon.reaches('FP1', 'idle');
  await readersOnline(daemon);
  await watched(dispenser);
  const device = async () => (await daemon.api<DeviceView[]>('/v1/devices'))[0];
  const before = await device();
  disk.stallSyncs(2_000);
  reader.printf(rdm6300(knownTag));
  await vi.waitFor(async () => expect((await daemon.status()).fuellingPoints[0]?.member).toBe('m-1'), {
    timeout: 25_000,
    interval: 50,
  });
  await lifted(daemon, 'FP1', dispenser);
  await fuelling(daemon, 'FP1', dispenser);
  const sale = await hungUp(daemon, 'FP1', dispenser, fortyLitres, 1);
  const { volumeMl, amount } = fortyLitres;
  expect(sale).toMatchObject({ volumeMl, amount });
  // Stalls in a row are longer than a scan waits, or a fuelling may go unseen: then a person decides. It is never another's.
  expect(['m-1', null]).toContain(sale.member);
  expect(disk.seen().stalled).toBeGreaterThan(4);
  disk.stallSyncs(0);
  expect(await device()).toMatchObject({
    ...{ state: 'online', timeouts: before?.timeouts, badFrames: before?.badFrames },
    ...{ strays: before?.strays, lateReplies: before?.lateReplies },
  });
  const { sales } = await daemon.status();
  expect(sales).toMatchObject({
    count: 1,
    volumeMl: fortyLitres.volumeMl,
    amount: fortyLitres.amount,
  });
  expect(await daemon.stop()).toEqual({ code: 0, signal: null });
});
