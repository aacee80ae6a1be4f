/** When a scan can be of a fuelling: before its lift, while it runs, or shortly after its end, at a reader that serves its point. */
import type { MatchingPolicy } from '../../model/config/station.ts';
import type { SaleKey } from '../../model/ids.ts';
import type { Claim } from '../../model/sale.ts';
import type { Instant } from '../../model/units.ts';

export interface Fuelling {
  readonly fuellingPoint: string;
  readonly nozzle: string | null;
  readonly liftedAt: Instant | null;
  readonly startedAt: Instant | null;
  /** null: running. */
  readonly endedAt: Instant | null;
  readonly sale: SaleKey | null;
  /** It has its member already. */
  readonly attributed: boolean;
}

export type ScanMoment = 'scan-before' | 'scan-during' | 'scan-after';

/** The first that is known of it; null: nothing is (a running fuelling that was met in mid-fill). */
const beginOf = (fuelling: Fuelling): Instant | null =>
  fuelling.liftedAt ?? fuelling.startedAt ?? fuelling.endedAt;

/** When a scan was, seen from a fuelling; null: outside the windows. */
export type Windows = (claim: Claim, fuelling: Fuelling) => ScanMoment | null;

/**
 * The windows of these fuellings, each weighed against the one before it at its point: a scan made while the point was
 * still another's is never for the next fuelling there.
 */
export function windowsOf(all: readonly Fuelling[], policy: MatchingPolicy): Windows {
  const ends = new Map<Fuelling, number>();
  const previousEnd = (fuelling: Fuelling, begin: Instant): number => {
    const known = ends.get(fuelling);
    if (known !== undefined) return known;
    let end = Number.NEGATIVE_INFINITY;
    for (const each of all) {
      const isBefore = each !== fuelling && each.fuellingPoint === fuelling.fuellingPoint;
      if (isBefore && each.endedAt !== null && each.endedAt <= begin) end = Math.max(end, each.endedAt);
    }
    ends.set(fuelling, end);
    return end;
  };
  return (claim, fuelling) => {
    const { endedAt } = fuelling;
    if (!claim.fuellingPoints.includes(fuelling.fuellingPoint)) return null;
    if (endedAt !== null && claim.at > endedAt + policy.afterS * 1000) return null;
    const begin = beginOf(fuelling);
    if (begin === null) return 'scan-during';
    if (claim.at < begin - policy.beforeS * 1000) return null;
    if (claim.at < begin) return claim.at <= previousEnd(fuelling, begin) ? null : 'scan-before';
    return endedAt !== null && claim.at > endedAt ? 'scan-after' : 'scan-during';
  };
}
