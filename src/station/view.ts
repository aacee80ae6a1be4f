/**
 * What the local API shows: plain data, in the product's units, with names as in the feed. The station answers it,
 * `api/` serves it, the CLI prints it.
 */

import type { AlertKind, Finding } from '../model/alert.ts';
import type { CouponUse, DiscountLine, RuleExplanation } from '../model/sale.ts';
import type { FuellingPointState } from '../model/states.ts';
import type { Books } from './books.ts';
import type { DeliveryView, GaugeView, IncidentView, TankAlarmView, TankView } from './tanks/view.ts';

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
  readonly clock: ClockView;
  readonly program: { readonly id: string; readonly version: number };
  readonly members: number;
  readonly store: StoreView;
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
  readonly tanks: readonly TankView[];
  /** Those that stand, newest first. */
  readonly tankAlarms: readonly TankAlarmView[];
  readonly gauges: readonly GaugeView[];
}

export interface StoreView {
  readonly path: string;
  /** A damaged database was set aside and this one begun; null: never, or the damaged one is gone. */
  readonly replaced: { readonly keptAs: string; readonly reason: string; readonly at: string } | null;
  /** space-low: no telemetry is stored. refusing: nothing is stored and nothing acknowledged to a dispenser. */
  readonly disk: 'sound' | 'space-low' | 'refusing';
  readonly since: string | null;
  /** What is wrong with the disk and how to mend it; code null: nothing. */
  readonly code: string | null;
  readonly text: string;
  readonly hint: string;
  /** null: not measured yet. */
  readonly freeBytes: number | null;
  readonly reserveBytes: number;
  /** Writes refused since the start. */
  readonly refused: number;
}

export interface ClockView {
  /** false: nobody knows the date; the station counts on from the newest time it knew. */
  readonly synchronised: boolean;
  /** The last time since the start that the clock was set. */
  readonly lastStep: { readonly at: string; readonly deltaMs: number; readonly reason: string } | null;
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
  /** Events that the broker will not get: all since the database was made, and the newest. */
  readonly setAside: {
    readonly count: number;
    readonly newest: null | {
      readonly stream: string;
      readonly seq: number;
      readonly reason: string;
      readonly at: string;
    };
  };
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
  /** Times that something in the device's path threw, and the last one. */
  readonly faults: number;
  readonly lastFault: string | null;
}

export interface ReaderView {
  readonly id: string;
  readonly kind: string;
  readonly online: boolean;
  readonly reads: number;
  readonly badFrames: number;
  readonly noReads: number;
  readonly lastReadAt: string | null;
  readonly faults: number;
  readonly lastFault: string | null;
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
  /** Member whose attendant card was read at it. */
  readonly attendant: string | null;
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
  /** Oldest first. */
  readonly corrections: readonly CorrectionView[];
  readonly alerts: readonly AlertView[];
  /** Spills and the like that a person recorded, oldest first. */
  readonly incidents: readonly IncidentView[];
}

export interface StandingView {
  readonly attribution: 'attributed' | 'unclaimed' | 'ambiguous';
  readonly member: string | null;
  readonly reason: string;
  readonly points: number | null;
}

/** What a person changed of a sale. */
export interface CorrectionView {
  readonly number: number;
  readonly kind: 'assigned' | 'reassigned' | 'voided';
  readonly at: string;
  readonly by: string;
  /** Of the operating system. */
  readonly user: string | null;
  readonly reason: string;
  readonly before: StandingView;
  readonly after: StandingView;
  /** What could not be known and was taken instead. */
  readonly notes: readonly string[];
}

/** What a correction came to. */
export interface CorrectedView {
  /** false: it stood so already, or the request was done before; nothing was posted. */
  readonly changed: boolean;
  readonly sale: SaleDetailView;
}

export interface AlertView {
  readonly number: number;
  readonly sale: number;
  readonly fuellingPoint: string;
  readonly kind: AlertKind;
  readonly level: Finding['level'];
  readonly member: string | null;
  readonly text: string;
  readonly at: string;
  readonly dueAt: string;
}

export interface WarningView {
  readonly fuellingPoint: string;
  readonly nozzle: string;
  readonly grade: string;
  readonly warning: 'wrong-fuel';
  readonly member: string | null;
  readonly expected: readonly string[];
  readonly text: string;
  readonly at: string;
}

/** A scan that may be of a sale. */
export interface CandidateView {
  readonly claim: string;
  readonly reader: string;
  readonly at: string;
  readonly member: string | null;
  readonly refusal: string | null;
  /** Number of another sale that it was used for. */
  readonly takenFor: number | null;
  readonly why: string;
}

/** What is left to a person. */
export interface ClaimsView {
  readonly since: string;
  /** Newest first. */
  readonly sales: readonly {
    readonly sale: SaleView;
    readonly candidates: readonly CandidateView[];
    readonly voided: boolean;
    /** Its time for corrections is not over. */
    readonly correctable: boolean;
  }[];
  /** Good cards that no sale stands on, oldest first. */
  readonly open: readonly {
    readonly claim: string;
    readonly reader: string;
    readonly fuellingPoints: readonly string[];
    readonly at: string;
    readonly member: string;
  }[];
}

/** As it was when the alert was raised. */
export interface EvidenceView {
  readonly at: string;
  readonly sale: SaleView;
  readonly liftedAt: string | null;
  readonly totalizer: { readonly startMl: number; readonly endMl: number; readonly spanMl: number };
  readonly member: null | {
    readonly member: string;
    readonly tier: string;
    /** Of the largest vehicle that it can have been; null: not known. */
    readonly tankLitres: number | null;
    readonly fills: { readonly count: number; readonly volume: number };
  };
  readonly states: readonly {
    readonly at: string;
    readonly state: string;
    readonly nozzle: string | null;
  }[];
  /** Of the fuelling; null: not kept. */
  readonly readings:
    | readonly {
        readonly at: string;
        readonly state: string;
        readonly volumeMl: number | null;
        readonly amount: number | null;
      }[]
    | null;
  /** Counters of the dispenser when the alert was raised. */
  readonly device: DeviceView | null;
  readonly claims: readonly CandidateView[];
}

export interface SaleEvidenceView {
  readonly sale: number;
  readonly alerts: readonly { readonly alert: AlertView; readonly evidence: EvidenceView }[];
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
  readonly books: Books;
}

/** What is pushed on `GET /v1/events` (server-sent events), after the commit of what it tells. */
export type Push =
  | { readonly type: 'fuelling-point'; readonly data: FuellingPointView }
  | { readonly type: 'sale'; readonly data: SaleView }
  | { readonly type: 'credit.posted'; readonly data: Record<string, unknown> }
  | { readonly type: 'credit.reversed'; readonly data: Record<string, unknown> }
  | { readonly type: 'alert'; readonly data: AlertView }
  | { readonly type: 'warning'; readonly data: WarningView }
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
  | { readonly type: 'alarm'; readonly data: AlarmView }
  | { readonly type: 'tank-alarm'; readonly data: TankAlarmView }
  | { readonly type: 'delivery'; readonly data: DeliveryView };
