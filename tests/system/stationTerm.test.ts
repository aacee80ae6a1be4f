/** SIGTERM in the middle of anything: the daemon ends cleanly each time, and what was sold is sold. */

import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it, vi } from 'vitest';
import { parse, stringify } from 'yaml';
import { faultPresets } from '../../src/simulator/faults.ts';
import { seededRandom } from '../../src/simulator/physics/random.ts';
import { startScriptedBroker } from '../support/scriptedBroker.ts';
import { cli, type Daemon, runStation, type StationFile, startCli } from '../support/station.ts';
import { journalled, simulate, writeBusyStation } from '../support/thousandSales.ts';

const clean = { code: 0, signal: null };
const sales = 150;
const rounds = 8;
/** `TimeoutStopSec` of the unit: whoever takes longer is killed. */
const stopWithinMs = 15_000;

function change(file: StationFile, parts: object): void {
  const plain = parse(readFileSync(file.file, 'utf8')) as object;
  writeFileSync(file.file, stringify({ ...plain, ...parts }));
}

const idle = (daemon: Daemon) =>
  vi.waitFor(
    async () => {
      const { fuellingPoints } = await daemon.status();
      expect(fuellingPoints.map(({ state }) => state)).toEqual(fuellingPoints.map(() => 'idle'));
      const devices = await daemon.api<{ requests: number }[]>('/v1/devices');
      for (const { requests } of devices) expect(requests).toBeGreaterThan(20);
    },
    { timeout: 25_000, interval: 100 },
  );

async function stops(daemon: Daemon): Promise<void> {
  const late = new Promise<string>((resolve) => setTimeout(resolve, stopWithinMs, 'not ended'));
  expect(await Promise.race([daemon.stop(), late])).toEqual(clean);
  expect(daemon.logged.filter(({ level }) => Number(level) >= 50)).toEqual([]);
}

describe('SIGTERM', { timeout: 300_000 }, () => {
  it('M203: at random moments of a busy day, with a broker that acknowledges nothing, ends it cleanly and loses nothing', async () => {
    // The birth is taken, so that events are under way at each end.
    const broker = await startScriptedBroker({
      answer: ({ topic }) => (topic.includes('/events/') ? 'silent' : 0),
    });
    const station = await writeBusyStation();
    change(station, { mqtt: { host: '127.0.0.1', port: broker.port } });
    const night = await simulate(station, 0, faultPresets.off);
    const first = await runStation(station);
    await idle(first);
    await night.stop();
    const day = await simulate(station, sales, faultPresets.off);
    const random = seededRandom(5);
    let daemon = first;
    for (let round = 0; round < rounds; round++) {
      await new Promise((resolve) => setTimeout(resolve, 100 + random() * 1_500));
      await stops(daemon);
      daemon = await runStation(station);
    }
    await day.done;
    const truth = day.totals();
    const soldBy = async () => {
      const sums = new Map<string, number>();
      for (const { nozzle, volumeMl } of await daemon.sales())
        sums.set(nozzle, (sums.get(nozzle) ?? 0) + volumeMl);
      return sums;
    };
    await vi.waitFor(
      async () => {
        const sold = await soldBy();
        expect(truth.map(({ nozzle }) => [nozzle, sold.get(nozzle) ?? 0])).toEqual(
          truth.map(({ nozzle, volumeMl }) => [nozzle, volumeMl]),
        );
      },
      { timeout: 40_000, interval: 250 },
    );
    expect((await daemon.status()).ledgerSum).toBe(0);
    await stops(daemon);
    await day.stop();

    const completed = journalled(station, 'sale.completed');
    expect(new Set(completed.map(({ sale }) => sale)).size).toBe(completed.length);
    // Seen in its middle, sold once: each span begins where the one before ended.
    for (const list of Map.groupBy(completed, ({ nozzle }) => nozzle).values()) {
      const ends = list.map(({ totalizerEndMl }) => totalizerEndMl);
      expect(list.slice(1).map(({ totalizerStartMl }) => totalizerStartMl)).toEqual(ends.slice(0, -1));
    }
    expect(journalled(station, 'station.stopped')).toHaveLength(rounds + 1);
  });

  it('twice ends it at once, whatever it waits for, and the next start goes on', async () => {
    const broker = await startScriptedBroker({
      answer: ({ topic }) => (topic.includes('/events/') ? 'silent' : 0),
    });
    const station = await writeBusyStation();
    change(station, { mqtt: { host: '127.0.0.1', port: broker.port }, log: { level: 'info' } });
    const daemon = await runStation(station);
    await vi.waitFor(async () => expect((await daemon.status()).feed?.inFlight).toBeGreaterThan(0), {
      timeout: 25_000,
      interval: 20,
    });
    daemon.signal('SIGTERM');
    await vi.waitFor(() => expect(daemon.logged.some(({ msg }) => msg === 'station stops')).toBe(true), {
      timeout: 25_000,
      interval: 5,
    });
    expect(await daemon.stop('SIGINT')).toEqual({ code: 130, signal: null });
    await stops(await runStation(station));
  });

  it('while it starts ends it as cleanly', async () => {
    const station = await writeBusyStation();
    // One that starts and ends, to know that it can; then one that is told to end as soon as it says a word.
    await stops(await runStation(station));
    change(station, { log: { level: 'info' } });
    const starting = startCli('run', station.file);
    await vi.waitFor(() => expect(starting.stdout()).not.toBe(''), { timeout: 25_000, interval: 1 });
    starting.signal('SIGTERM');
    expect(await starting.ended).toBe(0);
    expect((await cli('check', station.file)).code).toBe(0);
    await stops(await runStation(station));
  });
});
