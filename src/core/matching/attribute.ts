/**
 * Whose sale it is, from the scans and the fuellings around it. It never guesses: a sale is a member's only where one card
 * fits it and that card fits no other fuelling that is still nobody's. Where the scan may be of a driver who is yet to lift
 * the sale waits; what cannot be told apart is left to a person. Nothing is concluded from a shared reader's other scans:
 * drivers scan and walk away, too early or too late for any window.
 *
 * Refused cards: a refused card means a driver as any other, so it competes for the sale and a sale it surely owns is
 * nobody's (`card-blocked` ...). But one that was followed within a minute by a good card at the same reader was the same
 * driver's first try and is left out.
 */
import type { MatchingPolicy } from '../../model/config/station.ts';
import type { Attribution, Claim, FuellingSale } from '../../model/sale.ts';
import type { Instant } from '../../model/units.ts';
import { drivers, isGood, isServed, ownerOf } from './claimants.ts';
import {
  afterEndS,
  beginOf,
  type Fuelling,
  fitsWell,
  isReadAtNozzle,
  mistakenMs,
  type ScanMoment,
  type Windows,
  windowsOf,
} from './windows.ts';
import { yetToCome } from './yetToCome.ts';

export type { Fuelling } from './windows.ts';

/** Candidates that are named to a person. */
const mostNamed = 10;
/** Cards that are read here so soon one after the other may be of one car: the later one shows no other driver. */
const oneCarMs = 30_000;

export type SaleToAttribute = Pick<
  FuellingSale,
  'fuellingPoint' | 'liftedAt' | 'startedAt' | 'endedAt' | 'quality'
>;

export interface Verdict {
  readonly attribution: Attribution;
  /** It may be told better then, without anything happening; null: only a scan or another sale can change it. */
  readonly waitsUntil: Instant | null;
}

/**
 * `claims`: recent, oldest first; used ones are left out; `others`: the fuellings beside the sale's own, running and ended, at all
 * points; `now`: what has not begun by now may be yet to come; `named`: the claims that came into question before.
 */
export function attributeSale(input: Input & { readonly named?: readonly string[] }): Verdict {
  const { sale, policy, named = [] } = input;
  const verdict = weigh(input);
  if (named.length === 0) return verdict;
  // Its first read was in time, for it was named; the claim has moved with the second.
  const latest = sale.endedAt + afterEndS(policy) * 1000;
  const again = drivers(input.claims).filter(
    (claim) => named.includes(claim.id) && isServed(claim, sale) && claim.at > latest,
  );
  return again.length === 0 ? verdict : doubtedBy(again, verdict, input.claims);
}

interface Input {
  readonly sale: SaleToAttribute;
  readonly claims: readonly Claim[];
  readonly others: readonly Fuelling[];
  readonly policy: MatchingPolicy;
  readonly now: Instant;
}

function weigh(input: Input): Verdict {
  const { sale, policy, now } = input;
  if (sale.quality === 'recovered' && sale.liftedAt === null && sale.startedAt === null) {
    return { attribution: unclaimed('recovered', 'nobody saw when it was fuelled'), waitsUntil: null };
  }
  const own: Fuelling = { ...sale, nozzle: null, sale: null, attributed: false, card: null };
  const others = input.others.filter((other) => !isSame(own, other));
  const claims = drivers(input.claims);
  const windows = windowsOf([own, ...others], policy);
  if (sale.liftedAt === null && sale.startedAt === null) {
    return { attribution: beganUnseen(own, claims, windows), waitsUntil: null };
  }
  const doubted = sale.quality === 'recovered' ? endedUnseen(own, claims, windows) : null;
  if (doubted !== null) return { attribution: doubted, waitsUntil: null };
  const seen = decide(own, others, claims, windows);
  // More fuellings leave no less in doubt: only what is told of the owner has to wait.
  const coming = seen.kind === 'ambiguous' ? null : yetToCome(own, others, claims, { windows, policy, now });
  if (coming === null) return { attribution: seen, waitsUntil: null };
  // Nothing is told from what may not happen: it must be so with and without the fuellings to come.
  const may: Windows = (claim, fuelling) =>
    coming.fuellings.includes(fuelling) ? coming.fits(claim, fuelling) : windows(claim, fuelling);
  const then = decide(own, [...others, ...coming.fuellings], claims, may);
  if (JSON.stringify(seen) === JSON.stringify(then)) return { attribution: seen, waitsUntil: null };
  const candidates = claims.filter((claim) => fitsWell(windows(claim, own)));
  return {
    attribution: ambiguous('waits', 'a card that fits may be of a driver about to lift', candidates),
    waitsUntil: coming.until,
  };
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

/** Who reads his card again after the end may be its driver, who saw no credit, or the next one, whose turn has come. */
function doubtedBy(again: readonly Claim[], verdict: Verdict, claims: readonly Claim[]): Verdict {
  const { attribution, waitsUntil } = verdict;
  if (attribution.kind === 'ambiguous') {
    const named = [...new Set([...attribution.claims, ...again.map(({ id }) => id)])].slice(0, mostNamed);
    return { attribution: { ...attribution, claims: named }, waitsUntil };
  }
  const told = claims.find(({ id }) => id === attribution.claim);
  if (told && again.every((claim) => ownerOf(claim) === ownerOf(told))) return verdict;
  const all = told ? [told, ...again] : again;
  return {
    attribution: ambiguous('read-again', 'the card was read once more, too late for this fuelling', all),
    waitsUntil: null,
  };
}

/** Met in mid-fill: a card that was read before the end may be of the driver before as well. */
function beganUnseen(own: Fuelling, claims: readonly Claim[], windows: Windows): Attribution {
  const fitting = claims.filter((claim) => fitsWell(windows(claim, own)));
  return fitting.length === 0
    ? unclaimed('no-scan', 'no card was read in the time for this fuelling')
    : ambiguous('begin-unseen', 'nobody saw when it began, so the card may be of a driver before', fitting);
}

/** Who read his card before it began is its driver; where all were read since, it may be of the next one. null: no such doubt. */
function endedUnseen(own: Fuelling, claims: readonly Claim[], windows: Windows): Attribution | null {
  const begin = beginOf(own) ?? 0;
  const fitting = claims.filter((claim) => fitsWell(windows(claim, own)));
  return fitting.length > 0 && fitting.every(({ at }) => at > begin)
    ? ambiguous('end-unseen', 'nobody saw when it ended, so the card may be of a driver after', fitting)
    : null;
}

function decide(
  own: Fuelling,
  others: readonly Fuelling[],
  claims: readonly Claim[],
  windows: Windows,
): Attribution {
  const fitting = claims.filter((claim) => fitsWell(windows(claim, own)));
  if (fitting.length === 0) return unclaimed('no-scan', 'no card was read in the time for this fuelling');
  if (new Set(fitting.map(ownerOf)).size > 1)
    return ambiguous('two-cards', 'more than one card fits this fuelling', fitting);
  const owners = claims.filter((claim) => fitting.some((each) => ownerOf(each) === ownerOf(claim)));
  const isOfOneCar = (later: Claim): boolean =>
    isServed(later, own) && fitting.some(({ at }) => later.at > at && later.at - at <= oneCarMs);
  const strangers = claims.filter((claim) => !owners.includes(claim) && !isOfOneCar(claim));
  const mayBeOf = (claim: Claim, other: Fuelling): boolean => {
    const fit = windows(claim, other);
    // Who lifts where his card was read is its driver; who fuelled there already may not be.
    return fit !== null && (fit.doubt !== 'beside' || isReadAtNozzle(claim, own, windows));
  };
  // Whose card was read for the fuelling before may only have scanned once more.
  const isDriverBefore = (each: Fuelling): boolean =>
    each.fuellingPoint === own.fuellingPoint &&
    (each.endedAt ?? Number.POSITIVE_INFINITY) <= (beginOf(own) ?? 0) &&
    owners.some((claim) => fitsWell(windows(claim, each)));
  // Who lifts at once after a scan is its driver, whatever he scanned here before.
  const prompt = fitting.filter((claim) => windows(claim, own)?.isPrompt);
  const weighed = ({ fuellingPoint }: Fuelling): readonly Claim[] =>
    prompt.length > 0 && fuellingPoint === own.fuellingPoint ? prompt : fitting;
  const rivals = others.filter(
    (each) =>
      !each.attributed &&
      (weighed(each).some((claim) => mayBeOf(claim, each)) || isDriverBefore(each)) &&
      !hasItsOwnCard(each, [own, ...others], strangers, windows),
  );
  if (rivals.length > 0) {
    const elsewhere = rivals.filter((each) => each.fuellingPoint !== own.fuellingPoint);
    const points = [...new Set(elsewhere.map((each) => each.fuellingPoint))].sort().join(', ');
    if (points === '')
      return ambiguous('next-fuelling', 'the card may be of the fuelling before or after this one', fitting);
    return elsewhere.some((each) => fitting.some((claim) => isServed(claim, each)))
      ? ambiguous('reader-shared', `the card may also be of the fuelling at ${points}`, fitting)
      : ambiguous(
          'reader-mistaken',
          `the driver at ${points} may have taken the reader for his own`,
          fitting,
        );
  }
  const isElsewhere = (claim: Claim): boolean =>
    wentElsewhere(claim, own, others, claims, windows(claim, own)?.isPrompt ? mistakenMs : Infinity);
  if (fitting.every(isElsewhere))
    return ambiguous('card-elsewhere', 'the card was read at another place since', fitting);
  const sure = fitting.filter((claim) => windows(claim, own)?.doubt === null);
  const claim = sure.findLast(isGood) ?? sure.at(-1);
  if (claim) return forced(claim, windows(claim, own)?.moment ?? 'scan-during');
  const doubts = new Set(fitting.map((each) => windows(each, own)?.doubt));
  if (doubts.has('old'))
    return ambiguous('old-scan', 'the card was read long before the nozzle was lifted', fitting);
  return doubts.has('slow')
    ? ambiguous(
        'slow-scan',
        'the card was read so long after the end that another driver may have come',
        fitting,
      )
    : ambiguous('card-again', 'the card has its sale and was read once more', fitting);
}

/**
 * Its card was read at another place within `withinMs` since, or has a sale that began there since: who came here may be
 * somebody else.
 */
const wentElsewhere = (
  claim: Claim,
  own: Fuelling,
  others: readonly Fuelling[],
  claims: readonly Claim[],
  withinMs: number,
): boolean => {
  const isSince = (at: number, bound: number): boolean => at > claim.at && at <= claim.at + bound;
  return (
    claims.some(
      (each) =>
        each.card === claim.card &&
        isSince(each.at, withinMs) &&
        !each.fuellingPoints.includes(own.fuellingPoint),
    ) ||
    others.some(
      (each) =>
        each.card === claim.card &&
        each.fuellingPoint !== own.fuellingPoint &&
        // From the scan there to the lift it may take as long again.
        isSince(beginOf(each) ?? claim.at, 2 * withinMs),
    )
  );
};

/** A card was read for it at a reader of its point alone, and for no other fuelling. */
const hasItsOwnCard = (
  fuelling: Fuelling,
  all: readonly Fuelling[],
  claims: readonly Claim[],
  windows: Windows,
): boolean =>
  claims.some(
    (claim) =>
      claim.fuellingPoints.length === 1 &&
      windows(claim, fuelling)?.doubt === null &&
      !all.some(
        (each) =>
          each !== fuelling && !each.attributed && isServed(claim, each) && windows(claim, each) !== null,
      ),
  );

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

/** The newest first. */
const ambiguous = (word: string, text: string, claims: readonly Claim[]): Attribution => ({
  kind: 'ambiguous',
  reason: `${word}: ${text}`,
  claims: claims
    .map((claim) => claim.id)
    .reverse()
    .slice(0, mostNamed),
});
