/** Sums over all sales for displays, read once at the start and kept: asking must not walk through years of sales. */
import type { FuellingSale } from '../model/sale.ts';
import type { Instant } from '../model/units.ts';
import type { Store } from '../store/store.ts';

export interface Tally {
  readonly all: { readonly count: number; readonly volumeMl: number; readonly amount: number };
  /** Sales of a business date; only the newest date is kept. */
  on(businessDate: string): number;
  add(sale: FuellingSale, businessDate: string): void;
}

const dayAndAHalfMs = 36 * 3600 * 1000;

export function createTally(store: Store, now: Instant): Tally {
  const { count, volume, amount } = store.sales.totals();
  let all = { count, volumeMl: volume as number, amount: amount as number };
  let date = '';
  let onDate = 0;
  const addToDate = (businessDate: string): void => {
    if (businessDate > date) [date, onDate] = [businessDate, 1];
    else if (businessDate === date) onDate += 1;
  };
  for (const sale of store.sales.since((now - dayAndAHalfMs) as Instant)) addToDate(sale.businessDate);
  return {
    get all() {
      return all;
    },
    on: (businessDate) => (businessDate === date ? onDate : 0),
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
