/** How a balance of gauge against book stands. Book = opening + deliveries - sales; variance = gauge - book. */
import type { Verdict } from '../../model/tankEvents.ts';

/** Millilitres; null: not measured. */
export interface BalanceFigures {
  readonly period: 'day' | 'month';
  readonly opening: number | null;
  readonly deliveries: number;
  readonly sales: number;
  readonly gauge: number | null;
}

export interface BalancePolicy {
  /** Percent of the throughput. */
  readonly investigatePercent: number;
  readonly escalatePercent: number;
  /** Also judge months by 40 CFR 280.43(a): 1 % of the flow-through + 130 US gallons. */
  readonly usRule: boolean;
}

/** What two looks of a gauge may be apart on a tight tank: noise, waves, a chart that errs. */
const lookToleranceMl = 30_000;
/** And what the volume of a delivery may be wrong by, in parts of it. */
const deliveryTolerance = 0.003;
const usGallonMl = 3785.411784;

export interface Judgement {
  readonly verdict: Verdict;
  /** Why it is unknown, or what else speaks against it. */
  readonly reasons: readonly string[];
}

/**
 * A variance within what can be measured at all is within, however little was sold. `doubts`: what makes the figures
 * unfit to be judged, a day that was not closed at rest for example.
 */
export function judgeBalance(
  policy: BalancePolicy,
  { period, opening, deliveries, sales, gauge }: BalanceFigures,
  doubts: readonly string[] = [],
): Judgement {
  if (opening === null || gauge === null) return { verdict: 'unknown', reasons: ['not-measured'] };
  if (doubts.length > 0) return { verdict: 'unknown', reasons: [] };
  const variance = Math.abs(gauge - (opening + deliveries - sales));
  const reasons: string[] = [];
  const breaksUsRule = policy.usRule && period === 'month' && variance > sales / 100 + 130 * usGallonMl;
  if (breaksUsRule) reasons.push('over 1 % + 130 gal');
  if (variance <= lookToleranceMl + deliveries * deliveryTolerance && !breaksUsRule)
    return { verdict: 'within', reasons };
  const over = (percent: number): boolean => variance > (sales * percent) / 100;
  if (breaksUsRule || over(policy.escalatePercent)) return { verdict: 'escalate', reasons };
  return { verdict: over(policy.investigatePercent) ? 'investigate' : 'within', reasons };
}
