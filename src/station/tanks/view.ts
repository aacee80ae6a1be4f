/**
 * What the local API shows of tanks, gauges, deliveries and wet stock: plain data with names as in the feed. Volumes in
 * millilitres, temperatures in 1/100 degC, lengths in 1/10 mm, times RFC 3339 UTC, dates business dates.
 */
import type { TankAlarmKind } from '../../model/tank.ts';
import type { Verdict } from '../../model/tankEvents.ts';

export interface TankView {
  readonly id: string;
  readonly grade: string;
  /** Tanks of one stock are connected below; a tank alone is its own stock. */
  readonly stock: string;
  readonly gauge: string | null;
  readonly capacityMl: number | null;
  /** How full a delivery may make it; null: the capacity is not known. */
  readonly safeFillMl: number | null;
  readonly quality: 'good' | 'uncertain' | 'bad' | 'unknown';
  /** Why it is not good; empty when it is. */
  readonly reason: string;
  readonly volumeMl: number | null;
  readonly volumeAt15Ml: number | null;
  /** Up to the safe fill. */
  readonly ullageMl: number | null;
  readonly heightTenthMm: number | null;
  readonly waterTenthMm: number | null;
  readonly waterMl: number | null;
  readonly temperatureCentiC: number | null;
  /** Of the last level; null: none yet. */
  readonly at: string | null;
  /** A delivery is going on. */
  readonly delivery: boolean;
  readonly cover: {
    /** Until it is critically low at the usual demand; null: not known, `text` says why. */
    readonly hours: number | null;
    readonly text: string;
  };
  readonly order: OrderView | null;
  /** Kinds of the alarms that stand. */
  readonly alarms: readonly TankAlarmKind[];
  /** Where alarms are raised: the picture marks them. */
  readonly limits?: TankLimitsView;
}

export interface TankLimitsView {
  readonly overfillMl: number | null;
  readonly highMl: number | null;
  readonly lowMl: number | null;
  readonly criticalMl: number | null;
  readonly waterWarningTenthMm: number;
  readonly waterTenthMm: number;
}

/** M172: when to order what; null where nothing needs to be ordered yet. */
export interface OrderView {
  readonly grade: string;
  readonly orderBy: string;
  readonly litres: number;
  readonly urgent: boolean;
  readonly text: string;
}

export interface LevelView {
  readonly at: string;
  readonly quality: string;
  readonly volumeMl: number | null;
  readonly waterTenthMm: number | null;
  readonly temperatureCentiC: number | null;
}

export interface TankDetailView extends TankView {
  readonly limits: TankLimitsView;
  readonly nozzles: readonly { readonly fuellingPoint: string; readonly nozzle: string }[];
  /** Of the last 24 hours, oldest first, at most 300. */
  readonly levels: readonly LevelView[];
  /** Newest first. */
  readonly deliveries: readonly DeliveryView[];
  readonly standing: readonly TankAlarmView[];
  /** What the idle spans say so far; null: not watched. */
  readonly leakTest: {
    readonly text: string;
    readonly litresPerHour: number | null;
    readonly plusMinus: number | null;
    readonly idleHours: number;
  } | null;
}

export interface DeliveryView {
  readonly number: number;
  readonly key: string;
  readonly stock: string;
  readonly grade: string;
  readonly source: 'gauge' | 'rise';
  readonly startedAt: string;
  readonly endedAt: string;
  readonly businessDate: string;
  readonly startMl: number;
  readonly endMl: number;
  readonly dispensedMl: number;
  readonly volumeMl: number;
  readonly volumeAt15Ml: number | null;
  readonly temperatureCentiC: number | null;
  readonly flags: readonly string[];
}

export interface TankAlarmView {
  readonly number: number;
  /** Tank, manifold or gauge. */
  readonly subject: string;
  readonly tank: string | null;
  readonly kind: TankAlarmKind;
  readonly text: string;
  readonly raisedAt: string;
  readonly acknowledgedAt: string | null;
  readonly acknowledgedBy: string | null;
  readonly note: string | null;
  readonly clearedAt: string | null;
}

/** The balance of a stock (or of all stocks of a grade) in a period. */
export interface BalanceView {
  readonly stock: string;
  readonly grade: string;
  readonly period: 'day' | 'month';
  readonly from: string;
  readonly to: string;
  readonly openingMl: number | null;
  readonly deliveriesMl: number;
  readonly salesMl: number;
  readonly bookMl: number | null;
  readonly gaugeMl: number | null;
  readonly varianceMl: number | null;
  /** Of the throughput, millionths: 5000 is 0.5 %. */
  readonly variancePpm: number | null;
  readonly verdict: Verdict;
  readonly reasons: readonly string[];
  /** The day or month is not over yet. */
  readonly open: boolean;
}

export interface StockReportView {
  readonly site: string;
  readonly now: string;
  readonly period: 'day' | 'month';
  readonly from: string;
  readonly to: string;
  /** Of the throughput, millionths, where a variance is judged: the picture draws them. */
  readonly thresholds?: { readonly investigatePpm: number; readonly escalatePpm: number };
  /** By stock, then date. */
  readonly stocks: readonly BalanceView[];
  readonly grades: readonly BalanceView[];
  /** Of each stock, oldest first: what the picture draws. */
  readonly cumulative: readonly {
    readonly stock: string;
    readonly grade: string;
    readonly points: readonly {
      readonly date: string;
      readonly varianceMl: number;
      readonly throughputMl: number;
    }[];
  }[];
  /** What the variance looks like: a meter, a leak, a loss; in words, with numbers. */
  readonly findings: readonly {
    readonly stock: string;
    readonly kind: TankAlarmKind;
    readonly text: string;
  }[];
}

/** M163: fuellings and litres by pump, hour of the day and grade. */
export interface LoadReportView {
  readonly site: string;
  readonly from: string;
  readonly to: string;
  readonly days: number;
  readonly rows: readonly {
    readonly fuellingPoint: string;
    readonly grade: string;
    /** Local hour of the end of the fuelling, 0-23. */
    readonly hour: number;
    readonly sales: number;
    readonly volumeMl: number;
  }[];
}

export interface GaugeView {
  readonly id: string;
  readonly kind: 'tls' | 'modbus' | 'opcua';
  /** Address, line or server. */
  readonly at: string;
  readonly online: boolean;
  /** Why it is not; empty when it is. */
  readonly reason: string;
  readonly since: string | null;
  readonly tanks: readonly string[];
  readonly lastGoodAt: string | null;
  readonly requests: number;
  readonly timeouts: number;
  readonly badFrames: number;
  readonly rttP50Ms: number | null;
  readonly rttP99Ms: number | null;
  /** By which its clock differs from the station's; null: not known. */
  readonly clockOffsetS: number | null;
  /** Format in use, quirks found. */
  readonly notes: readonly string[];
}

/** M180: something that a person recorded. */
export interface IncidentView {
  readonly number: number;
  readonly kind: 'spill' | 'other';
  readonly at: string;
  /** Number and key of the sale that it is linked to. */
  readonly sale: { readonly id: number; readonly key: string } | null;
  readonly fuellingPoint: string | null;
  readonly tank: string | null;
  readonly litres: number | null;
  readonly text: string;
  readonly action: string;
  readonly by: string;
}

export interface NewIncident {
  readonly kind: 'spill' | 'other';
  /** Number or key; null: no sale. */
  readonly sale: number | string | null;
  readonly tank: string | null;
  readonly litres: number | null;
  readonly text: string;
  readonly action: string;
  readonly by: string;
}

/** What the API asks of the tank side. Everything is answered at once; lists are bounded. */
export interface TankDesk {
  tanks(): readonly TankView[];
  /** null: there is no such tank. */
  tank(id: string): TankDetailView | null;
  gauges(): readonly GaugeView[];
  /** Sets the gauge's clock to the station's. Errors: NOT_FOUND, GAUGE_REFUSED, GAUGE_SILENT. */
  setGaugeClock(gauge: string, by: string): Promise<void>;
  /** Newest first. */
  deliveries(query: { limit: number; stock?: string }): readonly DeliveryView[];
  /** Standing ones; with `all` those that are over too, newest first. */
  alarms(query: { all: boolean; limit: number }): readonly TankAlarmView[];
  /** Errors: NOT_FOUND, ALARM_STATE. */
  acknowledge(number: number, decided: { by: string; note: string }): TankAlarmView;
  /** From and to are business dates, both included. */
  stock(query: { period: 'day' | 'month'; from: string; to: string; stock?: string }): StockReportView;
  load(query: { from: string; to: string }): LoadReportView;
  /** Newest first. */
  incidents(limit: number): readonly IncidentView[];
  /** Errors: NOT_FOUND for a sale or tank that is not there. */
  recordIncident(incident: NewIncident): IncidentView;
}
