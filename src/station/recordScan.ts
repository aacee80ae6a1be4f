/** One read of a reader: a claim in the books, and at once the credit of the sales that are certain now. */
import { joinClaim } from '../core/matching/joinClaim.ts';
import { beginOf, mistakenMs, windowsOf } from '../core/matching/windows.ts';
import type { CardRead } from '../model/readings.ts';
import type { Claim } from '../model/sale.ts';
import { instant } from '../model/units.ts';
import { recordAttendance } from './attendants.ts';
import { rfc3339 } from './businessDay.ts';
import { claimsKeptMs } from './claims.ts';
import type { StationContext } from './context.ts';
import { type SettledSale, type Settlement, settlementStored, weighSales } from './settleSales.ts';

export interface RecordedScan {
  readonly claim: Claim;
  /** Sales of before that this scan told the owner of. */
  readonly settled: readonly SettledSale[];
  /** An attendant's card: it is no claim. */
  readonly attends?: true;
}

/** `coupons` are codes scanned here just before the card. Throws what the store throws; nothing is changed then. */
export function recordScan(
  context: StationContext,
  read: CardRead,
  fuellingPoints: readonly string[],
  coupons: readonly string[],
): RecordedScan {
  const { store, members } = context;
  const identified = members.identify(read);
  const fresh: Claim = {
    id: `${read.reader}-${read.at}-${identified.card.slice(0, 8)}`,
    card: identified.card,
    member: identified.member?.id ?? null,
    refusal: identified.refusal,
    reader: read.reader,
    fuellingPoints: [...fuellingPoints],
    at: read.at,
    coupons: [...coupons],
    sale: null,
  };
  if (members.card(identified.card)?.role === 'attendant') {
    store.transaction(() => recordAttendance(context, fresh));
    return { claim: fresh, settled: [], attends: true };
  }
  const { claim, settlement } = store.transaction((): { claim: Claim; settlement: Settlement } => {
    const before = store.claims.open(instant(read.at - claimsKeptMs));
    const claims = joinClaim(before, fresh, neededWhereItIs(context, fresh, before));
    for (const claim of claims) if (!before.includes(claim)) store.claims.put(claim);
    const claim =
      claims.find(
        (each) => each.reader === fresh.reader && each.card === fresh.card && each.at === fresh.at,
      ) ?? fresh;
    store.journal.append('card.scanned', read.reader, read.at, context.businessDate(read.at), {
      claim: claim.id,
      card: claim.card,
      member: claim.member,
      refusal: claim.refusal,
      reader: read.reader,
      fuellingPoints: [...fuellingPoints],
      at: rfc3339(read.at),
    });
    return { claim, settlement: weighSales(context) };
  });
  settlementStored(context, settlement);
  return { claim, settled: settlement.settled };
}

/**
 * A fuelling that is nobody's yet runs or ended since the claim, which may be its: another scan does not take it away. Where
 * the fuelling ran already at the first scan it was another driver's, if the card is at another reader a moment later. Who
 * scans long after the end and once more may be its driver still: the first scan tells so, when the second would not.
 */
function neededWhereItIs(
  { board, policy }: StationContext,
  scan: Claim,
  open: readonly Claim[],
): (claim: Claim) => boolean {
  const fuellings = board
    .fuellings()
    .filter((each) => !each.attributed && !each.isClosed && beginOf(each) !== null);
  const windows = windowsOf(board.fuellings(), policy);
  return (claim) => {
    const isMistaken = claim.reader !== scan.reader && scan.at - claim.at <= mistakenMs;
    const isFirstSince = (end: number): boolean =>
      claim.reader === scan.reader &&
      !open.some(
        ({ card, reader, sale, at }) =>
          card === claim.card && reader === claim.reader && sale === null && at > end && at < claim.at,
      );
    return fuellings.some((each) => {
      if (!claim.fuellingPoints.includes(each.fuellingPoint)) return false;
      const fit = windows(claim, each);
      if (fit?.doubt === 'late') return isFirstSince(each.endedAt ?? claim.at);
      return fit?.moment === 'scan-before' || (fit?.moment === 'scan-during' && !isMistaken);
    });
  };
}
