/** The daemon against dispensers held by pymodbus, over every kind of line; both ends real. */
import { describe, expect, it, vi } from 'vitest';
import { type LineKind, startSlave } from '../support/modbusSlave.ts';
import { be32Dispenser, compacDispenser, watched } from '../support/peerDispensers.ts';
import { runStation, writeStation } from '../support/station.ts';
import { fortyLitres, fuelling, hungUp, lifted } from '../support/walk.ts';

const patience = { timeout: 25_000, interval: 20 };
const kinds: readonly LineKind[] = ['serial', 'rtu-over-tcp', 'modbus-tcp'];

describe('dispensers held by pymodbus', () => {
  for (const kind of kinds) {
    it(`M19: both shipped kinds on one ${kind} line: idle, lifted, fuelling, completed, acknowledged, idle`, {
      timeout: 60_000,
    }, async () => {
      const slave = await startSlave('pymodbus', kind);
      const be32 = await be32Dispenser(slave, 1);
      const compac = await compacDispenser(slave, 2);
      const daemon = await runStation(
        writeStation({
          station: {
            lines: [{ id: 'bus', ...slave.line }],
            devices: [
              { id: 'd1', profile: 'generic-be32', line: 'bus', unit: 1, writes: true },
              { id: 'd2', profile: 'compac-c5000', line: 'bus', unit: 2 },
            ],
            fuellingPoints: [
              { id: 'FP1', device: 'd1', nozzles: [{ id: '1', grade: '92', tank: 'T1' }] },
              { id: 'FP2', device: 'd2', nozzles: [{ id: '2', grade: '95' }] },
            ],
          },
        }),
      );
      await daemon.reaches('FP1', 'idle');
      await daemon.reaches('FP2', 'idle');
      await Promise.all([watched(be32), watched(compac)]);

      await lifted(daemon, 'FP1', be32);
      await lifted(daemon, 'FP2', compac);
      await fuelling(daemon, 'FP1', be32);
      await fuelling(daemon, 'FP2', compac);
      await vi.waitFor(async () => {
        const { fuellingPoints } = await daemon.status();
        const live = { volumeMl: 20_000, amount: 15_700, price: 7850 };
        expect(fuellingPoints).toMatchObject([
          { id: 'FP1', nozzle: '1', grade: '92', ...live },
          { id: 'FP2', nozzle: '2', grade: '95', ...live },
        ]);
      }, patience);

      // The acknowledge: the sale's number into register 24, and nothing else was ever written.
      const acknowledged = () =>
        vi.waitFor(
          () => expect(slave.written).toContainEqual({ unit: 1, address: 24, values: [8] }),
          patience,
        );
      const first = await hungUp(daemon, 'FP1', be32, fortyLitres, 1, acknowledged);
      const sold = { volumeMl: 40_000, amount: 31_400, price: 7850, quality: 'seen', flags: [] };
      expect(first).toMatchObject({
        ...{ fuellingPoint: 'FP1', nozzle: '1', grade: '92', tank: 'T1', ...sold },
        ...{ totalizerStartMl: 1_000_000, totalizerEndMl: 1_040_000, saleNumber: 8, endCode: 1 },
      });
      const second = await hungUp(
        daemon,
        'FP2',
        compac,
        { ...fortyLitres, volumeMl: 41_500, amount: 32_578 },
        2,
      );
      expect(second).toMatchObject({
        ...{ fuellingPoint: 'FP2', nozzle: '2', grade: '95', volumeMl: 41_500, amount: 32_578 },
        ...{ totalizerStartMl: 1_234_560, totalizerEndMl: 1_276_060, saleNumber: null, endCode: 1 },
        ...{ quality: 'seen', flags: [] },
      });
      expect(slave.written.every(({ unit, address }) => unit === 1 && address === 24)).toBe(true);
      expect((await daemon.sales()).map(({ key }) => key)).toEqual([
        'FP2:2:g0:1234560-1276060',
        'FP1:1:g0:1000000-1040000#8',
      ]);
    });
  }

  it('an acknowledge is not written where the installer did not enable writes', async () => {
    const slave = await startSlave('pymodbus', 'modbus-tcp');
    const dispenser = await be32Dispenser(slave, 1);
    const daemon = await runStation(
      writeStation({
        station: {
          lines: [{ id: 'bus', ...slave.line }],
          devices: [{ id: 'd1', profile: 'generic-be32', line: 'bus', unit: 1 }],
          fuellingPoints: [{ id: 'FP1', device: 'd1', nozzles: [{ id: '1', grade: '92' }] }],
        },
      }),
    );
    await daemon.reaches('FP1', 'idle');
    await watched(dispenser);
    await lifted(daemon, 'FP1', dispenser);
    await fuelling(daemon, 'FP1', dispenser);
    await dispenser.hangUp(fortyLitres);
    await daemon.sold(1);
    await watched(dispenser);
    expect(slave.written).toEqual([]);
  });
});
