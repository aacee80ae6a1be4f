/** The newest level of each tank: measured, shown, told to head office when it changed, and kept thinly. */
import { agedLevel, type MeasureSpec, measure, type TankLevel } from '../../core/tanks/level.ts';
import type { TankConfig, WetStockPolicy } from '../../model/config/tanks.ts';
import type { TankReading } from '../../model/tank.ts';
import { gramsPerM3, type Instant, type MonoMs, millilitres } from '../../model/units.ts';
import { isDiskTrouble } from '../../store/failures.ts';
import { rfc3339 } from '../businessDay.ts';
import type { LoadedStation } from '../configuration/load.ts';
import type { StationContext } from '../context.ts';
import type { TankLayout } from './layout.ts';

/** A level without change is told so often. */
const quietMs = 15 * 60_000;
/** Polls that may fail before nobody knows what is in the tank. */
const pollsMissed = 3;
const leastStaleMs = 60_000;

export interface Levels {
  /** A live reading. Told and kept when it is time; inside a transaction of its own. */
  take(tank: TankConfig, reading: TankReading): { level: TankLevel; told: boolean };
  /** What the gauge remembers of a time when nobody asked: kept, not told. */
  remember(tank: TankConfig, reading: TankReading): void;
  /** As it is now: an old one is bad. null: none since the start. */
  of(tank: string): TankLevel | null;
  /** After so long a level is none. */
  staleMs(tank: string): number;
  /** The newest that the books have. */
  newest(tank: string): Instant | null;
  spec(tank: string): MeasureSpec;
}

interface Told {
  readonly mono: MonoMs;
  readonly level: TankLevel;
}

export function createLevels(
  context: StationContext,
  { config, profiles, strappings }: LoadedStation,
  { densities, tanks }: TankLayout,
): Levels {
  const { store, clock } = context;
  const policy: WetStockPolicy = config.wetStock;
  const specs = new Map([...tanks.values()].map((tank) => [tank.id, specOf(tank)]));
  const levels = new Map<string, TankLevel>();
  const last = new Map<string, Told>();
  const stale = new Map([...tanks.values()].map((tank) => [tank.id, staleOf(tank)]));

  function specOf(tank: TankConfig): MeasureSpec {
    const density = densities.get(tank.grade);
    return {
      capacity: tank.capacityLitres === undefined ? null : millilitres(tank.capacityLitres * 1000),
      safeFillPercent: tank.safeFillPercent,
      strapping: strappings.get(tank.id) ?? null,
      density: density === undefined ? null : gramsPerM3(Math.round(density * 1000)),
    };
  }

  function staleOf({ gauge }: TankConfig): number {
    const entry = config.gauges.find(({ id }) => id === gauge?.gauge);
    const device = entry?.kind === 'modbus' ? config.devices.find(({ id }) => id === entry.device) : null;
    const profile = device ? profiles.get(device.profile) : null;
    const server = entry?.kind === 'opcua' ? config.opcua.find(({ id }) => id === entry.server) : null;
    const pollMs =
      entry?.kind === 'tls'
        ? entry.pollS * 1000
        : profile?.kind === 'gauge'
          ? profile.timing.pollMs
          : (server?.pollS ?? 10) * 1000;
    return Math.max(leastStaleMs, pollMs * pollsMissed);
  }

  const spec = (tank: string): MeasureSpec => {
    const found = specs.get(tank);
    if (!found) throw new Error(`no tank ${tank}`);
    return found;
  };

  const isDue = (level: TankLevel, before: Told | undefined): boolean => {
    if (!before) return true;
    const since = level.mono - before.mono;
    if (since >= quietMs || level.quality !== before.level.quality) return true;
    if (level.deliveryInProgress !== before.level.deliveryInProgress) return true;
    if (since < policy.measureS * 1000) return false;
    const change = Math.abs((level.volume ?? 0) - (before.level.volume ?? 0));
    return change >= policy.changeLitres * 1000;
  };

  const keep = (tank: TankConfig, level: TankLevel): void => {
    const { at, quality, volume, volumeAt15, height, water, temperature } = level;
    store.tanks.levels.add({
      tank: tank.id,
      ...{ at, quality, volume, volumeAt15, height, water, temperature },
    });
  };

  return {
    spec,
    take(tank, reading) {
      const level = measure(spec(tank.id), reading);
      levels.set(tank.id, level);
      if (!isDue(level, last.get(tank.id))) return { level, told: false };
      try {
        store.transaction(() => {
          keep(tank, level);
          tellMeasured(context, tank, level);
        });
        last.set(tank.id, { mono: level.mono, level });
      } catch (error) {
        // The log has it already; what is in the tank is watched all the same.
        if (!isDiskTrouble(error)) throw error;
      }
      return { level, told: true };
    },
    remember: (tank, reading) =>
      store.transaction(() => keep(tank, measure(spec(tank.id), { ...reading, mono: clock.mono() }))),
    of(tank) {
      const level = levels.get(tank);
      return level ? agedLevel(level, clock.mono(), stale.get(tank) ?? leastStaleMs) : null;
    },
    staleMs: (tank) => stale.get(tank) ?? leastStaleMs,
    newest: (tank) => store.tanks.levels.newest(tank)?.at ?? null,
  };
}

function tellMeasured({ store, businessDate }: StationContext, tank: TankConfig, level: TankLevel): void {
  store.journal.append('tank.measured', tank.id, level.at, businessDate(level.at), {
    tank: tank.id,
    grade: tank.grade,
    quality: level.quality,
    reason: level.reason,
    volumeMl: level.volume,
    volumeAt15Ml: level.volumeAt15,
    ullageMl: level.ullage,
    heightTenthMm: level.height,
    waterTenthMm: level.water,
    waterMl: level.waterVolume,
    temperatureCentiC: level.temperature,
    at: rfc3339(level.at),
  });
}
