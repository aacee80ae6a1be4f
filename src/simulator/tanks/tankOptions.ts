/** What a simulated tank is made from. Times are milliseconds of virtual time. */
import type { Random } from '../../core/ports.ts';

export interface Ground {
  /** Of the soil around the tank at the start of virtual time, degC. */
  readonly celsius: number;
  /** Half the swing of a year, and how far in it (0..1) the start lies; 0: coldest. */
  readonly seasonC: number;
  readonly season: number;
  /** Half the swing of a day, as much as reaches the tank. */
  readonly dailyC: number;
}

/** Magnetostrictive probes as their makers describe them; the figures are assumptions, not measurements of one. */
export interface Probe {
  /** Deviation of one height as the gauge tells it, after its own averaging. */
  readonly noiseMm: number;
  readonly resolutionMm: number;
  /** Slow error that comes and goes: deviation, and the time it takes to be forgotten. */
  readonly wanderMm: number;
  readonly wanderHours: number;
  /** A fault: the zero moves for ever. */
  readonly driftMmPerDay: number;
  readonly temperatureNoiseC: number;
  readonly temperatureBiasC: number;
  /** The gauge's table: largest error in parts of the volume, smooth over the height. */
  readonly chartError: number;
}

/** How the gauge tells deliveries. */
export interface DeliveryNotice {
  /** The flag rises and falls so long after the fuel began and ceased to run. */
  readonly noticedMs: number;
  readonly settledMs: number;
  /** The report follows so long after the flag fell. */
  readonly reportMs: number;
}

export interface TankModelOptions {
  readonly capacityLitres: number;
  readonly diameterMm?: number;
  /** kg/m3 at 15 degC. */
  readonly density15: number;
  readonly startLitres: number;
  readonly startC?: number;
  readonly startWaterLitres?: number;
  readonly random: Random;
  readonly ground?: Partial<Ground>;
  readonly probe?: Partial<Probe>;
  readonly notice?: Partial<DeliveryNotice>;
  /** Half the difference to the ground is gone after about 0.7 of this, when the tank is full. */
  readonly relaxHours?: number;
  readonly evaporationLitresPerHour?: number;
  readonly waterLitresPerDay?: number;
}

export const ordinaryGround: Ground = { celsius: 14, seasonC: 5, season: 0.3, dailyC: 0.05 };
export const ordinaryProbe: Probe = {
  noiseMm: 0.2,
  resolutionMm: 0.1,
  wanderMm: 0.06,
  wanderHours: 6,
  driftMmPerDay: 0,
  temperatureNoiseC: 0.02,
  temperatureBiasC: 0,
  chartError: 0.002,
};
export const ordinaryNotice: DeliveryNotice = { noticedMs: 90_000, settledMs: 300_000, reportMs: 300_000 };
