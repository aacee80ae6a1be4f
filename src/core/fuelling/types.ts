/** What the fuelling machine is told about a fuelling point, and what it tells. */
import type { DispenserState } from '../../model/readings.ts';
import type { FuellingSale } from '../../model/sale.ts';
import type { Instant, Millilitres, Money, UnitPrice } from '../../model/units.ts';

export interface HoseSpec {
  /** The dispenser's own number, 1-based. */
  readonly hose: number;
  readonly nozzle: string;
  readonly grade: string;
  readonly tank: string | null;
}

export interface PointSpec {
  readonly fuellingPoint: string;
  readonly hoses: readonly HoseSpec[];
  /** The profile has a record of the last sale. */
  readonly lastSale: boolean;
  /** After `last` comes `first` again; null: the dispenser does not number its sales. */
  readonly saleNumber: { readonly first: number; readonly last: number } | null;
  /** Volume at which the totalizer starts again; null: never. */
  readonly totalizerModulus: Millilitres | null;
  readonly totalizerResolution: Millilitres;
  /** Step of live and last-sale volumes; 10 ml where left out. */
  readonly volumeResolution?: Millilitres;
  /** How long after the end the totalizer and the record may take to be up to date. */
  readonly settleMs: number;
  readonly currencyDecimals: number;
  /** Most that one hose delivers, ml a minute; 200 L where left out. */
  readonly maxFlowMlPerMin?: number;
}

/** What happened, in order. State and facts belong into one transaction: a state without facts need not be stored. */
export type FuellingFact =
  | {
      readonly kind: 'state-changed';
      readonly state: DispenserState | 'lost';
      readonly nozzle: string | null;
      readonly at: Instant;
    }
  | { readonly kind: 'lifted'; readonly nozzle: string | null; readonly at: Instant }
  | { readonly kind: 'started'; readonly nozzle: string | null; readonly at: Instant }
  | { readonly kind: 'ended'; readonly nozzle: string | null; readonly at: Instant }
  | { readonly kind: 'sale'; readonly sale: FuellingSale }
  | { readonly kind: 'zero-sale'; readonly nozzle: string | null; readonly at: Instant }
  /** The dispenser's record may be acknowledged: what it holds is accounted for. */
  | { readonly kind: 'release'; readonly saleNumber: number | null }
  | {
      readonly kind: 'alarm';
      readonly nozzle: string | null;
      readonly alarm: FuellingAlarm;
      readonly text: string;
      readonly at: Instant;
    }
  | { readonly kind: 'baseline'; readonly nozzle: string; readonly volume: Millilitres };

export type FuellingAlarm =
  | 'totalizer-zero' // reads 0 where that cannot be
  | 'totalizer-backward' // went back, and no rollover explains it
  | 'totalizer-jump' // moved more than the hose can have delivered meanwhile
  | 'totalizer-rebased' // an implausible value stayed: counted from there; what lies between is not sold
  | 'totalizer-short' // never counted what the dispenser said it sold
  | 'recovered-in-doubt' // recovered although the clock does not explain so much
  | 'sales-untold' // several unseen sales that could not be told apart are one
  | 'hose-differs' // the dispenser named another hose than the one whose totalizer moved
  | 'held-before-contact' // the dispenser held a finished sale when it was first met
  | 'device-changed' // the file names another dispenser than the state is of: counted anew
  | 'dispensers-swapped' // two points read each other's totalizers
  | 'state-unreadable' // the stored state makes no sense: set aside, counted anew
  | 'sale-doubled'; // a sale's key is in the books already: not booked again

export interface FuellingView {
  readonly state: DispenserState | 'lost' | 'unknown';
  readonly nozzle: string | null;
  readonly grade: string | null;
  readonly volume: Millilitres | null;
  readonly amount: Money | null;
  readonly price: UnitPrice | null;
  readonly since: Instant | null;
}
