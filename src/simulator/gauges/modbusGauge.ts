/** A simulated Modbus gauge: the registers of its profile, made from its tanks at the moment they are read. */
import { registerKey } from '../../core/registers/image.ts';
import { gaugeEncoder } from '../../core/registers/tankEncoder.ts';
import type { GaugeProfile } from '../../model/config/gaugeProfile.ts';
import type { RegisterBank } from '../slave.ts';
import type { GaugeShows } from '../tanks/shows.ts';

const milli = (value: number): number => Math.round(value * 1000);

/** `tanks`: by the gauge's own number; those that are not there read as zero. */
export function modbusGaugeBank(
  profile: GaugeProfile,
  tanks: ReadonlyMap<number, () => GaugeShows>,
  alive: boolean,
): RegisterBank {
  const encoder = gaugeEncoder(profile);
  let beat = 0;
  return {
    read(table, address, count) {
      beat = (beat + 1) % 60_000;
      const registers = encoder.gauge({ standing: [], beat });
      for (const [number, shows] of tanks) {
        const now = shows();
        const values = {
          volume: milli(now.volumeLitres),
          correctedVolume: milli(now.volume15Litres),
          ullage: milli(now.ullageLitres),
          height: Math.round(now.heightMm * 10),
          water: Math.round(now.waterMm * 10),
          waterVolume: milli(now.waterLitres),
          temperature: Math.round(now.temperatureC * 100),
          density: null,
        };
        encoder.tank(
          number,
          { values, delivery: now.deliveryInProgress, leakTest: false, standing: [] },
          registers,
        );
      }
      return Array.from(
        { length: count },
        (_, index) => registers.get(registerKey(table, address + index)) ?? 0,
      );
    },
    write: () => 'illegal-address',
    hasHoles: () => false,
    powered: () => alive,
  };
}
