/**
 * Whose sale it is, from the scans and the fuellings around it. It never guesses: a sale is a member's only where every
 * way of giving each scan its fuelling gives this sale to that member; otherwise it is left to a person.
 *
 * Refused cards: a refused card means a driver as any other, so it competes for the sale and a sale it surely owns is
 * nobody's (`card-blocked` ...). But one that was followed within a minute by a good card at the same reader was the same
 * driver's first try and is left out.
 */
import type { MatchingPolicy } from '../../model/config/station.ts';
import type { SaleKey } from '../../model/ids.ts';
import type { Attribution, Claim, FuellingSale } from '../../model/sale.ts';
import { connected, ownersOf } from './assignment.ts';
import { type Fuelling, type ScanMoment, windowsOf } from './windows.ts';

export type { Fuelling } from './windows.ts';

/** More than these at once is no forecourt: `too-many` is left to a person, before it takes time. */
const mostAtOnce = 100;
const retryMs = 60_000;
/** Who scanned lifts within this, as far as a shared reader is concerned. */
const liftWithinMs = 60_000;
const refreshMs = 10 * 60_000;

export type SaleToAttribute = Pick<
  FuellingSale,
  'fuellingPoint' | 'liftedAt' | 'startedAt' | 'endedAt' | 'quality'
>;

/** `claims`: recent, used ones are left out; `others`: the fuellings beside the sale's own, running and ended, at all points. */
export function attributeSale(input: {
  readonly sale: SaleToAttribute;
  readonly claims: readonly Claim[];
  readonly others: readonly Fuelling[];
  readonly policy: MatchingPolicy;
}): Attribution {
  const { sale, policy } = input;
  if (sale.quality === 'recovered' && sale.liftedAt === null && sale.startedAt === null) {
    return unclaimed('recovered', 'nobody saw when it was fuelled');
  }
  const own: Fuelling = { ...sale, nozzle: null, sale: null, attributed: false };
  const others = input.others.filter((other) => !isSame(own, other));
  return decide(own, others, drivers(input.claims), policy);
}

/** A scan after the end: the sale that is surely its, null if none or more than one is. */
export function attributeScan(input: {
  readonly claim: Claim;
  readonly fuellings: readonly Fuelling[];
  readonly claims: readonly Claim[];
  readonly policy: MatchingPolicy;
}): { sale: SaleKey; attribution: Attribution } | null {
  const { claim, fuellings, policy } = input;
  if (claim.sale !== null || !isGood(claim)) return null;
  const claims = drivers([...input.claims.filter((each) => each.id !== claim.id), claim]);
  const moment = windowsOf(fuellings, policy);
  const found: { sale: SaleKey; attribution: Attribution }[] = [];
  for (const fuelling of fuellings) {
    const { sale, attributed, endedAt, liftedAt, startedAt } = fuelling;
    if (sale === null || attributed || endedAt === null || (liftedAt === null && startedAt === null))
      continue;
    if (moment(claim, fuelling) === null) continue;
    const others = fuellings.filter((each) => each !== fuelling);
    const attribution = decide(fuelling, others, claims, policy);
    if (attribution.kind === 'attributed' && attribution.claim === claim.id)
      found.push({ sale, attribution });
  }
  const [only, another] = found;
  return only && !another ? only : null;
}

/** The claims with `claim` among them. The same card at the same reader, not used yet and not long ago, is the same claim refreshed. */
export function joinClaim(existing: readonly Claim[], claim: Claim): Claim[] {
  const same = existing.find(
    (each) =>
      each.sale === null &&
      each.card === claim.card &&
      each.reader === claim.reader &&
      Math.abs(claim.at - each.at) <= refreshMs,
  );
  if (!same) return [...existing, claim];
  const coupons = [...new Set([...same.coupons, ...claim.coupons])];
  return existing.map((each) => (each === same ? { ...claim, id: same.id, coupons } : each));
}

const unclaimed = (word: string, text: string): Attribution => ({
  kind: 'unclaimed',
  reason: `${word}: ${text}`,
});

const isSame = (own: Fuelling, other: Fuelling): boolean =>
  own.fuellingPoint === other.fuellingPoint &&
  own.liftedAt === other.liftedAt &&
  own.startedAt === other.startedAt &&
  (own.liftedAt !== null || own.startedAt !== null || own.endedAt === other.endedAt);

const isGood = (claim: Claim): boolean => claim.member !== null && claim.refusal === null;

/** Unused claims without the first tries of drivers who then took a good card. */
function drivers(claims: readonly Claim[]): Claim[] {
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
const ownerOf = (claim: Claim): string =>
  claim.member === null ? `card ${claim.card}` : `member ${claim.member}`;

function decide(
  own: Fuelling,
  others: readonly Fuelling[],
  claims: readonly Claim[],
  policy: MatchingPolicy,
): Attribution {
  const moment = windowsOf([own, ...others], policy);
  const may = (claim: Claim, fuelling: Fuelling): boolean => moment(claim, fuelling) !== null;
  const fitting = claims.filter((claim) => may(claim, own));
  if (fitting.length === 0) return unclaimed('no-scan', 'no card was read in the time for this fuelling');
  const open = [...others.filter((fuelling) => !fuelling.attributed), ...yetToCome(own, others, fitting)];
  const graph = connected(own, claims, open, may, mostAtOnce);
  if (graph === null) {
    const text = 'more scans or fuellings at once than can be weighed';
    return ambiguous('too-many', text, fitting.slice(0, 10));
  }
  const owners = ownersOf(graph.edges, 0);
  const possible = owners.claims.flatMap((n) => graph.claims[n] ?? []).sort((a, b) => b.at - a.at);
  if (new Set(possible.map(ownerOf)).size > 1) {
    return ambiguous('two-cards', 'more than one card fits this fuelling', possible);
  }
  if (owners.none) {
    const rivals = graph.fuellings.filter(
      (each) => each !== own && possible.some((claim) => may(claim, each)),
    );
    const elsewhere = rivals.filter((each) => each.fuellingPoint !== own.fuellingPoint);
    const points = [...new Set(elsewhere.map((each) => each.fuellingPoint))].sort().join(', ');
    return points === ''
      ? ambiguous('next-fuelling', 'the card may be of the fuelling before or after this one', possible)
      : ambiguous('reader-shared', `the card may also be of the fuelling at ${points}`, possible);
  }
  const claim = possible.find(isGood) ?? possible[0];
  if (!claim) return unclaimed('no-scan', 'the cards that were read are of other fuellings');
  return forced(claim, moment(claim, own) ?? 'scan-during');
}

/**
 * Fuellings that may still begin: a driver who scans at a shared reader while one point fuels may be about to lift at another
 * that it serves. One who scanned before this lift has lifted here; one who lifts nowhere else in a minute meant this one.
 */
function yetToCome(own: Fuelling, others: readonly Fuelling[], claims: readonly Claim[]): Fuelling[] {
  const { endedAt } = own;
  const begin = own.liftedAt ?? own.startedAt;
  if (endedAt === null || begin === null) return [];
  const undecided = claims.filter((claim) => claim.at >= begin && endedAt - claim.at < liftWithinMs);
  const points = new Set(undecided.flatMap((claim) => claim.fuellingPoints));
  points.delete(own.fuellingPoint);
  const busy = (point: string): boolean =>
    others.some((each) => each.fuellingPoint === point && (each.endedAt === null || each.endedAt > begin));
  return [...points]
    .filter((point) => !busy(point))
    .map((fuellingPoint) => ({
      fuellingPoint,
      nozzle: null,
      liftedAt: endedAt,
      startedAt: null,
      endedAt: null,
      sale: null,
      attributed: false,
    }));
}

const whenText: Record<ScanMoment, string> = {
  'scan-before': 'before the nozzle was lifted',
  'scan-during': 'during the fuelling',
  'scan-after': 'after the end',
};

/** The one claim that this sale can be of. */
function forced(claim: Claim, moment: ScanMoment): Attribution {
  const { member, refusal, reader } = claim;
  if (refusal !== null || member === null) {
    const reason = `card-${refusal ?? 'unknown'}: the card read at ${reader} cannot be credited`;
    return { kind: 'unclaimed', reason, claim: claim.id };
  }
  const reason = `${moment}: card read at ${reader} ${whenText[moment]}`;
  return { kind: 'attributed', claim: claim.id, member, card: claim.card, reason };
}

const ambiguous = (word: string, text: string, claims: readonly Claim[]): Attribution => ({
  kind: 'ambiguous',
  reason: `${word}: ${text}`,
  claims: claims.map((claim) => claim.id),
});
