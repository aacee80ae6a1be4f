/**
 * What the delivery machine is told, remembers and tells. `net` is what a stock would hold had no nozzle ever drawn from it:
 * volume plus everything dispensed. It moves for nothing but deliveries, losses, temperature and errors of measurement.
 */
import type { Delivery, GaugeDelivery, StockSample } from '../../../model/tank.ts';
import type { CentiCelsius, GramsPerM3, Instant, Millilitres } from '../../../model/units.ts';

export const deliveryStateVersion = 1;

export interface DeliverySpec {
  /** The stock's name; begins every key. */
  readonly stock: string;
  /** A smaller rise is no delivery. */
  readonly minVolume: Millilitres;
  /** The surface is quiet so long after the last rise. */
  readonly settleMs: number;
  /** A settled rise waits so long for the gauge's report of it; 0 for gauges that report none. */
  readonly reportWaitMs: number;
  /** At 15 degC; null: unknown. */
  readonly density: GramsPerM3 | null;
}

export type DeliveryInput =
  | { readonly kind: 'sample'; readonly sample: StockSample }
  | {
      readonly kind: 'report';
      /** The gauge's name. */
      readonly gauge: string;
      readonly report: GaugeDelivery;
      /** What the station's own sales took out of the stock between the report's start and end; null: not known. */
      readonly dispensed: Millilitres | null;
    };

/** Why a rise or a report was not booked. */
export type IgnoredBecause =
  /** The report began before the station first measured the stock. */
  | 'before-books'
  | 'too-small'
  /** The station watched all the time and the level did not rise. */
  | 'not-seen'
  | 'no-volumes'
  /** Only the sum of sales rose: a float that hangs, or sales that were told late. */
  | 'level-unmoved'
  | 'temperature'
  | 'too-many';

export type DeliveryFact =
  | { readonly kind: 'delivered'; readonly delivery: Delivery }
  /** A report of what was booked from the rise already. */
  | { readonly kind: 'matched'; readonly key: string; readonly report: string }
  | {
      readonly kind: 'ignored';
      readonly reason: IgnoredBecause;
      /** Identity of the report; null: a rise. */
      readonly report: string | null;
      readonly startedAt: Instant;
      readonly volume: Millilitres | null;
    };

export interface Point {
  readonly at: Instant;
  readonly volume: Millilitres;
  /** Never falls, unlike the sample's: where the station lost count, it goes on. */
  readonly dispensed: Millilitres;
  readonly at15: Millilitres | null;
  readonly temperature: CentiCelsius | null;
}

/** The level left its quiet baseline, or was not watched for a while. */
export interface Episode {
  /** The quiet baseline before. */
  readonly start: Point;
  readonly flags: readonly string[];
  /** Highest net, smoothed, and highest volume. */
  readonly peak: number;
  readonly peakVolume: number;
  /** When it rose last. */
  readonly last: Point;
  /** The two nets before, for the median of three. */
  readonly nets: readonly number[];
  /** The largest step between two samples of a watched rise, when faster than fuel can fall; else 0. */
  readonly jump: number;
  /** Of the quiet second half of settling: how much above the start, as is and at 15 degC. */
  readonly tail: { readonly count: number; readonly sum: number; readonly sum15: number | null };
}

/** A rise that settled. */
export interface Rise {
  readonly startedAt: Instant;
  readonly endedAt: Instant;
  readonly startVolume: Millilitres;
  readonly endVolume: Millilitres;
  readonly dispensed: Millilitres;
  readonly volumeAt15: Millilitres | null;
  readonly temperature: CentiCelsius | null;
  readonly flags: readonly string[];
}

export interface Pending {
  readonly rise: Rise;
  readonly until: Instant;
}

export interface Report {
  readonly id: string;
  readonly startedAt: Instant;
  readonly endedAt: Instant;
  readonly startVolume: Millilitres;
  readonly endVolume: Millilitres;
  readonly startTemperature: CentiCelsius | null;
  readonly endTemperature: CentiCelsius | null;
  readonly dispensed: Millilitres | null;
}

export interface Span {
  readonly from: Instant;
  readonly to: Instant;
}

/** A rise that was booked as such, and how much of it no report has claimed. */
export interface BookedRise {
  readonly key: string;
  readonly startedAt: Instant;
  readonly endedAt: Instant;
  readonly left: Millilitres;
}

export interface DeliveryState {
  readonly version: number;
  /** First sample of all; null: none yet. */
  readonly since: Instant | null;
  readonly newest: Point | null;
  /** Added to the samples' `dispensed`. */
  readonly offset: Millilitres;
  /** The quiet level, oldest first, a point a minute. */
  readonly recent: readonly Point[];
  readonly episode: Episode | null;
  /** The level fell as no fuel can: the probe is out. What was there before, and the lowest since. */
  readonly lost: { readonly since: Instant; readonly before: Point; readonly low: Point } | null;
  readonly pending: readonly Pending[];
  readonly waiting: readonly Report[];
  readonly booked: readonly BookedRise[];
  /** Identities of reports that are dealt with, newest last. */
  readonly seen: readonly string[];
  /** When nobody watched, oldest first. */
  readonly gaps: readonly Span[];
}

export const bounds = { recent: 24, waiting: 64, pending: 16, booked: 32, seen: 128, gaps: 32 } as const;

export const freshDeliveries = (): DeliveryState => ({
  version: deliveryStateVersion,
  since: null,
  newest: null,
  offset: 0 as Millilitres,
  recent: [],
  episode: null,
  lost: null,
  pending: [],
  waiting: [],
  booked: [],
  seen: [],
  gaps: [],
});

export const netOf = (point: Pick<Point, 'volume' | 'dispensed'>): number => point.volume + point.dispensed;
