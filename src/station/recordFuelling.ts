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
import { type Instant, instant } from '../model/units.ts';
import { isDiskTrouble } from '../store/failures.ts';
import { attendantOf } from './attendants.ts';
import { rfc3339 } from './businessDay.ts';
import { claimsKeptMs } from './claims.ts';
import type { StationContext } from './context.ts';
import { creditSale, type PostedCredit } from './creditSale.ts';
import { type PointDispenser, savePoint } from './savedPoint.ts';

export interface FuellingPoint {
  readonly spec: PointSpec;
  readonly dispenser: PointDispenser;
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

/** Throws what the store throws; nothing is changed then. What can wait for a disk that refuses waits, and is not thrown. */
export function recordFuelling(
  context: StationContext,
  point: FuellingPoint,
  reading: DispenserReading,
): Recorded {
  const { spec } = point;
  const { state, facts, wants } = step(spec, point.state, reading);
  const unwritten = [...point.unwritten, ...facts];
  const waits = state.ending !== null && unwritten.every(isOfAnEnd);
  const wait = (): void => {
    point.state = state;
    point.unwritten = unwritten;
    context.board.setUnderWay(spec.fuellingPoint, underWay(spec, state));
  };
  let written: ReturnType<typeof write> = { sales: [], alarms: [] };
  if ((unwritten.length > 0 && !waits) || beganToFlow(point.state, state)) {
    try {
      written = write(context, point, state, unwritten);
    } catch (error) {
      if (!isDiskTrouble(error) || !unwritten.every(mayWait) || unwritten.length > mostUnwritten) throw error;
      // When the nozzle was lifted and when it flowed is known all the same, and goes to the disk when that takes it.
      wait();
      return { facts: [], wants, sales: [] };
    }
  }
  const { sales, alarms } = written;
  if (waits) wait();
  else if (unwritten.length === 0) point.state = state;
  return { facts: [...facts, ...alarms], wants, sales };
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
): { sales: RecordedSale[]; alarms: AlarmFact[] } {
  const { board, store, tally } = context;
  const { fuellingPoint } = point.spec;
  const sales: RecordedSale[] = [];
  const alarms: AlarmFact[] = [];
  // A sale is weighed against what is under way now: its own fuelling is over, the next may have begun.
  board.setUnderWay(fuellingPoint, underWay(point.spec, state));
  try {
    store.transaction(() => {
      // A second try begins anew.
      sales.length = 0;
      alarms.length = 0;
      savePoint(context, fuellingPoint, point.dispenser, state);
      for (const fact of facts) {
        if (fact.kind === 'sale') {
          const recorded = recordSale(context, dated(context, fact.sale));
          if (recorded) sales.push(recorded);
          else {
            const doubled = doubledSale(fact.sale, context.clock.now());
            alarms.push(doubled);
            tell(context, fuellingPoint, doubled);
          }
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
    board.sold(sale, attribution, context.clockGuard.isUnplaced(sale.endedAt));
    tally.add(sale, context.businessDate(sale.endedAt));
  }
  return { sales, alarms };
}

export type AlarmFact = Extract<FuellingFact, { kind: 'alarm' }>;

/** An alarm that comes with no reading; inside a transaction. */
export const recordAlarm = (context: StationContext, fuellingPoint: string, fact: AlarmFact): void =>
  tell(context, fuellingPoint, fact);

/** No counter can have told the same sale twice: the books or the dispenser's counters were set back. */
const doubledSale = ({ key, nozzle, volume, amount }: FuellingSale, at: Instant): AlarmFact => ({
  kind: 'alarm',
  nozzle,
  alarm: 'sale-doubled',
  text: `${volume} ml, amount ${amount ?? 'unknown'}: a sale with the key ${key} is in the books already; not booked again`,
  at,
});

/** A sale is told only when it is on the disk: until then the reading that concludes it is taken again and again. */
const mayWait = ({ kind }: FuellingFact): boolean =>
  kind !== 'sale' && kind !== 'release' && kind !== 'alarm';
const mostUnwritten = 1000;

/** Without the facts of its end a fuelling still runs in the stored state: they may wait for the reply's other groups. */
const isOfAnEnd = (fact: FuellingFact): boolean => fact.kind === 'ended' || fact.kind === 'state-changed';

/** A fuelling that is known to have flowed keeps its lift and start through a restart. */
const beganToFlow = (before: FuellingState, after: FuellingState): boolean =>
  (after.current?.volume ?? 0) > 0 && (before.current?.volume ?? 0) === 0;

/** Where nobody knows the date the sale says so. */
const dated = ({ clockGuard }: StationContext, sale: FuellingSale): FuellingSale =>
  clockGuard.synchronised ? sale : { ...sale, flags: [...sale.flags, 'clock-unsynchronised'] };

/** null: the dispenser told a sale that is already in the books. */
function recordSale(context: StationContext, sale: FuellingSale): RecordedSale | null {
  const { store, clock, policy, board } = context;
  const at = clock.now();
  const { attribution } = attributeSale({
    sale,
    claims: store.claims.open(instant(sale.endedAt - claimsKeptMs)),
    others: board.fuellings(),
    policy,
    now: at,
  });
  const businessDate = context.businessDate(sale.endedAt);
  const attendant = attendantOf(context, sale);
  const id = store.sales.insert(sale, { businessDate, recordedAt: at, attribution, attendant });
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
    ...(attendant === null ? {} : { attendant }),
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
