/** A simulated station of two tanks, one behind a TLS gauge and one behind a Modbus gauge, with a dispenser that draws from it. */
import { onTestFinished } from 'vitest';
import { faultPresets } from '../../src/simulator/faults.ts';
import { createSimulation } from '../../src/simulator/simulation.ts';
import { loadStation } from '../../src/station/configuration/load.ts';
import { systemClock } from '../../src/station/systemClock.ts';
import { freePort } from './freePort.ts';
import { writeStation } from './station.ts';
import { recordingLog } from './tempStore.ts';

const speed = 20;

/** `timeoutMs`: of the gauge's driver; a late reply comes after it. Daemons are started by the test. */
export async function simulatedGauges({ faults = {}, timeoutMs = 1_000 } = {}) {
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
          ...{ id: 'G1', kind: 'tls', clock: 'utc', pollS: 1, timeoutMs },
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
      lateMs: timeoutMs * 1.2,
      faults,
    },
  });
  await simulation.start();
  onTestFinished(() => simulation.stop());
  return { simulation, file };
}
