/** One card, one claim: what a further read of a card does to those that are open. */
import type { Claim } from '../../model/sale.ts';

const refreshMs = 10 * 60_000;

/**
 * The claims with `claim` among them. A card that was not used has one claim, which moves with it: scanned again at the
 * same reader it is refreshed, at another reader it is there from now on. `stays`: needed where it is, for a fuelling that
 * it may be of; the card then has two. Both in order of time.
 */
export function joinClaim(
  existing: readonly Claim[],
  claim: Claim,
  stays: (claim: Claim) => boolean,
): Claim[] {
  const same = existing.find(
    (each) =>
      each.sale === null &&
      each.card === claim.card &&
      Math.abs(claim.at - each.at) <= refreshMs &&
      !stays(each),
  );
  if (!same) return [...existing, claim];
  const coupons = [...new Set([...same.coupons, ...claim.coupons])];
  return [...existing.filter((each) => each !== same), { ...claim, id: same.id, coupons }];
}
