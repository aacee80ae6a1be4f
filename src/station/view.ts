/**
 * What the local API shows: plain data, in the product's units, with names as in the feed. The station answers it,
 * `api/` serves it, the CLI prints it.
 */

import type { CouponUse, DiscountLine, RuleExplanation } from '../model/sale.ts';
import type { FuellingPointState } from '../model/states.ts';

export interface StatusView {
  readonly site: {
    readonly id: string;
    readonly name: string | null;
    readonly currency: string;
    readonly currencyDecimals: number;
  };
  readonly version: string;
  readonly epoch: string;
  readonly startedAt: string;
  readonly now: string;
  readonly businessDate: string;
  readonly program: { readonly id: string; readonly version: number };
  readonly members: number;
  readonly store: { readonly path: string; readonly bornAfterCorruption: boolean };
  readonly sales: {
    readonly count: number;
    readonly volumeMl: number;
    readonly amount: number;
    readonly today: number;
  };
  readonly ledgerSum: number;
  readonly feed: FeedView | null;
  readonly fuellingPoints: readonly FuellingPointView[];
  readonly lines: readonly LineView[];
  readonly readers: readonly ReaderView[];
  readonly alarms: readonly AlarmView[];
}

export interface FeedView {
  readonly broker: string;
  readonly connected: boolean;
  readonly since: string | null;
  readonly lastError: string | null;
  readonly backlog: { readonly business: number; readonly telemetry: number };
  readonly published: number;
  readonly rejected: number;
  readonly inFlight: number;
}

export interface FuellingPointView {
  readonly id: string;
  readonly device: string;
  readonly state: FuellingPointState['state'];
  readonly nozzle: string | null;
  readonly grade: string | null;
  readonly volumeMl: number | null;
  readonly amount: number | null;
  readonly price: number | null;
  /** The member whose scan waits here or covers the running fuelling, when it is surely one. */
  readonly member: string | null;
  readonly since: string | null;
}

export interface LineView {
  readonly id: string;
  readonly kind: string;
  readonly address: string;
  readonly open: boolean;
  /** 0..1 of the wire's time in the last window. */
  readonly utilisation: number;
  readonly requests: number;
  readonly errors: number;
  readonly reconnects: number;
  readonly lastError: string | null;
}

export interface DeviceView {
  readonly id: string;
  readonly line: string;
  readonly unit: number;
  readonly profile: string;
  readonly assumptions: readonly string[];
  /** online, held, proving or offline. */
  readonly state: string;
  readonly lastGoodAt: string | null;
  readonly requests: number;
  readonly timeouts: number;
  readonly badFrames: number;
  readonly exceptions: number;
  readonly strays: number;
  readonly lateReplies: number;
  readonly rttP50Ms: number | null;
  readonly rttP99Ms: number | null;
}

export interface ReaderView {
  readonly id: string;
  readonly kind: string;
  readonly online: boolean;
  readonly reads: number;
  readonly badFrames: number;
  readonly noReads: number;
  readonly lastReadAt: string | null;
}

export interface AlarmView {
  readonly at: string;
  readonly fuellingPoint: string;
  readonly alarm: string;
  readonly text: string;
}

export interface SaleView {
  readonly id: number;
  readonly key: string;
  readonly fuellingPoint: string;
  readonly nozzle: string;
  readonly grade: string;
  readonly tank: string | null;
  readonly volumeMl: number;
  readonly amount: number | null;
  readonly price: number | null;
  readonly startedAt: string | null;
  readonly endedAt: string;
  readonly businessDate: string;
  readonly totalizerStartMl: number;
  readonly totalizerEndMl: number;
  readonly saleNumber: number | null;
  readonly endCode: number | null;
  readonly quality: string;
  readonly flags: readonly string[];
  readonly attribution: 'attributed' | 'unclaimed' | 'ambiguous';
  readonly reason: string;
  readonly member: string | null;
  readonly card: string | null;
  /** Points earned; null: no credit was posted. */
  readonly points: number | null;
}

export interface SaleDetailView extends SaleView {
  readonly site: string;
  readonly currency: string;
  readonly credit: null | {
    readonly program: string;
    readonly programVersion: number;
    readonly tier: string;
    readonly points: number;
    readonly balance: number;
    readonly discounts: readonly DiscountLine[];
    readonly coupons: readonly CouponUse[];
    readonly campaigns: readonly string[];
    readonly explanation: readonly RuleExplanation[];
  };
}

export interface MemberBrief {
  readonly member: string;
  readonly tier: string;
  readonly balance: number;
  readonly usualGrade: string | null;
  readonly vehicles: readonly {
    readonly plate: string;
    readonly grade: string | null;
    readonly tankLitres: number | null;
  }[];
  readonly benefitsDue: readonly string[];
  readonly refusal: string | null;
}

export interface TraceView {
  readonly at: string;
  readonly line: string;
  readonly direction: 'tx' | 'rx' | 'note';
  /** Hex, spaced. */
  readonly bytes: string;
  readonly text: string;
}

/** What the API asks of the station. Everything is answered at once; lists are bounded. */
export interface StationView {
  status(): StatusView;
  devices(): readonly DeviceView[];
  sales(query: { limit: number; fuellingPoint?: string; before?: number }): readonly SaleView[];
  /** By short number or key; null: there is none. */
  sale(idOrKey: number | string): SaleDetailView | null;
  member(id: string): MemberBrief | null;
  /** Frames of a line as they pass; returns the way to stop. Throws NOT_FOUND. */
  trace(line: string, listener: (frame: TraceView) => void): () => void;
}

/** What is pushed on `GET /v1/events` (server-sent events), after the commit of what it tells. */
export type Push =
  | { readonly type: 'fuelling-point'; readonly data: FuellingPointView }
  | { readonly type: 'sale'; readonly data: SaleView }
  | { readonly type: 'credit.posted'; readonly data: Record<string, unknown> }
  | {
      readonly type: 'member.brief';
      readonly data: {
        readonly reader: string;
        readonly fuellingPoints: readonly string[];
        readonly brief: MemberBrief;
      };
    }
  | {
      readonly type: 'card.refused';
      readonly data: {
        readonly reader: string;
        readonly fuellingPoints: readonly string[];
        readonly refusal: string;
      };
    }
  | { readonly type: 'alarm'; readonly data: AlarmView };
