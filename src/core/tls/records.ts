/**
 * What replies say, in the gauge's own units and by its own clock (`YYYYMMDDHHmm`); nothing is converted here.
 * null: the gauge does not tell.
 */

type Value = number | null;

/** Fields that were there and cannot be true: `height: not a finite number`. Their value is null. */
interface Checked {
  readonly rejected: readonly string[];
}

/** One tank of i201, i214, i21A, or one moment of it from i21E. */
export interface TlsInventory extends Checked {
  readonly tank: number;
  /** Product code, one character; empty where the gauge has none. */
  readonly product: string;
  /** Bits of the status; null: not told. */
  readonly status: number | null;
  readonly volume: Value;
  readonly tcVolume: Value;
  readonly ullage: Value;
  readonly height: Value;
  readonly water: Value;
  readonly temperature: Value;
  readonly waterVolume: Value;
  readonly mass: Value;
  readonly density: Value;
  /** i21A: ullage to the share of the tank that is set up in the gauge, 90 or 95 %; not to the brim. */
  readonly safeUllage: Value;
}

export interface TlsHistory {
  readonly tank: number;
  readonly product: string;
  readonly records: readonly (TlsInventory & { readonly time: string })[];
}

export interface TlsDelivery extends Checked {
  readonly start: string;
  readonly end: string;
  readonly startVolume: Value;
  readonly startTc: Value;
  readonly startWater: Value;
  readonly startTemperature: Value;
  readonly endVolume: Value;
  readonly endTc: Value;
  readonly endWater: Value;
  readonly endTemperature: Value;
  readonly startHeight: Value;
  readonly endHeight: Value;
  /** What follows these ten: masses and densities of a TLS-4xx. */
  readonly more: readonly Value[];
}

export interface TlsDeliveries {
  readonly tank: number;
  readonly product: string;
  readonly deliveries: readonly TlsDelivery[];
}

/** i21B: all floats in their order. */
export interface TlsAdjusted {
  readonly tank: number;
  readonly deliveries: readonly (Checked & {
    readonly start: string;
    readonly end: string;
    readonly values: readonly Value[];
  })[];
}

/** i101: what stands now. `device` is the tank for category 2. */
export interface TlsAlarm {
  readonly category: number;
  readonly type: number;
  readonly device: number;
}

/** i111, i112. */
export interface TlsAlarmEvent extends TlsAlarm {
  /** Two characters as sent: the kind of sensor. */
  readonly sensor: string;
  readonly state: 'cleared' | 'occurred' | 'unknown';
  readonly time: string;
}

/** i205: what stands at each tank. */
export interface TlsTankAlarms {
  readonly tank: number;
  readonly types: readonly number[];
}

/** i206. */
export interface TlsTankAlarmHistory {
  readonly tank: number;
  readonly events: readonly { readonly time: string; readonly type: number }[];
}

/** i102. */
export interface TlsModule {
  readonly slot: number;
  readonly type: string;
  readonly texts: readonly [string, string];
}

export interface TlsLabel {
  readonly tank: number;
  readonly label: string;
}

/** i604 and its kin. */
export interface TlsSetting extends Checked {
  readonly tank: number;
  readonly value: Value;
}

/** i610: minutes. */
export interface TlsDelay {
  readonly tank: number;
  readonly minutes: number | null;
}

export type TlsUnits = 'us' | 'metric' | 'imperial';

/** Settings of one float: full volume, diameter, and limits. */
export const settingFunctions = ['604', '607', '621', '622', '623', '624', '625', '628', '629'] as const;
export type SettingFunction = (typeof settingFunctions)[number];

/** Records by function. */
export interface TlsReplies extends Record<SettingFunction, TlsSetting[]> {
  '101': TlsAlarm[];
  '102': TlsModule[];
  '111': TlsAlarmEvent[];
  '112': TlsAlarmEvent[];
  '201': TlsInventory[];
  '214': TlsInventory[];
  '21A': TlsInventory[];
  '202': TlsDeliveries[];
  '20C': TlsDeliveries[];
  '205': TlsTankAlarms[];
  '206': TlsTankAlarmHistory[];
  '21B': TlsAdjusted[];
  '21E': TlsHistory[];
  /** The clock; null: only in the reply's head. */
  '501': string | null;
  '505': TlsUnits;
  '517': TlsUnits;
  '602': TlsLabel[];
  '610': TlsDelay[];
}
export type TlsFunction = keyof TlsReplies;
