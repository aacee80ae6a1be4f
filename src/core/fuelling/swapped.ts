/**
 * Two dispensers on each other's wires: the totals that each point reads are none of its own books, but fit those of the other.
 * Nothing of it may be sold: it would be on the wrong nozzle, at the wrong grade.
 */
import type { TotalsReading } from '../../model/readings.ts';
import type { FuellingState } from './state.ts';
import { look, toleranceOf } from './totalizer.ts';
import type { PointSpec } from './types.ts';

/** A point's books, and the totals read since it was last out of sight; null: none yet. */
export interface PointTotals {
  readonly spec: PointSpec;
  readonly state: FuellingState;
  readonly totals: TotalsReading | null;
}

/** `same`: nothing moved; `on`: as a hose can have delivered meanwhile; `not`: these are not its totals. null: no books to tell. */
export type Fit = 'same' | 'on' | 'not' | null;

/** How totals fit a point's books, over all hoses that have a baseline. */
export function fitOf({ spec, state }: PointTotals, totals: TotalsReading): Fit {
  let fit: Fit = null;
  for (const { hose } of spec.hoses) {
    const account = state.accounts.find((each) => each.hose === hose);
    if (!account?.mark) continue;
    const total = totals.hoses.find((each) => each.hose === hose) ?? null;
    const seen = look(spec, account, total, totals);
    if (seen.delta === null || seen.doubt) return 'not';
    if (seen.delta > toleranceOf(spec)) fit = 'on';
    else fit ??= 'same';
  }
  return fit;
}

/** `suspected`: this point reads what the other read last, and the other was not read since. */
export interface Swap<Point> {
  readonly other: Point;
  readonly kind: 'swapped' | 'suspected';
}

/** The point whose dispenser answers in the place of `one`'s; null: none does, as far as anything tells. */
export function swapOf<Point extends PointTotals>(
  one: Point & { readonly totals: TotalsReading },
  others: readonly Point[],
): Swap<Point> | null {
  const own = fitOf(one, one.totals);
  if (own === 'same' || own === null) return null;
  let suspected: Point | null = null;
  for (const other of others) {
    const crossed = fitOf(other, one.totals);
    if (crossed === null || crossed === 'not') continue;
    if (other.totals === null) {
      if (crossed === 'same') suspected ??= other;
      continue;
    }
    const ownOfOther = fitOf(other, other.totals);
    const crossedOther = fitOf(one, other.totals);
    if (ownOfOther === 'same' || crossedOther === null || crossedOther === 'not') continue;
    // That both moved by chance to where the other stands is no chance; nor that neither can be its own.
    const exact = (crossed === 'same' ? 1 : 0) + (crossedOther === 'same' ? 1 : 0);
    const foreign = (own === 'not' ? 1 : 0) + (ownOfOther === 'not' ? 1 : 0);
    if (exact + foreign >= 2) return { other, kind: 'swapped' };
  }
  return suspected && { other: suspected, kind: 'suspected' };
}
