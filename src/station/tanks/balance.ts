/** What a balance comes to: book stock = opening + deliveries - sales; variance = gauge - book. */
import type { Verdict } from '../../model/tankEvents.ts';
import type { Closing } from '../../store/tanks/closings.ts';
import type { BalanceView } from './view.ts';

/** Says how a balance stands, and what makes it doubtful. */
export type Judge = (balance: Omit<Closing, 'verdict'>) => {
  readonly verdict: Verdict;
  readonly reasons: readonly string[];
};

export function varianceOf({
  opening,
  deliveries,
  sales,
  gauge,
}: Pick<Closing, 'opening' | 'deliveries' | 'sales' | 'gauge'>): {
  bookMl: number | null;
  varianceMl: number | null;
  /** Of the throughput; null where nothing was sold. */
  variancePpm: number | null;
} {
  const bookMl = opening === null ? null : opening + deliveries - sales;
  const varianceMl = bookMl === null || gauge === null ? null : gauge - bookMl;
  const variancePpm = varianceMl === null || sales === 0 ? null : Math.round((varianceMl / sales) * 1e6);
  return { bookMl, varianceMl, variancePpm };
}

export const balanceView = (closing: Closing, open: boolean): BalanceView => ({
  stock: closing.stock,
  grade: closing.grade,
  period: closing.period,
  ...{ from: closing.from, to: closing.to },
  openingMl: closing.opening,
  deliveriesMl: closing.deliveries,
  salesMl: closing.sales,
  gaugeMl: closing.gauge,
  ...varianceOf(closing),
  verdict: closing.verdict,
  reasons: closing.reasons,
  open,
});
