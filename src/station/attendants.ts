/** Attendants' cards: they name who serves, and are never in the contest for a sale. */
import type { Claim, FuellingSale } from '../model/sale.ts';
import { instant } from '../model/units.ts';
import { rfc3339 } from './businessDay.ts';
import type { StationContext } from './context.ts';

/** Writes a read of an attendant's card; a refused card is told, and names nobody. Call it inside a transaction. */
export function recordAttendance(context: StationContext, read: Claim): void {
  const { store } = context;
  const { id: claim, card, member, refusal, reader, at } = read;
  const fuellingPoints = [...read.fuellingPoints];
  if (member !== null && refusal === null) store.attendances.add({ at, reader, fuellingPoints, member });
  store.journal.append('card.scanned', reader, at, context.businessDate(at), {
    ...{ claim, card, member, refusal, reader, fuellingPoints, at: rfc3339(at) },
  });
}

/** The member who attends a sale that is recorded now: whose card was read last in its time. */
export function attendantOf({ store, policy, clock }: StationContext, sale: FuellingSale): string | null {
  const begin = sale.liftedAt ?? sale.startedAt;
  if (begin === null) return null;
  return store.attendances.last(
    sale.fuellingPoint,
    instant(begin - policy.beforeS * 1000),
    instant(Math.max(sale.endedAt, clock.now())),
  );
}
