/** The daemon against a tank gauge written from the protocol's description alone; both ends real. */

import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { DeliveryView, GaugeView, TankAlarmView, TankView } from '../../src/station/tanks/view.ts';
import { cli, runStation, writeStation } from '../support/station.ts';
import { startTlsPeer } from '../support/tlsGaugePeer.ts';

const patience = { timeout: 25_000, interval: 100 };

/** As i201: volume, TC volume, ullage, height, water, temperature, water volume. */
const floats = (litres: number, water = 0, temperature = 15): number[] => [
  ...[litres, litres, 30_000 - litres, litres / 12],
  ...[water, temperature, 0],
];
const minutes = (at: number): string => new Date(at).toISOString().replace(/\D/g, '').slice(2, 12);

async function tankStation() {
  const peer = await startTlsPeer('tcp');
  onTestFinished(() => peer.stop());
  await peer.set({ tanks: { 1: { product: '1', status: 0, floats: floats(9_000) } } });
  const file = writeStation({
    station: {
      grades: [{ id: '92', densityKgPerM3: 740 }],
      gauges: [
        {
          ...{ id: 'G1', kind: 'tls', clock: 'utc', pollS: 1 },
          connection: { kind: 'tcp', host: '127.0.0.1', port: peer.port },
        },
      ],
      wetStock: { deliverySettleMinutes: 0.1 },
      tanks: [
        {
          id: 'T1',
          grade: '92',
          capacityLitres: 30_000,
          gauge: { gauge: 'G1', tank: 1 },
          limits: { highLitres: 16_000, overfillLitres: 16_500 },
        },
        { id: 'T2', grade: '92', capacityLitres: 20_000 },
      ],
    },
  });
  return { peer, file };
}

/** Moves what the tank side remembers into the past, as if the box had been off since. */
function hoursAgo(path: string, hours: number): void {
  const ms = hours * 3_600_000;
  const db = new Database(path);
  const earlier = (state: string): string =>
    state.replace(/\b1\d{12}\b/g, (instant) => String(Number(instant) - ms));
  for (const { name, state } of db
    .prepare<[], { name: string; state: string }>('SELECT * FROM tank_machines')
    .all())
    db.prepare('UPDATE tank_machines SET state = ? WHERE name = ?').run(earlier(state), name);
  db.prepare('UPDATE tank_levels SET at = at - ?').run(ms);
  db.close();
}

describe('tanks of a station', () => {
  it('M173: level, overfill alarm and a delivery made while the box was off; the books, the API and the command line agree', {
    timeout: 90_000,
  }, async () => {
    const { peer, file } = await tankStation();
    const first = await runStation(file);
    await vi.waitFor(async () => {
      const [tank] = await first.api<TankView[]>('/v1/tanks');
      expect(tank).toMatchObject({
        ...{ id: 'T1', quality: 'good', volumeMl: 9_000_000, temperatureCentiC: 1_500, alarms: [] },
        ...{ volumeAt15Ml: 9_000_000, ullageMl: 19_500_000, capacityMl: 30_000_000 },
      });
    }, patience);
    const [gauge] = await first.api<GaugeView[]>('/v1/gauges');
    expect(gauge).toMatchObject({ id: 'G1', online: true, reason: '', tanks: ['T1'] });
    expect(gauge?.notes[0]).toBe('computer format, i201, metric');
    await first.stop();

    // The truck comes while nobody looks.
    hoursAgo(join(file.directory, 'store/forecourt.db'), 2);
    const began = Date.now() - 90 * 60_000;
    await peer.set({
      tanks: { 1: { product: '1', status: 0, floats: floats(17_000) } },
      deliveries: {
        1: [
          {
            ...{ start: minutes(began), end: minutes(began + 20 * 60_000) },
            floats: [...floats(9_000).slice(0, 2), 0, 15, 17_000, 17_000, 0, 15, 750, 1_416],
          },
        ],
      },
    });
    const second = await runStation(file);
    const delivery = await vi.waitFor(async () => {
      const [found] = await second.api<DeliveryView[]>('/v1/deliveries');
      expect(found).toBeDefined();
      return found as DeliveryView;
    }, patience);
    expect(delivery).toMatchObject({ stock: 'T1', grade: '92', source: 'gauge', volumeMl: 8_000_000 });
    await vi.waitFor(async () => {
      const alarms = await second.api<TankAlarmView[]>('/v1/tank-alarms');
      expect(alarms.map(({ kind, tank }) => [kind, tank])).toEqual([['overfill', 'T1']]);
    }, patience);

    const acknowledged = await cli(
      ...['alarms', 'acknowledge', '1', '--by', 'Li Na', '--note', 'truck is stopped'],
      ...['--station', file.file],
    );
    expect(acknowledged).toMatchObject({ code: 0, stderr: '' });
    const pictures = await cli('tanks', '--station', file.file);
    expect(pictures.stdout).toContain('T1');
    expect(pictures.stdout).toMatch(/17.000/);
    const listed = await cli('deliveries', '--json', '--station', file.file);
    expect(JSON.parse(listed.stdout)).toMatchObject([{ key: delivery.key, volumeMl: 8_000_000 }]);
    await second.stop();

    // Started once more: the gauge still lists the delivery, and it is not booked again.
    const third = await runStation(file);
    await vi.waitFor(async () => {
      const [tank] = await third.api<TankView[]>('/v1/tanks');
      expect(tank?.volumeMl).toBe(17_000_000);
    }, patience);
    expect(await third.api<DeliveryView[]>('/v1/deliveries')).toHaveLength(1);
    expect(await third.api<TankAlarmView[]>('/v1/tank-alarms')).toMatchObject([
      { kind: 'overfill', acknowledgedBy: 'Li Na', note: 'truck is stopped', clearedAt: null },
    ]);
    await third.stop();

    const db = new Database(join(file.directory, 'store/forecourt.db'), { readonly: true });
    onTestFinished(() => void db.close());
    const types = db
      .prepare<[], string>(
        "SELECT type FROM journal_business WHERE type LIKE 'delivery%' OR type LIKE 'tank%'",
      )
      .pluck()
      .all();
    expect(types.sort()).toEqual(['delivery.completed', 'tank.alarm-acknowledged', 'tank.alarm-raised']);
  });

  it("M173: an alarm that came and went while the box was off is read from the gauge's history, once", {
    timeout: 90_000,
  }, async () => {
    const { peer, file } = await tankStation();
    const database = join(file.directory, 'store/forecourt.db');
    const measured = async (): Promise<Awaited<ReturnType<typeof runStation>>> => {
      const daemon = await runStation(file);
      await vi.waitFor(
        async () =>
          expect((await daemon.api<TankView[]>('/v1/tanks'))[0]).toMatchObject({ volumeMl: 9_000_000 }),
        patience,
      );
      return daemon;
    };
    await (await measured()).stop();

    const now = Date.now();
    const at = (minutesAgo: number): string => minutes(now - minutesAgo * 60_000);
    // Overfill (04) rose and was over, high water (03) rose and stands; one before the outage is no news.
    await peer.set({
      alarms: ['020301'],
      alarm_history: [
        ...[`0200040102${at(400)}`, `0200040101${at(390)}`],
        ...[`0200040102${at(90)}`, `0200040101${at(60)}`, `0200030102${at(30)}`],
      ],
    });
    const alarmsOf = async (): Promise<TankAlarmView[]> => {
      hoursAgo(database, 2);
      const daemon = await measured();
      const all = await vi.waitFor(async () => {
        const found = await daemon.api<TankAlarmView[]>('/v1/tank-alarms?all=true');
        expect(found).toHaveLength(2);
        return found;
      }, patience);
      const listed = await cli('alarms', '--all', '--json', '--station', file.file);
      expect(JSON.parse(listed.stdout)).toEqual(all);
      await daemon.stop();
      return all;
    };
    const near = (text: string | null | undefined, minutesAgo: number) =>
      expect(Math.abs(Date.parse(text ?? '') - (now - minutesAgo * 60_000))).toBeLessThan(2.5 * 60_000);
    for (const [water, overfill] of [await alarmsOf(), await alarmsOf()]) {
      expect(overfill).toMatchObject({ kind: 'overfill', tank: 'T1' });
      expect(overfill?.text).toBe("The gauge's history says: overfill (0204).");
      near(overfill?.raisedAt, 90);
      near(overfill?.clearedAt, 60);
      expect(water).toMatchObject({ kind: 'water', tank: 'T1', clearedAt: null });
      near(water?.raisedAt, 30);
    }
    const db = new Database(database, { readonly: true });
    onTestFinished(() => void db.close());
    const told = db
      .prepare<[], string>(
        "SELECT type || ' ' || json_extract(data, '$.kind') || ' ' || json_extract(data, '$.source') FROM journal_business WHERE type LIKE 'tank.alarm%' ORDER BY seq",
      )
      .pluck()
      .all();
    expect(told).toEqual([
      'tank.alarm-raised overfill history',
      'tank.alarm-cleared overfill history',
      'tank.alarm-raised water history',
    ]);
  });

  it('a gauge that falls silent is an alarm, its tank is not known, and both end by themselves', {
    timeout: 60_000,
  }, async () => {
    const { peer, file } = await tankStation();
    const daemon = await runStation(file);
    const standing = () => daemon.api<TankAlarmView[]>('/v1/tank-alarms');
    await vi.waitFor(
      async () => expect((await daemon.api<GaugeView[]>('/v1/gauges'))[0]?.online).toBe(true),
      patience,
    );
    await peer.set({ silent: true });
    await vi.waitFor(
      async () =>
        expect(await standing()).toMatchObject([{ kind: 'gauge-offline', subject: 'G1', tank: null }]),
      patience,
    );
    await peer.set({ silent: false });
    await vi.waitFor(async () => expect(await standing()).toEqual([]), patience);
    expect((await daemon.api<TankView[]>('/v1/tanks'))[1]).toMatchObject({
      ...{ id: 'T2', quality: 'unknown', reason: 'no gauge measures it', volumeMl: null },
    });
  });
});
