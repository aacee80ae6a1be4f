/** What the alarm machine of one subject (a tank, a stock, a gauge) is told, remembers and tells. */
import type {
  GaugeAlarm,
  GaugeAlarmsComplete,
  GaugeHealth,
  StockSample,
  TankAlarmKind,
} from '../../../model/tank.ts';
import type { Instant, Millilitres, TenthMillimetres } from '../../../model/units.ts';
import type { TankLevel } from '../level.ts';

export const alarmStateVersion = 1;

/** null: not known, and not judged. */
export interface AlarmLimits {
  readonly capacity: Millilitres | null;
  readonly overfill: Millilitres | null;
  readonly high: Millilitres | null;
  readonly low: Millilitres | null;
  readonly critical: Millilitres | null;
  readonly waterWarning: TenthMillimetres;
  readonly water: TenthMillimetres;
}

export interface AlarmSpec {
  /** Of a tank; null for stocks and gauges. */
  readonly limits: AlarmLimits | null;
  /** Of a stock; null for tanks and gauges. */
  readonly suddenLoss: Millilitres | null;
  /** Of a gauge; null for tanks and stocks. */
  readonly clockToleranceMs: number | null;
}

export interface ExternalAlarm {
  readonly kind: TankAlarmKind;
  readonly standing: boolean;
  readonly text: string;
}

export type AlarmInput =
  /** To the tank; and to its gauge, for the clock. */
  | { readonly kind: 'level'; readonly level: TankLevel }
  /** To the stock. `delivering`: the delivery machine is not at rest. */
  | { readonly kind: 'stock'; readonly sample: StockSample; readonly delivering: boolean }
  /** To the tank that an alarm names, or to the gauge; `alarms-complete` to all of them; health to the gauge. */
  | {
      readonly kind: 'gauge';
      readonly fact: GaugeAlarm | GaugeAlarmsComplete | GaugeHealth;
      /** Of history: the books have it already. */
      readonly known?: boolean;
    }
  /** What others found. A kind that is not named stays as it is. */
  | { readonly kind: 'external'; readonly at: Instant; readonly alarms: readonly ExternalAlarm[] };

/** `history`: told by the gauge afterwards, at its own time. */
export type AlarmFact = { readonly history?: true } & (
  | {
      readonly kind: 'raise';
      readonly alarm: TankAlarmKind;
      /** The gauge's own code; empty for what the station found. */
      readonly code: string;
      readonly text: string;
      readonly at: Instant;
    }
  | { readonly kind: 'clear'; readonly alarm: TankAlarmKind; readonly code: string; readonly at: Instant }
);

export interface Entry {
  readonly kind: TankAlarmKind;
  readonly code: string;
  readonly raised: boolean;
  /** Since when, and how often, it was seen otherwise than it stands; null: it is as it stands. */
  readonly since: Instant | null;
  readonly count: number;
}

/** A level of the stock net of everything dispensed, of which only differences mean anything. */
export interface LossPoint {
  readonly at: Instant;
  readonly level: number;
  readonly dispensed: number;
  /** No nozzle was active from the point before until this one. */
  readonly idle: boolean;
}

export interface LossState {
  readonly last: Pick<StockSample, 'at' | 'volume' | 'volumeAt15' | 'dispensed'> | null;
  readonly level: number;
  /** Not before this: waves. */
  readonly from: Instant | null;
  readonly levels: readonly number[];
  readonly idle: boolean;
  readonly points: readonly LossPoint[];
  readonly float: { readonly volume: number; readonly dispensed: number } | null;
}

export interface AlarmState {
  readonly version: number;
  readonly entries: readonly Entry[];
  /** Codes that the gauge told since it last told all. */
  readonly told: readonly string[];
  readonly loss: LossState;
}

export const freshLoss: LossState = {
  ...{ last: null, level: 0, from: null, levels: [], idle: true, points: [], float: null },
};
export const freshAlarms = (): AlarmState => ({
  version: alarmStateVersion,
  entries: [],
  told: [],
  loss: freshLoss,
});
export const alarmBounds = { entries: 256, told: 256, points: 60, levels: 3 } as const;
