/** What a credit is computed from. Everything comes in: the room reads no clock and no store. */
import type { Program } from '../../model/config/program.ts';
import type { FuellingSale } from '../../model/sale.ts';

export interface CreditInput {
  readonly sale: Pick<FuellingSale, 'key' | 'grade' | 'volume' | 'amount' | 'price' | 'quality'>;
  /** Decimals of the station's currency: 2 for cents and fen. */
  readonly currencyDecimals: number;
  readonly member: { readonly id: string; readonly tier: string };
  readonly program: Program;
  /** YYYY-MM-DD: the station's business day of the sale; rules count in these days, never in UTC ones. */
  readonly businessDate: string;
  /** Codes as the scanner gave them, in order. */
  readonly couponsScanned: readonly string[];
  /** How often this member has redeemed each coupon, by coupon id. */
  readonly couponUses: Readonly<Record<string, number>>;
}
