/** A simulated Modbus gauge: the registers of its profile, made from its tanks at the moment they are read. */
import { type RegisterMap, registerKey } from '../../core/registers/image.ts';
import { gaugeEncoder } from '../../core/registers/tankEncoder.ts';
import type { GaugeProfile } from '../../model/config/gaugeProfile.ts';
import type { TankAlarmKind } from '../../model/tank.ts';
import type { RegisterBank } from '../slave.ts';
import type { GaugeShows } from '../tanks/shows.ts';

export interface ModbusTank {
  /** null: its probe is out. */
  shows(): GaugeShows | null;
  standing(): ReadonlySet<TankAlarmKind>;
}

export interface ModbusGaugeSwitches {
  /** false: it never answers. */
  alive(): boolean;
  /** It answers and does not measure: nothing moves. */
  stale(): boolean;
}

const milli = (value: number): number => Math.round(value * 1000);
const nothing = {
  ...{ volume: null, correctedVolume: null, ullage: null, height: null },
  ...{ water: null, waterVolume: null, temperature: null, density: null },
};

/** `tanks`: by the gauge's own number; registers beyond those of the last are refused. */
export function modbusGaugeBank(
  profile: GaugeProfile,
  tanks: ReadonlyMap<number, ModbusTank>,
  { alive, stale }: ModbusGaugeSwitches,
): RegisterBank {
  const encoder = gaugeEncoder(profile);
  let beat = 0;
  let last: RegisterMap | null = null;

  function registers(): RegisterMap {
    if (last !== null && stale()) return last;
    beat = (beat + 1) % 60_000;
    const map = encoder.gauge({ standing: [], beat });
    for (const [number, tank] of tanks) encoder.tank(number, shownOf(profile, tank), map);
    last = map;
    return map;
  }

  return {
    read(table, address, count) {
      const map = registers();
      const own = [...map.keys()].flatMap((key) =>
        key.startsWith(`${table}:`) ? [Number(key.split(':')[1])] : [],
      );
      if (address < Math.min(...own) || address + count - 1 > Math.max(...own)) return 'illegal-address';
      return Array.from({ length: count }, (_, index) => map.get(registerKey(table, address + index)) ?? 0);
    },
    write: () => 'illegal-address',
    hasHoles: () => false,
    powered: alive,
  };
}

function shownOf(profile: GaugeProfile, tank: ModbusTank) {
  const kinds = tank.standing();
  const now = tank.shows();
  const standing = profile.tank.status.flatMap(({ name, bits }) =>
    bits.flatMap(({ bit, alarm }) => (alarm !== undefined && stands(alarm) ? [`${name}.${bit}`] : [])),
  );
  function stands(alarm: TankAlarmKind): boolean {
    return alarm === 'probe-lost' ? now === null : kinds.has(alarm);
  }
  const values = now === null ? nothing : valuesOf(now);
  return { values, delivery: now?.deliveryInProgress ?? false, leakTest: false, standing };
}

const valuesOf = (now: GaugeShows) => ({
  volume: milli(now.volumeLitres),
  correctedVolume: milli(now.volume15Litres),
  ullage: milli(now.ullageLitres),
  height: Math.round(now.heightMm * 10),
  water: Math.round(now.waterMm * 10),
  waterVolume: milli(now.waterLitres),
  temperature: Math.round(now.temperatureC * 100),
  density: null,
});
