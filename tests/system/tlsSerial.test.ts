/** The driver against an independent gauge in Python, over pseudo-terminals. */
import { expect, it, onTestFinished } from 'vitest';
import { joinPtys } from '../support/socatPtys.ts';
import { tempDirectory } from '../support/tempStore.ts';
import { startTlsPeer } from '../support/tlsGaugePeer.ts';
import { watchGauge } from '../support/watchedGauge.ts';

const tank = (litres: number) => ({
  product: '1',
  status: 0,
  floats: [litres, litres, 5000, 1000, 0, 15, 0],
});

it('a gauge on a serial port: read, unplugged in the middle of a reply, plugged in again', async () => {
  const directory = tempDirectory();
  const cable = await joinPtys(directory, 'gauge');
  const peer = await startTlsPeer('serial', cable.far, '9600', '--pace');
  await peer.set({ code: 'SECRET', tanks: { 1: tank(1000), 2: tank(3000) } });
  const watched = watchGauge(
    { connection: { kind: 'serial', path: cable.near } as never, pollS: 1, timeoutMs: 800 },
    { tanks: [1, 2], securityCode: 'SECRET' },
  );
  await watched.until(() => watched.of('tank').length >= 4);
  expect(watched.of('tank').slice(0, 2)).toMatchObject([
    { tank: 1, volume: 1_000_000, quality: 'good' },
    { tank: 2, volume: 3_000_000, quality: 'good' },
  ]);
  await peer.set({ faults: [{ half: 40 }] });
  await watched.until(() => watched.gauge.stats().timeouts > 0);
  await cable.stop();
  await watched.until(() => watched.of('health').at(-1)?.online === false);
  await peer.stop();

  const again = await joinPtys(directory, 'gauge');
  onTestFinished(() => again.stop());
  const back = await startTlsPeer('serial', again.far, '9600');
  onTestFinished(() => back.stop());
  await back.set({ code: 'SECRET', tanks: { 1: tank(2000), 2: tank(3000) } });
  await watched.until(() => watched.of('tank').at(-2)?.volume === 2_000_000);
  expect(watched.of('health').map(({ online }) => online)).toEqual([true, false, true]);
  const known = watched.of('tank').map(({ volume }) => volume);
  expect(new Set(known)).toEqual(new Set([1_000_000, 2_000_000, 3_000_000]));
});
