/**
 * When a scan can be of a fuelling: before its lift, while it runs, or shortly after its end, at a reader that serves its point;
 * or just before a lift beside it, by a driver who took the reader for his own.
 */
import type { MatchingPolicy } from '../../model/config/station.ts';
import type { CardKey, SaleKey } from '../../model/ids.ts';
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
  /** No other scan may take it: it is somebody's, or surely of a card that cannot be credited. */
  readonly attributed: boolean;
  /** Whose card it was credited to. */
  readonly card: CardKey | null;
  /** It is not credited any more, for when it was is not known well enough; but a scan may have been its driver's. */
  readonly isClosed?: boolean;
}

export type ScanMoment = 'scan-before' | 'scan-during' | 'scan-after';

/**
 * `doubt`: it may be so, but credits nobody. `old`: so long before the lift that another driver may have come meanwhile.
 * `slow`: so long after the end that the next driver may have come and gone on to another point.
 * `again`: the card has its sale and was read once more, and the next lift was not at once. `late`: so long after the end
 * that it is more likely the next driver's; it only hinders a credit of that one. `beside`: read where another fuelled, just
 * before this lift beside it; it only hinders a credit there.
 */
export interface Fit {
  readonly moment: ScanMoment;
  readonly doubt: 'old' | 'slow' | 'again' | 'late' | 'beside' | null;
  /** The lift followed at once, at the only point of the reader: nobody else can have come. */
  readonly isPrompt?: boolean;
}

/** It may be the card of this fuelling's driver. */
export const fitsWell = (fit: Fit | null): boolean =>
  fit !== null && fit.doubt !== 'late' && fit.doubt !== 'beside';

/** A scan so long after the end may be of that fuelling's driver, s. */
export const afterEndS = ({ afterS, slowS }: MatchingPolicy): number => Math.max(afterS, slowS);

/** The points whose drivers may take the reader of this scan for theirs. */
export const pointsBeside = ({ fuellingPoints }: Claim, { islands }: MatchingPolicy): string[] =>
  islands
    .filter((island) => island.some((point) => fuellingPoints.includes(point)))
    .flat()
    .filter((point) => !fuellingPoints.includes(point));

/** Who scans at one reader and within this at another took the first for the second. */
export const mistakenMs = 60_000;
/** Who lifts again within this of the end of a sale may be its driver; later it is the next one. */
const secondFillMs = 45_000;

/** The first that is known of it; null: nothing is (a running fuelling that was met in mid-fill). */
export const beginOf = (fuelling: Fuelling): Instant | null =>
  fuelling.liftedAt ?? fuelling.startedAt ?? fuelling.endedAt;

/** How a scan fits a fuelling; null: it cannot be of it. */
export type Windows = (claim: Claim, fuelling: Fuelling) => Fit | null;

/** Read at its point while it was fuelled, or after it. */
export const isReadAtNozzle = (claim: Claim, own: Fuelling, windows: Windows): boolean => {
  const fit = windows(claim, own);
  return fit !== null && fit.moment !== 'scan-before';
};

/**
 * The windows of these fuellings, each weighed against those beside it at its point: a scan made while the point was
 * still another's is never for the next fuelling there, and one that is promptly followed by a lift at the only point of
 * its reader is not for the fuelling before, whose car could not have left.
 */
export function windowsOf(all: readonly Fuelling[], policy: MatchingPolicy): Windows {
  const byPoint = Map.groupBy(all, ({ fuellingPoint }) => fuellingPoint);
  const ends = new Map<Fuelling, number>();
  const previousEnd = (fuelling: Fuelling, begin: Instant): number => {
    const known = ends.get(fuelling);
    if (known !== undefined) return known;
    let end = Number.NEGATIVE_INFINITY;
    for (const each of byPoint.get(fuelling.fuellingPoint) ?? [])
      if (each !== fuelling && each.endedAt !== null && each.endedAt <= begin)
        end = Math.max(end, each.endedAt);
    ends.set(fuelling, end);
    return end;
  };
  const liftedPromptly = ({ at, fuellingPoints }: Claim): boolean =>
    fuellingPoints.length === 1 &&
    (byPoint.get(fuellingPoints[0] ?? '') ?? []).some((each) => {
      const begin = beginOf(each);
      return begin !== null && begin > at && begin <= at + policy.promptS * 1000;
    });
  const credited = all.filter((each) => each.card !== null);
  /** The sale that this card was just credited with, where its driver scanned once more. */
  const creditedBefore = (claim: Claim): Fuelling | null =>
    credited.find(
      ({ card, endedAt, fuellingPoint }) =>
        card === claim.card &&
        endedAt !== null &&
        claim.fuellingPoints.includes(fuellingPoint) &&
        claim.at >= endedAt &&
        claim.at <= endedAt + afterEndS(policy) * 1000,
    ) ?? null;
  const isSecondFill = (had: Fuelling, fuelling: Fuelling, begin: Instant | null): boolean =>
    had.fuellingPoint === fuelling.fuellingPoint &&
    begin !== null &&
    had.endedAt !== null &&
    begin >= had.endedAt &&
    begin - had.endedAt <= secondFillMs;

  /** Somebody lifts next where the card was not read: it may be his, unless the lift at its own reader follows at once. */
  const fitBeside = (claim: Claim, fuelling: Fuelling): Fit | null => {
    const begin = fuelling.liftedAt ?? fuelling.startedAt;
    if (begin === null || begin <= claim.at || begin > claim.at + policy.beforeS * 1000) return null;
    if (!pointsBeside(claim, policy).includes(fuelling.fuellingPoint) || liftedPromptly(claim)) return null;
    // Another car stood there, or the card has its sale.
    if (claim.at <= previousEnd(fuelling, begin) || creditedBefore(claim) !== null) return null;
    return { moment: 'scan-before', doubt: 'beside' };
  };

  return (claim, fuelling) => {
    const { endedAt } = fuelling;
    if (!claim.fuellingPoints.includes(fuelling.fuellingPoint)) return fitBeside(claim, fuelling);
    if (fuelling.isClosed && endedAt !== null && fuelling.liftedAt === null && fuelling.startedAt === null) {
      // Any time since the fuelling before it: when it began nobody saw, and its end was found afterwards.
      const isBetween = claim.at > previousEnd(fuelling, endedAt) && claim.at <= endedAt;
      return isBetween ? { moment: 'scan-during', doubt: null } : null;
    }
    const since = endedAt === null ? 0 : (claim.at - endedAt) / 1000;
    if (since > Math.max(afterEndS(policy), policy.lateS)) return null;
    const begin = beginOf(fuelling);
    const age = begin === null ? 0 : (begin - claim.at) / 1000;
    if (age > Math.max(policy.beforeS, policy.oldS)) return null;
    const had = creditedBefore(claim);
    if (had !== null && !isSecondFill(had, fuelling, begin)) return null;
    if (since > 0) {
      if (liftedPromptly(claim)) return null;
      const slow = since > policy.afterS ? 'slow' : null;
      return { moment: 'scan-after', doubt: since > afterEndS(policy) ? 'late' : slow };
    }
    if (age <= 0 || begin === null) return { moment: 'scan-during', doubt: null };
    if (claim.at <= previousEnd(fuelling, begin)) return null;
    if (had !== null && age > policy.promptS / 2) return { moment: 'scan-before', doubt: 'again' };
    const isPrompt = age <= policy.promptS && claim.fuellingPoints.length === 1;
    return { moment: 'scan-before', doubt: age > policy.beforeS ? 'old' : null, isPrompt };
  };
}
