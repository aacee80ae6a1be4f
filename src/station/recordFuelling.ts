/**
 * One reading of one fuelling point: the machine's step and, when it tells a fact, one durable transaction with the
 * machine's state, the sale, its attribution, its credit and the journal's events. The state moves on only after the commit:
 * a failed commit leaves everything as it was, and the next reading tries again.
 */
import { type FuellingFact, type FuellingState, type PointSpec, step } from '../core/fuelling/machine.ts';
import { attributeSale } from '../core/matching/attribute.ts';
import type { DispenserReading, Wants } from '../model/readings.ts';
import type { Attribution, FuellingSale } from '../model/sale.ts';
import { instant } from '../model/units.ts';
import { isSettled } from './board.ts';
import { rfc3339 } from './businessDay.ts';
import type { StationContext } from './context.ts';
import { creditSale, type PostedCredit } from './creditSale.ts';

export interface FuellingPoint {
  readonly spec: PointSpec;
  state: FuellingState;
  /** Facts of an end whose sale is not concluded yet: they are written with it, so that it has to wait for no other commit. */
  unwritten: readonly FuellingFact[];
}

export interface RecordedSale {
  readonly id: number;
  readonly sale: FuellingSale;
  readonly attribution: Attribution;
  readonly posted: PostedCredit | null;
}

export interface Recorded {
  readonly facts: readonly FuellingFact[];
  readonly wants: Wants;
  readonly sales: readonly RecordedSale[];
}

/** Claims older than this cannot reach any window. */
const claimsKeptMs = 3 * 3600 * 1000;

/** Throws what the store throws; nothing is changed then. */
export function recordFuelling(
  context: StationContext,
  point: FuellingPoint,
  reading: DispenserReading,
): Recorded {
  const { state, facts, wants } = step(point.spec, point.state, reading);
  const sales: RecordedSale[] = [];
  const unwritten = [...point.unwritten, ...facts];
  const waits = state.ending !== null && unwritten.every(isOfAnEnd);
  if (unwritten.length > 0 && !waits) {
    context.store.transaction(() => {
      context.store.machines.save(point.spec.fuellingPoint, state);
      for (const fact of unwritten) {
        if (fact.kind === 'sale') {
          const recorded = recordSale(context, fact.sale);
          if (recorded) sales.push(recorded);
        } else tell(context, point.spec.fuellingPoint, fact);
      }
    });
  }
  point.state = state;
  point.unwritten = waits ? unwritten : [];
  for (const fact of facts) keepOnBoard(context, point.spec.fuellingPoint, fact, sales);
  return { facts, wants, sales };
}

/** Lost in a crash they are told again: the machine's stored state still has the fuelling running. */
const isOfAnEnd = (fact: FuellingFact): boolean => fact.kind === 'ended' || fact.kind === 'state-changed';

/** null: the dispenser told a sale that is already in the books. */
function recordSale(context: StationContext, sale: FuellingSale): RecordedSale | null {
  const { store, clock, policy, board } = context;
  const at = clock.now();
  const attribution = attributeSale({
    sale,
    claims: store.claims.open(instant(sale.endedAt - claimsKeptMs)),
    others: board.fuellings(sale.quality === 'seen' ? sale.fuellingPoint : undefined),
    policy,
  });
  const businessDate = context.businessDate(sale.endedAt);
  const id = store.sales.insert(sale, { businessDate, recordedAt: at, attribution });
  if (id === null) return null;
  store.journal.append('sale.completed', sale.fuellingPoint, at, context.businessDate(at), {
    sale: sale.key,
    fuellingPoint: sale.fuellingPoint,
    nozzle: sale.nozzle,
    grade: sale.grade,
    tank: sale.tank,
    volumeMl: sale.volume,
    amount: sale.amount,
    currency: context.currency,
    price: sale.price,
    liftedAt: sale.liftedAt === null ? null : rfc3339(sale.liftedAt),
    startedAt: sale.startedAt === null ? null : rfc3339(sale.startedAt),
    endedAt: rfc3339(sale.endedAt),
    businessDate,
    totalizerStartMl: sale.totalizerStart,
    totalizerEndMl: sale.totalizerEnd,
    saleNumber: sale.saleNumber,
    endCode: sale.endCode,
    quality: sale.quality,
    flags: [...sale.flags],
    attribution: attribution.kind,
    reason: attribution.reason,
  });
  if (attribution.kind === 'unclaimed' && attribution.claim !== undefined)
    store.claims.use(attribution.claim, sale.key);
  const posted = attribution.kind === 'attributed' ? creditSale(context, sale, attribution, at) : null;
  return { id, sale, attribution, posted };
}

/** Facts that are events of the feed beside the sale. */
function tell(context: StationContext, fuellingPoint: string, fact: FuellingFact): void {
  const { journal } = context.store;
  if (fact.kind === 'state-changed') {
    journal.append('fuelling-point.state-changed', fuellingPoint, fact.at, context.businessDate(fact.at), {
      fuellingPoint,
      nozzle: fact.nozzle,
      state: fact.state,
      at: rfc3339(fact.at),
    });
  } else if (fact.kind === 'alarm') {
    journal.append('fuelling-point.alarm-raised', fuellingPoint, fact.at, context.businessDate(fact.at), {
      fuellingPoint,
      nozzle: fact.nozzle,
      alarm: fact.alarm,
      text: fact.text,
      at: rfc3339(fact.at),
    });
  }
}

function keepOnBoard(
  context: StationContext,
  fuellingPoint: string,
  fact: FuellingFact,
  sales: readonly RecordedSale[],
): void {
  const { board } = context;
  switch (fact.kind) {
    case 'lifted':
      board.lifted(fuellingPoint, fact.nozzle, fact.at);
      break;
    case 'started':
      board.started(fuellingPoint, fact.nozzle, fact.at);
      break;
    case 'ended':
      board.ended(fuellingPoint, fact.at);
      break;
    case 'zero-sale':
      board.cleared(fuellingPoint);
      break;
    case 'sale': {
      const recorded = sales.find((each) => each.sale.key === fact.sale.key);
      if (recorded) {
        board.sold(fact.sale, isSettled(recorded.attribution));
        context.tally.add(fact.sale, context.businessDate(fact.sale.endedAt));
      } else board.cleared(fuellingPoint);
    }
  }
}
