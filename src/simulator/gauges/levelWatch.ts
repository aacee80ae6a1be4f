/** The alarms that a gauge raises by itself, from what it shows and the limits that are set up in it. */
import type { TankConfig } from '../../model/config/tanks.ts';
import type { TankAlarmKind } from '../../model/tank.ts';
import type { GaugeShows } from '../tanks/shows.ts';

export interface LevelLimits {
  readonly overfillLitres: number;
  readonly highLitres: number;
  readonly lowLitres: number;
  readonly criticalLitres: number;
  readonly waterWarningMm: number;
  readonly waterMm: number;
}

export interface AlarmEvent {
  /** Simulated milliseconds. */
  readonly at: number;
  readonly kind: TankAlarmKind;
  readonly active: boolean;
}

const eventsKept = 50;
/** An alarm ends so far beyond its limit: parts of the limit, and millimetres of water. */
const hysteresis = 0.01;
const hysteresisMm = 1;

/** As an installer would set them: what the station's file says, or the usual shares of the capacity. */
export function limitsOf({ limits, safeFillPercent }: TankConfig, capacityLitres: number): LevelLimits {
  return {
    overfillLitres: limits.overfillLitres ?? 0.98 * capacityLitres,
    highLitres: limits.highLitres ?? (safeFillPercent / 100) * capacityLitres,
    lowLitres: limits.lowLitres ?? 0.1 * capacityLitres,
    criticalLitres: limits.criticalLitres ?? 0.05 * capacityLitres,
    waterWarningMm: limits.waterWarningMm,
    waterMm: limits.waterMm,
  };
}

export class LevelWatch {
  readonly limits: LevelLimits;
  readonly #events: AlarmEvent[] = [];
  #standing: ReadonlySet<TankAlarmKind> = new Set();

  constructor(limits: LevelLimits) {
    this.limits = limits;
  }

  get standing(): ReadonlySet<TankAlarmKind> {
    return this.#standing;
  }

  /** What came and went, oldest first. */
  get events(): readonly AlarmEvent[] {
    return this.#events;
  }

  /** `shows` is null while the probe is out: levels stay as they were judged last. */
  look(at: number, shows: GaugeShows | null, stuck: boolean): void {
    const before = this.#standing;
    const now = new Set<TankAlarmKind>();
    const levels = shows ? this.#judge(shows) : [...before].filter((kind) => kind !== 'probe-lost');
    for (const kind of levels) now.add(kind);
    if (shows === null) now.add('probe-lost');
    if (stuck) now.add('stuck-float');
    else now.delete('stuck-float');
    for (const kind of before) if (!now.has(kind)) this.#events.push({ at, kind, active: false });
    for (const kind of now) if (!before.has(kind)) this.#events.push({ at, kind, active: true });
    this.#events.splice(0, Math.max(0, this.#events.length - eventsKept));
    this.#standing = now;
  }

  #judge({ volumeLitres, waterMm }: GaugeShows): TankAlarmKind[] {
    const { limits } = this;
    const held = (kind: TankAlarmKind): boolean => this.#standing.has(kind);
    const above = (kind: TankAlarmKind, litres: number) =>
      volumeLitres > litres * (held(kind) ? 1 - hysteresis : 1);
    const below = (kind: TankAlarmKind, litres: number) =>
      volumeLitres < litres * (held(kind) ? 1 + hysteresis : 1);
    const wet = (kind: TankAlarmKind, mm: number) => waterMm > mm - (held(kind) ? hysteresisMm : 0);
    const judged: readonly (readonly [TankAlarmKind, boolean])[] = [
      ['overfill', above('overfill', limits.overfillLitres)],
      ['high', above('high', limits.highLitres)],
      ['low', below('low', limits.lowLitres)],
      ['critical-low', below('critical-low', limits.criticalLitres)],
      ['water-warning', wet('water-warning', limits.waterWarningMm)],
      ['water', wet('water', limits.waterMm)],
    ];
    return judged.flatMap(([kind, stands]) => (stands ? [kind] : []));
  }
}
