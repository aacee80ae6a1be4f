/** The simulator's gauges and the real drivers: what the station shows is what lies in the simulated ground. */
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { faultPresets } from '../../src/simulator/faults.ts';
import { createSimulation } from '../../src/simulator/simulation.ts';
import { loadStation } from '../../src/station/configuration/load.ts';
import { systemClock } from '../../src/station/systemClock.ts';
import type { DeliveryView, GaugeView, TankView } from '../../src/station/tanks/view.ts';
import { freePort } from '../support/freePort.ts';
import { runStation, writeStation } from '../support/station.ts';
import { recordingLog } from '../support/tempStore.ts';

const patience = { timeout: 60_000, interval: 200 };
const speed = 20;

async function simulatedStation(faults: object) {
  const [tls, modbus] = [await freePort(), await freePort()];
  const file = writeStation({
    station: {
      grades: [{ id: '92', densityKgPerM3: 740 }, { id: 'diesel' }],
      lines: [{ id: 'bus', kind: 'modbus-tcp', host: '127.0.0.1', port: modbus }],
      devices: [
        { id: 'd1', profile: 'generic-be32', line: 'bus', unit: 1, writes: true },
        { id: 'probe', profile: 'generic-gauge', line: 'bus', unit: 2 },
      ],
      gauges: [
        {
          ...{ id: 'G1', kind: 'tls', clock: 'utc', pollS: 1, timeoutMs: 1_000 },
          connection: { kind: 'tcp', host: '127.0.0.1', port: tls },
        },
        { id: 'G2', kind: 'modbus', device: 'probe' },
      ],
      tanks: [
        { id: 'T1', grade: '92', capacityLitres: 20_000, gauge: { gauge: 'G1', tank: 1 } },
        { id: 'T2', grade: 'diesel', capacityLitres: 30_000, gauge: { gauge: 'G2', tank: 1 } },
      ],
      fuellingPoints: [{ id: 'FP1', device: 'd1', nozzles: [{ id: '1', grade: 'diesel', tank: 'T2' }] }],
      wetStock: { deliverySettleMinutes: 0.1 },
    },
  });
  const { station } = loadStation(file.file);
  if (!station) throw new Error('the station file is not good');
  const simulation = createSimulation({
    ...{ station: station.config, profiles: station.profiles, members: [], seed: 5, speed },
    ...{ faults: faultPresets.off, log: recordingLog(), clock: systemClock },
    behaviour: { emptyMs: [2_000, 20_000] },
    tanks: {
      fill: { T1: 0.5, T2: 0.24 },
      // the station believes its first level 30 s after the dispensers answer: the truck comes later
      truckMs: 45_000 * speed,
      truckLitresPerMinute: 2_000,
      lateMs: 1_200,
      faults,
    },
  });
  await simulation.start();
  onTestFinished(() => simulation.stop());
  return { simulation, file };
}

describe("the simulator's gauges", () => {
  it('M173: levels agree with the truth while fuel is sold, and a delivery with sales during it is booked once', {
    timeout: 240_000,
  }, async () => {
    const { simulation, file } = await simulatedStation({});
    const daemon = await runStation(file);
    const tanks = () => daemon.api<TankView[]>('/v1/tanks');
    await vi.waitFor(
      async () => expect(await tanks()).toMatchObject([{ quality: 'good' }, { quality: 'good' }]),
      patience,
    );

    const delivery = await vi.waitFor(
      async () => {
        const [found] = await daemon.api<DeliveryView[]>('/v1/deliveries');
        expect(found).toBeDefined();
        return found as DeliveryView;
      },
      { timeout: 180_000, interval: 500 },
    );
    const [truth] = simulation.tanks.deliveries('T2');
    expect(truth).toBeDefined();
    expect(delivery).toMatchObject({ stock: 'T2', grade: 'diesel', source: 'rise' });
    // The table of the simulated gauge errs by up to 0.2 %, and one poll is twenty seconds of the forecourt.
    expect(Math.abs(delivery.volumeMl / 1000 - (truth?.litres ?? 0))).toBeLessThan(120);
    expect(await daemon.api<DeliveryView[]>('/v1/deliveries')).toHaveLength(1);

    simulation.noMoreCars();
    await simulation.done;
    await vi.waitFor(async () => {
      for (const tank of await tanks()) {
        const litres = simulation.tanks.truth(tank.id).litres;
        expect(Math.abs((tank.volumeMl ?? 0) / 1000 - litres), tank.id).toBeLessThan(30 + litres * 0.003);
      }
    }, patience);
    await daemon.stop();
  });

  it('faults on the cable cost readings and never bring a wrong one', { timeout: 90_000 }, async () => {
    const faults = {
      'bit-flip': 0.1,
      truncated: 0.1,
      noise: 0.1,
      silence: 0.05,
      late: 0.05,
      'link-drop': 0.05,
    };
    const { simulation, file } = await simulatedStation(faults);
    const daemon = await runStation(file);
    let looks = 0;
    const seen = new Set<string>();
    while (looks < 60) {
      const [tank] = await daemon.api<TankView[]>('/v1/tanks');
      looks++;
      if (tank?.volumeMl != null && tank.at !== null && !seen.has(tank.at)) {
        seen.add(tank.at);
        // nobody draws from this one: it stays where it is
        const { litres } = simulation.tanks.truth('T1');
        expect(Math.abs(tank.volumeMl / 1000 - litres)).toBeLessThan(30 + litres * 0.003);
      }
      await new Promise((resolve) => setTimeout(resolve, 400));
    }
    expect(seen.size).toBeGreaterThan(3);
    const [gauge] = await daemon.api<GaugeView[]>('/v1/gauges');
    expect((gauge?.badFrames ?? 0) + (gauge?.timeouts ?? 0)).toBeGreaterThan(0);
    await daemon.stop();
  });
});
