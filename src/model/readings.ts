/** What drivers hand to the core. Everything is already in the product's units. */
import type { Instant, Millilitres, Money, MonoMs, UnitPrice } from './units.ts';

/** IFSF fuelling point states, plus `completed`: ended and not yet cleared at the dispenser. */
export const dispenserStates = [
  'inoperative',
  'closed',
  'idle',
  'calling',
  'authorised',
  'started',
  'suspended-started',
  'fuelling',
  'suspended-fuelling',
  'completed',
] as const;
export type DispenserState = (typeof dispenserStates)[number];

interface At {
  /** When the reply's last byte was seen. */
  readonly at: Instant;
  readonly mono: MonoMs;
}

/** The running state of one fuelling point. `hose` is the dispenser's own number, 1-based; null: it does not tell. */
export interface LiveReading extends At {
  readonly kind: 'live';
  readonly state: DispenserState;
  readonly hose: number | null;
  readonly volume: Millilitres | null;
  readonly amount: Money | null;
  readonly price: UnitPrice | null;
  /** The device gave a finer amount than the currency has. */
  readonly rounded?: boolean;
}

/** Totalizers of all hoses of one fuelling point, read together. */
export interface TotalsReading extends At {
  readonly kind: 'totals';
  readonly hoses: readonly HoseTotals[];
  /** As in `LiveReading`, of any hose. */
  readonly rounded?: boolean;
}
export interface HoseTotals {
  readonly hose: number;
  readonly volume: Millilitres;
  readonly amount: Money | null;
}

/** The dispenser's record of its last sale. */
export interface LastSaleReading extends At {
  readonly kind: 'last-sale';
  readonly number: number | null;
  readonly hose: number | null;
  readonly volume: Millilitres;
  readonly amount: Money | null;
  readonly price: UnitPrice | null;
  readonly endCode: number | null;
  /** As in `LiveReading`. */
  readonly rounded?: boolean;
}

export interface PriceReading extends At {
  readonly kind: 'price';
  readonly hoses: readonly { readonly hose: number; readonly price: UnitPrice }[];
}

/** The device stopped answering (`lost`); the next good reading ends it. */
export interface LostReading extends At {
  readonly kind: 'lost';
  readonly reason: string;
}

export type DispenserReading = LiveReading | TotalsReading | LastSaleReading | PriceReading | LostReading;
export type ReadingGroup = 'live' | 'totals' | 'last-sale' | 'price';

/** How urgently the core wants each group of readings next; the poll loop turns it into deadlines. */
export type Urgency = 'now' | 'fast' | 'normal' | 'slow' | 'off';
export type Wants = Readonly<Record<ReadingGroup, Urgency>>;

/** A token as a reader gave it, before it is known what card it is. `text` is never logged. */
export interface CardRead extends At {
  readonly reader: string;
  readonly format: CardFormat;
  readonly text: string;
}

/**
 * How the text of a read is to be understood: `em40` 10 hex digits; `em32` 8 hex or 10 decimal digits; `wiegand26`
 * 6 hex digits; `uid` hex of any length (Mifare and kin); `number` printed digits; `stripe` PAN digits; `code` text of a bar or QR code.
 */
export const cardFormats = ['em40', 'em32', 'wiegand26', 'uid', 'number', 'stripe', 'code'] as const;
export type CardFormat = (typeof cardFormats)[number];
