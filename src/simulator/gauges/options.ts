/** What lies in the ground of a simulated station, what befalls it, and how the gauges misbehave. */

/** What has left a nozzle since the simulation started, by its own meter. */
export interface NozzleFlow {
  readonly nozzle: string;
  /** null: the station's file does not say which. */
  readonly tank: string | null;
  readonly volumeMl: number;
}

/** Loss that no meter sees; simulated: at speed 8 the station's own clock sees eight times as much an hour. */
interface Leak {
  readonly tank: string;
  readonly litresPerHour: number;
}

/** Probabilities in [0, 1], drawn for each reply; as their names say. `late` comes after the station's time-out. */
export type GaugeFaultKind = 'late' | 'silence' | 'noise' | 'truncated' | 'bit-flip' | 'link-drop';

/** Durations are simulated milliseconds. */
export interface TankOptions {
  /** A truck comes when a tank is below this share of its capacity; 0: never. */
  readonly orderBelow: number;
  /** From the order to the first litre. */
  readonly truckMs: number;
  readonly truckLitresPerMinute: number;
  readonly truckStepLitres: number;
  readonly truckTemperatureC: number;
  /** Share of the capacity that is in a tank at the start, by tank; default 0.6. */
  readonly fill: Readonly<Record<string, number>>;
  readonly waterLitres: Readonly<Record<string, number>>;
  readonly leaks: readonly Leak[];
  /** How far a gauge's clock is ahead, real milliseconds by gauge. */
  readonly clockErrorMs: Readonly<Record<string, number>>;
  /** Security code by gauge; the station's file only says where the code is kept. */
  readonly securityCodes: Readonly<Record<string, string>>;
  readonly faults: Readonly<Partial<Record<GaugeFaultKind, number>>>;
  /** Real milliseconds after the command. */
  readonly lateMs: number;
}

export const ordinaryTanks: TankOptions = {
  orderBelow: 0.25,
  truckMs: 120_000,
  truckLitresPerMinute: 800,
  truckStepLitres: 1_000,
  truckTemperatureC: 17,
  fill: {},
  waterLitres: {},
  leaks: [],
  clockErrorMs: {},
  securityCodes: {},
  faults: {},
  lateMs: 5_500,
};
