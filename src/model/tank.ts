/**
 * What gauges hand to the core, and what the core knows of a tank. Everything is already in the product's units.
 * A driver applies its profile's settings first (units, `volumeIncludesWater`, full scale that means "lost").
 */
import type { CentiCelsius, GramsPerM3, Instant, Millilitres, MonoMs, TenthMillimetres } from './units.ts';

/** How far a reading can be relied on; `reason` of the reading says why it is not good. */
export const tankQualities = ['good', 'uncertain', 'bad'] as const;
export type TankQuality = (typeof tankQualities)[number];

interface FromGauge {
  /** When it is of: the last byte's time, or for history the gauge's own time brought to the station's clock. */
  readonly at: Instant;
  /** When it was received. */
  readonly mono: MonoMs;
}

/** One tank as the gauge measures it. null: the gauge does not tell. */
export interface TankReading extends FromGauge {
  readonly kind: 'tank';
  /** The gauge's own number of the tank, from 1. */
  readonly tank: number;
  /** `history`: told afterwards by the gauge, of a time when nobody asked. */
  readonly source: 'live' | 'history';
  readonly quality: TankQuality;
  /** Why it is not good, a few words; empty when it is. */
  readonly reason: string;
  /** Fuel at its own temperature, without the water. */
  readonly volume: Millilitres | null;
  /** Fuel corrected to `reference` by the gauge. */
  readonly correctedVolume: Millilitres | null;
  /** Temperature that the gauge corrects to; null: unknown or not corrected. */
  readonly reference: CentiCelsius | null;
  readonly ullage: Millilitres | null;
  /** Of the surface, from the bottom of the tank. */
  readonly height: TenthMillimetres | null;
  readonly water: TenthMillimetres | null;
  readonly waterVolume: Millilitres | null;
  readonly temperature: CentiCelsius | null;
  readonly density: GramsPerM3 | null;
  /** The gauge itself says so; null: it does not tell. */
  readonly deliveryInProgress: boolean | null;
  readonly leakTestInProgress: boolean | null;
  /** By the gauge's own clock, as it is set; null: it does not tell. Only for judging that clock. */
  readonly gaugeClock: Instant | null;
}

/** A delivery as the gauge reports it. Identity: gauge, tank and the gauge's own start time. */
export interface GaugeDelivery extends FromGauge {
  readonly kind: 'delivery';
  readonly tank: number;
  readonly startedAt: Instant;
  readonly endedAt: Instant;
  /** The gauge's own start and end as it printed them, `YYYYMMDDHHmm`: what the identity is made of. */
  readonly gaugeStart: string;
  readonly gaugeEnd: string;
  readonly startVolume: Millilitres | null;
  readonly endVolume: Millilitres | null;
  readonly startCorrected: Millilitres | null;
  readonly endCorrected: Millilitres | null;
  readonly startTemperature: CentiCelsius | null;
  readonly endTemperature: CentiCelsius | null;
  readonly startWater: TenthMillimetres | null;
  readonly endWater: TenthMillimetres | null;
  readonly startHeight: TenthMillimetres | null;
  readonly endHeight: TenthMillimetres | null;
  /** Dispensed during the delivery, where the gauge knows (i21B). */
  readonly dispensed: Millilitres | null;
}

/** Why a tank, or the station's stock, wants somebody's attention. */
export const tankAlarmKinds = [
  'water-warning',
  'water',
  'low',
  'critical-low',
  'high',
  'overfill',
  'sudden-loss',
  'theft',
  'leak-suspected',
  'probe-lost',
  'stuck-float',
  'gauge-clock',
  'gauge-offline',
  'stock-variance',
  'meter-drift',
  'gauge-alarm',
] as const;
export type TankAlarmKind = (typeof tankAlarmKinds)[number];

/** An alarm that stands at the gauge, or stood (`history`). */
export interface GaugeAlarm extends FromGauge {
  readonly kind: 'alarm';
  /** null: of the gauge itself. */
  readonly tank: number | null;
  readonly source: 'live' | 'history';
  /** The gauge's own code (`0203`: category, type), for the technician. */
  readonly code: string;
  /** The trade's kind where there is one, else `gauge-alarm`. */
  readonly alarm: TankAlarmKind;
  readonly text: string;
  readonly active: boolean;
}

/** Every alarm that stands at the gauge now was told since the last of these: others are over. */
export interface GaugeAlarmsComplete extends FromGauge {
  readonly kind: 'alarms-complete';
}

/** The gauge stopped answering (`lost`) or answers again. */
export interface GaugeHealth extends FromGauge {
  readonly kind: 'health';
  readonly online: boolean;
  /** What is wrong, with the mend where one is known; empty when online. */
  readonly reason: string;
}

export type GaugeFact = TankReading | GaugeDelivery | GaugeAlarm | GaugeAlarmsComplete | GaugeHealth;

/**
 * One look at a stock (a tank, or the tanks of one manifold together): what the gauge says was in it, and what the meters
 * say went out of it until then. The cores of tanks and wet stock work on these alone.
 */
export interface StockSample {
  readonly at: Instant;
  /** Fuel at its own temperature. */
  readonly volume: Millilitres;
  readonly temperature: CentiCelsius | null;
  /** Fuel at 15 degC, where temperature and density are known. */
  readonly volumeAt15: Millilitres | null;
  /** Running sum of what nozzles took out of this stock, running fuellings included; only differences mean anything. */
  readonly dispensed: Millilitres;
  /** A nozzle of this stock was lifted, or fuelled, at any time since the sample before. */
  readonly active: boolean;
  /** The gauge says that a delivery is in progress; null: it does not tell. */
  readonly deliveryInProgress: boolean | null;
}

/** A delivery as the station books it. */
export interface Delivery {
  /** `stock:gauge:...` from the gauge's report, `stock:rise:...` from the rise: the same at every repetition. */
  readonly key: string;
  readonly stock: string;
  readonly source: 'gauge' | 'rise';
  readonly startedAt: Instant;
  readonly endedAt: Instant;
  readonly startVolume: Millilitres;
  readonly endVolume: Millilitres;
  /** Went out through nozzles between start and end. */
  readonly dispensed: Millilitres;
  /** `endVolume - startVolume + dispensed`. */
  readonly volume: Millilitres;
  readonly volumeAt15: Millilitres | null;
  readonly temperature: CentiCelsius | null;
  /** What makes it less certain: `sales-unknown`, `gap`, `cut`... */
  readonly flags: readonly string[];
}
