/** The daemon against a dispenser held by libmodbus, over a serial line and over TCP; both ends real. */
import { describe, expect, it, vi } from 'vitest';
import { startSlave } from '../support/modbusSlave.ts';
import { be32Dispenser, compacDispenser, watched } from '../support/peerDispensers.ts';
import { runStation, writeStation } from '../support/station.ts';
import { fortyLitres, fuelling, hungUp, lifted } from '../support/walk.ts';

const patience = { timeout: 25_000, interval: 20 };

const stationOf = (line: object, profile: string, writes = false) =>
  writeStation({
    station: {
      lines: [{ id: 'bus', ...line }],
      devices: [{ id: 'd1', profile, line: 'bus', unit: 1, writes }],
      fuellingPoints: [{ id: 'FP1', device: 'd1', nozzles: [{ id: '1', grade: '92', tank: 'T1' }] }],
    },
  });

describe('a dispenser held by libmodbus', () => {
  for (const kind of ['serial', 'modbus-tcp'] as const) {
    it(`M19: generic-be32 over ${kind}: two sales with their numbers, each acknowledged`, {
      timeout: 60_000,
    }, async () => {
      const slave = await startSlave('libmodbus', kind);
      const dispenser = await be32Dispenser(slave, 1, {
        ...{ totalMl: 42_949_672_950 - 30_000, totalAmount: 1000, saleNumber: 9998 },
      });
      const daemon = await runStation(stationOf(slave.line, 'generic-be32', true));
      await daemon.reaches('FP1', 'idle');
      await watched(dispenser);
      for (const number of [9999, 1]) {
        await lifted(daemon, 'FP1', dispenser);
        await fuelling(daemon, 'FP1', dispenser);
        const acknowledged = () =>
          vi.waitFor(
            () => expect(slave.written.at(-1)).toEqual({ unit: 1, address: 24, values: [number] }),
            patience,
          );
        const sale = await hungUp(
          daemon,
          'FP1',
          dispenser,
          { ...fortyLitres, volumeMl: 25_000, amount: 19_625 },
          number === 1 ? 2 : 1,
          acknowledged,
        );
        expect(sale).toMatchObject({ volumeMl: 25_000, amount: 19_625, saleNumber: number, flags: [] });
      }
    });

    it(`M19: compac-c5000 over ${kind}: the totalizer tells the sale`, { timeout: 60_000 }, async () => {
      const slave = await startSlave('libmodbus', kind);
      // The totalizer starts again after 999999.99 L, in the middle of the sale.
      const dispenser = await compacDispenser(slave, 1, { totalMl: 999_990_000 });
      const daemon = await runStation(stationOf(slave.line, 'compac-c5000'));
      await daemon.reaches('FP1', 'idle');
      await watched(dispenser);
      await lifted(daemon, 'FP1', dispenser);
      await fuelling(daemon, 'FP1', dispenser);
      const sale = await hungUp(daemon, 'FP1', dispenser, fortyLitres, 1);
      expect(sale).toMatchObject({
        ...{ volumeMl: 40_000, amount: 31_400, price: 7850, quality: 'seen', flags: [] },
        ...{ totalizerStartMl: 999_990_000, totalizerEndMl: 30_000, saleNumber: null },
      });
      expect(slave.written).toEqual([]);
    });
  }
});
