/** What lies in the ground of a simulated station, what befalls it, and how the gauges misbehave. */
import type { Probe } from '../tanks/tankOptions.ts';

/** What has left a nozzle since the simulation started, by its own meter. */
export interface NozzleFlow {
  readonly nozzle: string;
  /** null: the station's file does not say which. */
  readonly tank: string | null;
  readonly volumeMl: number;
}

/**
 * Loss that no meter sees, from `fromMs` of the simulation on (default: always). The rate is the simulation's: at speed 8
 * the station's own clock sees eight times as much an hour while the forecourt is open.
 */
interface Leak {
  readonly tank: string;
  readonly litresPerHour: number;
  readonly fromMs?: number;
}

/** Somebody pumps a tank out past the dispensers; simulated time. */
interface Theft {
  readonly tank: string;
  readonly litres: number;
  readonly minutes: number;
  readonly atMs: number;
}

/**
 * Drawn for each reply, probabilities in [0, 1]; as their names say. `late` comes after the station's time-out;
 * `unknown-fields`: a level of `?`, as of a probe that is absent.
 */
export type GaugeFaultKind =
  | 'late'
  | 'silence'
  | 'noise'
  | 'truncated'
  | 'bit-flip'
  | 'link-drop'
  | 'unknown-fields';

/** A gauge that only speaks like a Veeder-Root: what it does differently, all the time. */
export interface CloneHabits {
  /** Knows display format alone: 9999FF1B to lower case. */
  readonly displayOnly: boolean;
  /** Heights in centimetres. */
  readonly centimetres: boolean;
  /** Real milliseconds before the first byte of a reply. */
  readonly slowMs: number;
  /** Functions that it does not know: `21E`. */
  readonly lacks: readonly string[];
}

export const plainHabits: CloneHabits = { displayOnly: false, centimetres: false, slowMs: 20, lacks: [] };

/** Durations are simulated milliseconds. */
export interface TankOptions {
  /** A truck comes when a tank is below this share of its capacity; 0: never. */
  readonly orderBelow: number;
  /** From the order to the first litre. */
  readonly truckMs: number;
  readonly truckLitresPerMinute: number;
  readonly truckStepLitres: number;
  /** More does not come at once. */
  readonly truckMostLitres: number;
  readonly truckTemperatureC: number;
  /** Share of the capacity that is in a tank at the start, by tank; default 0.6. A memory knows better. */
  readonly fill: Readonly<Record<string, number>>;
  readonly waterLitres: Readonly<Record<string, number>>;
  readonly leaks: readonly Leak[];
  readonly thefts: readonly Theft[];
  /** Litres that leave the tank for each that a nozzle's meter shows, by nozzle: 1.005 gives half a percent too much. */
  readonly meterFactors: Readonly<Record<string, number>>;
  /** Noise, drift and errors of a probe, by tank; what is left out is ordinary. */
  readonly probes: Readonly<Record<string, Partial<Probe>>>;
  /**
   * So long before the start the station stood closed while its gauges recorded the tanks, hours of real time; 0: nothing
   * is known of the time before. A memory knows better.
   */
  readonly quietHours: number;
  /** How far a gauge's clock is ahead, real milliseconds by gauge. */
  readonly clockErrorMs: Readonly<Record<string, number>>;
  /** Security code by gauge; the station's file only says where the code is kept. */
  readonly securityCodes: Readonly<Record<string, string>>;
  readonly habits: Readonly<Record<string, Partial<CloneHabits>>>;
  readonly faults: Readonly<Partial<Record<GaugeFaultKind, number>>>;
  /** Real milliseconds after the command. */
  readonly lateMs: number;
  /** Tanks whose probe is out. This list and the two below are looked at anew each time: what they hold may change. */
  readonly lostProbes: readonly string[];
  /** Tanks whose float is stuck where it was when this was first seen. */
  readonly stuckFloats: readonly string[];
  /** Modbus gauges that answer and do not measure any more: all registers stand still. */
  readonly stale: readonly string[];
}

export const ordinaryTanks: TankOptions = {
  orderBelow: 0.25,
  truckMs: 120_000,
  truckLitresPerMinute: 800,
  truckStepLitres: 1_000,
  truckMostLitres: 30_000,
  truckTemperatureC: 17,
  fill: {},
  waterLitres: {},
  leaks: [],
  thefts: [],
  meterFactors: {},
  probes: {},
  quietHours: 0,
  clockErrorMs: {},
  securityCodes: {},
  habits: {},
  faults: {},
  lateMs: 5_500,
  lostProbes: [],
  stuckFloats: [],
  stale: [],
};
