/** The driver of TLS gauges at the simulator's: a serial cable with every fault, a clone, a delivery while nobody asked. */
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { stationSchema } from '../../src/model/config/station.ts';
import { instant } from '../../src/model/units.ts';
import { faultPresets } from '../../src/simulator/faults.ts';
import type { TankOptions } from '../../src/simulator/gauges/options.ts';
import { createSimulation } from '../../src/simulator/simulation.ts';
import { systemClock } from '../../src/station/systemClock.ts';
import { freePort } from '../support/freePort.ts';
import { joinPtys } from '../support/socatPtys.ts';
import { recordingLog, tempDirectory } from '../support/tempStore.ts';
import { watchGauge } from '../support/watchedGauge.ts';

const tankIds = ['T1', 'T2'] as const;
const patience = { timeout: 90_000, interval: 50 };

/** Two tanks that nobody draws from, and their gauge. */
async function simulate(
  connection: object,
  tanks: Partial<TankOptions>,
  more: { speed?: number; serial?: string } = {},
) {
  const station = stationSchema.parse({
    site: { id: 'T', zone: 'UTC' },
    ...{ store: { directory: 'x' }, program: 'x', grades: [{ id: '92', densityKgPerM3: 740 }] },
    gauges: [{ id: 'G', kind: 'tls', connection, clock: 'utc' }],
    tanks: tankIds.map((id, index) => ({
      ...{ id, grade: '92', capacityLitres: 20_000, gauge: { gauge: 'G', tank: index + 1 } },
    })),
  });
  const simulation = createSimulation({
    ...{ station, profiles: new Map(), members: [], seed: 7, speed: more.speed ?? 1 },
    ...{ faults: faultPresets.off, log: recordingLog(), clock: systemClock },
    serialPaths: more.serial === undefined ? {} : { G: more.serial },
    tanks: { orderBelow: 0, fill: { T1: 0.5, T2: 0.2 }, ...tanks },
  });
  await simulation.start();
  onTestFinished(() => simulation.stop());
  return simulation;
}

/** The gauge's table errs by up to 0.2 %, its probe by a few tenths of a millimetre: ten litres and less. */
const tolerance = (litres: number): number => 15 + 0.003 * litres;

describe('the driver at a simulated gauge', () => {
  it('on a serial cable with every fault: no value that is not the tank’s, and none of the other tank', {
    timeout: 120_000,
  }, async () => {
    const cable = await joinPtys(tempDirectory(), 'gauge');
    onTestFinished(() => cable.stop());
    const rate = 0.04;
    const simulation = await simulate(
      { kind: 'serial', path: cable.near },
      {
        securityCodes: { G: 'SECRET' },
        lateMs: 450,
        faults: {
          ...{ late: rate, silence: rate, noise: rate, truncated: rate, 'bit-flip': rate },
          'unknown-fields': rate,
        },
      },
      { serial: cable.far },
    );
    const watched = watchGauge(
      { connection: { kind: 'serial', path: cable.near } as never, pollS: 1, timeoutMs: 400 },
      { tanks: [1, 2], securityCode: 'SECRET' },
    );
    const good = () => watched.of('tank').filter(({ quality }) => quality === 'good');
    await vi.waitFor(() => expect(good().length).toBeGreaterThan(40), patience);
    for (const { tank, volume, height, temperature } of good()) {
      const truth = simulation.tanks.truth(tankIds[tank - 1] ?? '');
      expect(Math.abs((volume ?? 0) / 1000 - truth.litres)).toBeLessThan(tolerance(truth.litres));
      expect(Math.abs((height ?? 0) / 10 - truth.heightMm)).toBeLessThan(2);
      expect(Math.abs((temperature ?? 0) / 100 - truth.temperatureC)).toBeLessThan(0.3);
    }
    const { timeouts, badFrames, lateReplies } = watched.gauge.stats();
    expect(timeouts + badFrames + lateReplies).toBeGreaterThan(0);
  });

  it('a wrong security code is told as a silence, with the mend', { timeout: 60_000 }, async () => {
    const port = await freePort();
    const connection = { kind: 'tcp', host: '127.0.0.1', port } as const;
    await simulate(connection, { securityCodes: { G: 'SECRET' } });
    const watched = watchGauge({ connection, pollS: 1, timeoutMs: 200 }, { securityCode: 'WRONG1' });
    await watched.until(() => watched.of('health').some(({ online }) => !online));
    expect(watched.of('health')[0]?.reason).toContain('securityCode');
    expect(watched.of('tank')).toEqual([]);
  });

  it('a clone that prints only, slowly and in centimetres, is read as the others', {
    timeout: 60_000,
  }, async () => {
    const port = await freePort();
    const connection = { kind: 'tcp', host: '127.0.0.1', port } as const;
    const habits = { displayOnly: true, centimetres: true, slowMs: 150 };
    const simulation = await simulate(connection, { habits: { G: habits } });
    const watched = watchGauge(
      { connection, pollS: 1, timeoutMs: 1_000, units: 'metric', heightUnit: 'cm' },
      { tanks: [1, 2] },
    );
    await watched.until(() => watched.of('tank').length >= 4);
    for (const { tank, volume, height, quality } of watched.of('tank')) {
      const truth = simulation.tanks.truth(tankIds[tank - 1] ?? '');
      expect(quality).toBe('good');
      expect(Math.abs((volume ?? 0) / 1000 - truth.litres)).toBeLessThan(tolerance(truth.litres));
      expect(Math.abs((height ?? 0) / 10 - truth.heightMm)).toBeLessThan(2);
    }
    expect(watched.gauge.stats().format).toBe('display');
  });

  it('M173: a delivery and an alarm of the time when nobody asked are told afterwards; the clock is set on command', {
    timeout: 90_000,
  }, async () => {
    const port = await freePort();
    const connection = { kind: 'tcp', host: '127.0.0.1', port } as const;
    const simulation = await simulate(
      connection,
      {
        ...{ orderBelow: 0.25, truckMs: 0, truckLitresPerMinute: 4_000, waterLitres: { T1: 120 } },
        clockErrorMs: { G: 3_600_000 },
      },
      { speed: 120 },
    );
    const asked = Date.now();
    await vi.waitFor(() => expect(simulation.tanks.deliveries('T2')).toHaveLength(1), patience);
    // Until the surface is quiet and the gauge has written its report.
    const [truth] = simulation.tanks.deliveries('T2');
    const reportedMs = (truth?.endedAt ?? 0) + 620_000;
    await vi.waitFor(() => expect((Date.now() - asked) * 120).toBeGreaterThan(reportedMs), patience);

    const watched = watchGauge(
      { connection, pollS: 1, timeoutMs: 2_000 },
      { tanks: [1, 2], since: () => instant(asked - 7_200_000) },
    );
    await watched.until(() => watched.of('delivery').length > 0 && watched.of('alarms-complete').length > 0);
    const [delivery, ...others] = watched.of('delivery');
    expect(others).toEqual([]);
    expect(delivery?.tank).toBe(2);
    const came = ((delivery?.endVolume ?? 0) - (delivery?.startVolume ?? 0)) / 1000;
    expect(Math.abs(came - (truth?.litres ?? 0))).toBeLessThan(tolerance(truth?.litres ?? 0) * 2);
    // By the station's clock, although the gauge's is an hour ahead: within the minute that it prints.
    expect(Math.abs((delivery?.startedAt ?? 0) - asked)).toBeLessThan(150_000);
    expect(watched.of('alarm')).toContainEqual(
      expect.objectContaining({ tank: 1, alarm: 'water', source: 'live', active: true }),
    );
    expect(Math.abs((watched.gauge.stats().clockOffsetMs ?? 0) - 3_600_000)).toBeLessThan(61_000);
    await watched.gauge.setClock();
    await watched.until(() => Math.abs(watched.gauge.stats().clockOffsetMs ?? 1e9) < 61_000);
  });
});
