/**
 * Sales that had no owner when they ended, weighed again: a card was read since, another sale has its owner now, or the
 * time has passed in which the driver of a scan might have lifted elsewhere.
 */
import { attributeSale } from '../core/matching/attribute.ts';
import { type Fuelling, windowsOf } from '../core/matching/windows.ts';
import type { Attribution, Claim, FuellingSale } from '../model/sale.ts';
import { type Instant, instant, monoMs } from '../model/units.ts';
import type { SaleRecord } from '../store/sales.ts';
import { isSettled } from './board.ts';
import { claimsKeptMs } from './claims.ts';
import type { StationContext } from './context.ts';
import { creditSale, type PostedCredit } from './creditSale.ts';

export interface SettledSale {
  readonly id: number;
  readonly sale: FuellingSale;
  readonly attribution: Attribution;
  /** null: still nobody's, for another reason than before. */
  readonly posted: PostedCredit | null;
}

export interface Settlement {
  readonly settled: readonly SettledSale[];
  readonly waitsUntil: Instant | null;
}

/** Later than this after its end a sale is left as it is, to a person. */
const settleWithinMs = 15 * 60_000;

/** All that changed, in one transaction. Throws what the store throws; nothing is changed then. */
export function settleSales(context: StationContext): readonly SettledSale[] {
  const settlement = context.store.transaction(() => weighSales(context));
  settlementStored(context, settlement);
  return settlement.settled;
}

/** Called inside a transaction; `settlementStored` is to follow its commit. */
export function weighSales(context: StationContext): Settlement {
  const settled: SettledSale[] = [];
  let waitsUntil: Instant | null = null;
  // An owner found may leave only one for another sale: again, until nothing moves.
  for (let again = true; again; ) {
    again = false;
    waitsUntil = null;
    const world = worldNow(context, settled);
    for (const fuelling of worthWeighing(context, world)) {
      const found = weigh(context, fuelling, world);
      if (found.waitsUntil !== null && found.waitsUntil < (waitsUntil ?? Infinity))
        waitsUntil = found.waitsUntil;
      if (found.settled === null) continue;
      settled.push(found.settled);
      again = isSettled(found.settled.attribution);
      if (again) break;
    }
  }
  return { settled, waitsUntil };
}

/** After the commit of the transaction that weighed. */
export function settlementStored(
  { board, clock }: StationContext,
  { settled, waitsUntil }: Settlement,
): void {
  for (const { sale, attribution } of settled) board.attributed(sale.key, attribution);
  board.weighed(waitsUntil === null ? null : monoMs(clock.mono() + waitsUntil - clock.now()));
}

interface World {
  readonly fuellings: readonly Fuelling[];
  readonly claims: readonly Claim[];
  /** What this transaction has told of sales, the last word of each. */
  readonly told: ReadonlyMap<string, Attribution>;
}

function worldNow({ board, store, clock }: StationContext, settled: readonly SettledSale[]): World {
  const told = new Map(settled.map(({ sale, attribution }) => [sale.key as string, attribution]));
  const fuellings = board.fuellings().map((each) => {
    const attribution = each.sale === null ? undefined : told.get(each.sale);
    if (!attribution) return each;
    const card = attribution.kind === 'attributed' ? attribution.card : null;
    return { ...each, attributed: isSettled(attribution), card };
  });
  return { fuellings, claims: store.claims.open(instant(clock.now() - claimsKeptMs)), told };
}

/** Without a candidate only a card that fits can change anything. */
function worthWeighing({ board, clock, policy }: StationContext, world: World): Fuelling[] {
  const since = clock.now() - settleWithinMs;
  const windows = windowsOf(world.fuellings, policy);
  return board
    .unsettled()
    .filter(({ fuelling, hasCandidates }) => {
      if ((fuelling.endedAt ?? 0) <= since) return false;
      const told = fuelling.sale === null ? undefined : world.told.get(fuelling.sale);
      if (told) return !isSettled(told);
      return hasCandidates || world.claims.some((claim) => windows(claim, fuelling) !== null);
    })
    .map(({ fuelling }) => fuelling);
}

function weigh(
  context: StationContext,
  fuelling: Fuelling,
  { fuellings, claims }: World,
): { settled: SettledSale | null; waitsUntil: Instant | null } {
  const { store, clock, policy } = context;
  const { sale, endedAt } = fuelling;
  const record = sale === null ? null : store.sales.get(sale);
  // A person may have decided meanwhile.
  if (record === null || endedAt === null || isSettled(record.attribution))
    return { settled: null, waitsUntil: null };
  const { attribution, waitsUntil } = attributeSale({
    sale: { ...fuelling, endedAt, quality: record.quality },
    claims,
    others: fuellings,
    policy,
    now: clock.now(),
    named: record.attribution.kind === 'ambiguous' ? record.attribution.claims : [],
  });
  if (JSON.stringify(attribution) === JSON.stringify(record.attribution))
    return { settled: null, waitsUntil };
  store.sales.setAttribution(record.key, attribution);
  return { settled: settle(context, record, attribution), waitsUntil };
}

function settle(context: StationContext, record: SaleRecord, attribution: Attribution): SettledSale {
  const { store, clock } = context;
  if (attribution.kind === 'unclaimed' && attribution.claim !== undefined)
    store.claims.use(attribution.claim, record.key);
  const posted =
    attribution.kind === 'attributed' ? creditSale(context, record, attribution, clock.now()) : null;
  return { id: record.id, sale: record, attribution, posted };
}
