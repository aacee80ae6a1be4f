/**
 * One reading of one fuelling point: the machine's step and, when it tells a fact, one durable transaction with the
 * machine's state, the sale, its attribution, its credit and the journal's events. The state moves on only after the commit:
 * a failed commit leaves everything as it was, and the next reading tries again.
 */
import {
  type FuellingFact,
  type FuellingState,
  type PointSpec,
  step,
  underWay,
} from '../core/fuelling/machine.ts';
import { attributeSale } from '../core/matching/attribute.ts';
import type { DispenserReading, Wants } from '../model/readings.ts';
import type { Attribution, FuellingSale } from '../model/sale.ts';
import { instant } from '../model/units.ts';
import { isSettled } from './board.ts';
import { rfc3339 } from './businessDay.ts';
import { claimsKeptMs } from './claims.ts';
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

/** Throws what the store throws; nothing is changed then. */
export function recordFuelling(
  context: StationContext,
  point: FuellingPoint,
  reading: DispenserReading,
): Recorded {
  const { spec } = point;
  const { state, facts, wants } = step(spec, point.state, reading);
  const unwritten = [...point.unwritten, ...facts];
  const waits = state.ending !== null && unwritten.every(isOfAnEnd);
  const sales =
    (unwritten.length > 0 && !waits) || beganToFlow(point.state, state)
      ? write(context, point, state, unwritten)
      : [];
  if (waits) {
    point.state = state;
    point.unwritten = unwritten;
    context.board.setUnderWay(spec.fuellingPoint, underWay(spec, state));
  } else if (unwritten.length === 0) point.state = state;
  return { facts, wants, sales };
}

/** Writes what waits for a sale that the reply at hand did not conclude. */
export function writeWaiting(context: StationContext, point: FuellingPoint): void {
  if (point.unwritten.length > 0) write(context, point, point.state, point.unwritten);
}

/** One transaction; the point and the board move on only after it. */
function write(
  context: StationContext,
  point: FuellingPoint,
  state: FuellingState,
  facts: readonly FuellingFact[],
): RecordedSale[] {
  const { board, store, tally } = context;
  const { fuellingPoint } = point.spec;
  const sales: RecordedSale[] = [];
  // A sale is weighed against what is under way now: its own fuelling is over, the next may have begun.
  board.setUnderWay(fuellingPoint, underWay(point.spec, state));
  try {
    store.transaction(() => {
      store.machines.save(fuellingPoint, state);
      for (const fact of facts) {
        if (fact.kind === 'sale') {
          const recorded = recordSale(context, fact.sale);
          if (recorded) sales.push(recorded);
        } else tell(context, fuellingPoint, fact);
      }
    });
  } catch (error) {
    board.setUnderWay(fuellingPoint, underWay(point.spec, point.state));
    throw error;
  }
  point.state = state;
  point.unwritten = [];
  for (const { sale, attribution } of sales) {
    board.sold(sale, isSettled(attribution));
    tally.add(sale, context.businessDate(sale.endedAt));
  }
  return sales;
}

/** Without the facts of its end a fuelling still runs in the stored state: they may wait for the reply's other groups. */
const isOfAnEnd = (fact: FuellingFact): boolean => fact.kind === 'ended' || fact.kind === 'state-changed';

/** A fuelling that is known to have flowed keeps its lift and start through a restart. */
const beganToFlow = (before: FuellingState, after: FuellingState): boolean =>
  (after.current?.volume ?? 0) > 0 && (before.current?.volume ?? 0) === 0;

/** null: the dispenser told a sale that is already in the books. */
function recordSale(context: StationContext, sale: FuellingSale): RecordedSale | null {
  const { store, clock, policy, board } = context;
  const at = clock.now();
  const attribution = attributeSale({
    sale,
    claims: store.claims.open(instant(sale.endedAt - claimsKeptMs)),
    others: board.fuellings(),
    policy,
  });
  const businessDate = context.businessDate(sale.endedAt);
  const id = store.sales.insert(sale, { businessDate, recordedAt: at, attribution });
  if (id === null) {
    context.log.error(
      { sale: sale.key, volumeMl: sale.volume },
      'a sale with this key is in the books already: not booked again',
    );
    return null;
  }
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
