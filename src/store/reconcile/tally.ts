/** What reconciling adds up and finds: by business date, and the differences one by one. */

export interface Difference {
  /** Of the sale; null: it is no one day's. */
  readonly businessDate: string | null;
  /** `sale 12`, `balance member:m-1`, `nozzle FP1/1`. */
  readonly what: string;
  readonly problem: string;
  /** What a person can do. */
  readonly mend: string;
}

export interface DayTotals {
  readonly businessDate: string;
  sales: number;
  volumeMl: number;
  /** Minor units; sales of unknown amount count as nothing. */
  amount: number;
  /** Credited and in force. */
  points: number;
  unclaimed: number;
  ambiguous: number;
  recovered: number;
  differences: number;
}

/** Inclusive business dates; null: without end. */
export interface DateRange {
  readonly from: string | null;
  readonly to: string | null;
}

export interface Tally {
  day(businessDate: string): DayTotals;
  differ(difference: Difference): void;
  /** In order of their dates. */
  days(): DayTotals[];
  readonly differences: readonly Difference[];
  readonly count: number;
}

const most = 1000;

export function createTally(): Tally {
  const days = new Map<string, DayTotals>();
  const differences: Difference[] = [];
  let count = 0;
  const day = (businessDate: string): DayTotals => {
    const known = days.get(businessDate);
    if (known) return known;
    const none = { sales: 0, volumeMl: 0, amount: 0, points: 0 };
    const fresh = { businessDate, ...none, unclaimed: 0, ambiguous: 0, recovered: 0, differences: 0 };
    days.set(businessDate, fresh);
    return fresh;
  };
  return {
    day,
    differ(difference) {
      count += 1;
      if (differences.length < most) differences.push(difference);
      if (difference.businessDate !== null) day(difference.businessDate).differences += 1;
    },
    days: () => [...days.values()].sort((one, other) => (one.businessDate < other.businessDate ? -1 : 1)),
    differences,
    get count() {
      return count;
    },
  };
}

export const inRange = ({ from, to }: DateRange, date: string): boolean =>
  (from === null || date >= from) && (to === null || date <= to);
