/** Whom a claim speaks for. */
import type { Claim } from '../../model/sale.ts';
import type { Fuelling } from './windows.ts';

const retryMs = 60_000;

export const isServed = (claim: Claim, { fuellingPoint }: Pick<Fuelling, 'fuellingPoint'>): boolean =>
  claim.fuellingPoints.includes(fuellingPoint);

export const isGood = (claim: Claim): boolean => claim.member !== null && claim.refusal === null;

/** Unused claims without the first tries of drivers who then took a good card. */
export function drivers(claims: readonly Claim[]): Claim[] {
  const open = claims.filter((claim) => claim.sale === null);
  return open.filter(
    (claim) =>
      isGood(claim) ||
      !open.some(
        (later) =>
          isGood(later) &&
          later.reader === claim.reader &&
          later.at > claim.at &&
          later.at - claim.at <= retryMs,
      ),
  );
}

/** Two cards of one member, or one card at two readers, are one owner. */
export const ownerOf = (claim: Claim): string =>
  claim.member === null ? `card ${claim.card}` : `member ${claim.member}`;
