/** Sums over all sales for displays, taken at the start from what the database keeps: nothing here walks through years of sales. */
import type { FuellingSale } from '../model/sale.ts';
import type { Instant } from '../model/units.ts';
import type { Store } from '../store/store.ts';

export interface Tally {
  readonly all: { readonly count: number; readonly volumeMl: number; readonly amount: number };
  /** Sales of a business date; only the dates of the last sales are kept. */
  on(businessDate: string): number;
  add(sale: FuellingSale, businessDate: string): void;
}

const dayAndAHalfMs = 36 * 3600 * 1000;
/** The clock may go back over midnight, or be set from one day to another. */
const datesKept = 8;

export function createTally(store: Store, now: Instant): Tally {
  const { count, volume, amount } = store.sales.totals();
  let all = { count, volumeMl: volume as number, amount: amount as number };
  const onDates = new Map<string, number>();
  const addToDate = (businessDate: string): void => {
    const count = (onDates.get(businessDate) ?? 0) + 1;
    // The latest touched last, so that the first is the one that no clock came back to.
    onDates.delete(businessDate);
    onDates.set(businessDate, count);
    const [oldest] = onDates.keys();
    if (oldest !== undefined && onDates.size > datesKept) onDates.delete(oldest);
  };
  for (const { businessDate, count: sales } of store.sales.countsByDate((now - dayAndAHalfMs) as Instant))
    onDates.set(businessDate, sales);
  return {
    get all() {
      return all;
    },
    on: (businessDate) => onDates.get(businessDate) ?? 0,
    add(sale, businessDate) {
      all = {
        count: all.count + 1,
        volumeMl: all.volumeMl + sale.volume,
        amount: all.amount + (sale.amount ?? 0),
      };
      addToDate(businessDate);
    },
  };
}
