/** What the future can still tell of a scan. */
import type { MatchingPolicy } from '../../model/config/station.ts';
import type { Claim } from '../../model/sale.ts';
import { type Instant, instant } from '../../model/units.ts';
import { type Fit, type Fuelling, fitsWell, isReadAtNozzle, pointsBeside, type Windows } from './windows.ts';

/**
 * Fuellings that may still begin: who scanned a moment ago may be about to lift, at an idle point that the reader serves
 * or, if he took it for his own, at one beside.
 * null: nobody may. A point where somebody fuels, or fuelled since the scan, has none to come for it.
 */
export function yetToCome(
  own: Fuelling,
  others: readonly Fuelling[],
  claims: readonly Claim[],
  { windows, policy, now }: { windows: Windows; policy: MatchingPolicy; now: Instant },
): { fuellings: Fuelling[]; fits: Windows; until: Instant } | null {
  const waitsUntil = (claim: Claim, point: string): number => {
    if (claim.fuellingPoints.includes(point))
      return claim.at + (claim.fuellingPoints.length > 1 ? policy.sharedWaitS : policy.waitS) * 1000;
    return isReadAtNozzle(claim, own, windows) ? claim.at + policy.beforeS * 1000 : claim.at;
  };
  const waiting = claims.filter((claim) => fitsWell(windows(claim, own)));
  const freeSince = (point: string): number => {
    let since = Number.NEGATIVE_INFINITY;
    for (const each of [own, ...others])
      if (each.fuellingPoint === point) since = Math.max(since, each.endedAt ?? Number.POSITIVE_INFINITY);
    return since;
  };
  const free = new Map<string, number>();
  const reach = (claim: Claim): string[] => [...claim.fuellingPoints, ...pointsBeside(claim, policy)];
  for (const claim of waiting)
    for (const point of reach(claim)) if (!free.has(point)) free.set(point, freeSince(point));
  const fits: Windows = (claim, { fuellingPoint }): Fit | null =>
    waitsUntil(claim, fuellingPoint) > now &&
    reach(claim).includes(fuellingPoint) &&
    claim.at > (free.get(fuellingPoint) ?? 0)
      ? {
          moment: 'scan-before',
          doubt: claim.fuellingPoints.includes(fuellingPoint) ? null : 'beside',
        }
      : null;
  const fuellings = [...free.keys()]
    .map(
      (fuellingPoint): Fuelling => ({
        fuellingPoint,
        nozzle: null,
        liftedAt: now,
        startedAt: null,
        endedAt: null,
        sale: null,
        attributed: false,
        card: null,
      }),
    )
    .filter((fuelling) => waiting.some((claim) => fits(claim, fuelling) !== null));
  if (fuellings.length === 0) return null;
  const until = fuellings.flatMap((fuelling) =>
    waiting
      .filter((claim) => fits(claim, fuelling) !== null)
      .map((claim) => waitsUntil(claim, fuelling.fuellingPoint)),
  );
  return { fuellings, fits, until: instant(Math.min(...until)) };
}
