/**
 * Closes the business days and months of each stock. A day is closed at the first look after its end at which the stock is
 * at rest: what the gauge shows and what the meters say then belong together, which at midnight they might not. The next
 * day begins with the very same look, so that nothing falls between two days and the sums of days are sums.
 */
import { z } from 'zod';
import type { Delivery, StockSample } from '../../model/tank.ts';
import { millilitres } from '../../model/units.ts';
import type { Closing } from '../../store/tanks/closings.ts';
import { rfc3339 } from '../businessDay.ts';
import type { StationContext } from '../context.ts';
import { type Judge, varianceOf } from './balance.ts';
import type { Stock } from './layout.ts';
import type { LocalTime } from './localTime.ts';
import { monthOf } from './month.ts';

/** A day that never comes to rest is closed all the same so long after its end. */
const patienceMs = 3 * 3_600_000;

const whole = z.int();
const openingSchema = z.strictObject({
  date: z.iso.date(),
  /** The look at which the day began. */
  at: whole,
  volume: whole,
  at15: whole.nullable(),
  dispensed: whole,
  /** Number of the last delivery booked before it. */
  delivery: whole,
  /** Why the day's balance is in doubt. */
  reasons: z.array(z.string()),
});
export type Opening = z.infer<typeof openingSchema>;

export interface Closer {
  /** `resting`: no delivery is under way or settling. Throws what the store throws; nothing is closed then. */
  look(stock: Stock, sample: StockSample, resting: boolean): Closing[];
  /** The day that runs; null: the stock was never measured. */
  opening(stock: string): Opening | null;
}

const nameOf = (stock: string): string => `closing:${stock}`;

export function createCloser(context: StationContext, local: LocalTime, judge: Judge): Closer {
  const { store, businessDate } = context;
  const { machines, deliveries, closings } = store.tanks;
  const openings = new Map<string, Opening>();

  const load = (stock: string): Opening | null => {
    const known = openings.get(stock);
    if (known) return known;
    const text = machines.load(nameOf(stock));
    const parsed = text === null ? null : openingSchema.safeParse(JSON.parse(text));
    return parsed?.success ? parsed.data : null;
  };
  const begin = (sample: StockSample, reasons: string[]): Opening => ({
    date: businessDate(sample.at),
    ...{ at: sample.at, volume: sample.volume, at15: sample.volumeAt15, dispensed: sample.dispensed },
    delivery: deliveries.newest(),
    reasons,
  });

  const closeDay = (stock: Stock, opening: Opening, sample: StockSample, reasons: string[]): Closing => {
    const to = local.shift(businessDate(sample.at), -1);
    const came = deliveries.after(stock.id, opening.delivery);
    const delivered = came.reduce((sum, delivery) => sum + delivery.volume, 0);
    return judged({
      ...{ stock: stock.id, grade: stock.grade, period: 'day', from: opening.date, to },
      opening: millilitres(opening.volume),
      deliveries: millilitres(delivered),
      sales: millilitres(sample.dispensed - opening.dispensed),
      gauge: sample.volume,
      ...balanceAt15(opening, sample, came),
      hours: (sample.at - opening.at) / 3_600_000,
      reasons: [...opening.reasons, ...reasons, ...(to === opening.date ? [] : ['several-days'])],
      closedAt: sample.at,
    });
  };

  /** The month of `day` when that reaches its end, or beyond: after an outage one balance may belong to two months. */
  const closeMonth = (day: Closing): Closing | null =>
    businessDate(day.closedAt).slice(0, 7) === day.from.slice(0, 7) ? null : monthOf(closings, day, judge);

  const judged = (balance: Omit<Closing, 'verdict'>): Closing => {
    const { verdict, reasons } = judge(balance);
    return { ...balance, verdict, reasons: [...balance.reasons, ...reasons] };
  };

  const write = (closing: Closing): boolean => {
    if (!closings.add(closing)) return false;
    const { stock, grade, period, from, to, verdict, reasons } = closing;
    const { bookMl, varianceMl, variancePpm } = varianceOf(closing);
    store.journal.append('reconciliation.closed', stock, closing.closedAt, businessDate(closing.closedAt), {
      ...{ stock, grade, period, from, to, verdict, bookMl, varianceMl, variancePpm },
      reasons: [...reasons],
      openingMl: closing.opening,
      deliveriesMl: closing.deliveries,
      salesMl: closing.sales,
      gaugeMl: closing.gauge,
    });
    context.log.info(
      { stock, period, from, to, verdict, varianceMl, closedAt: rfc3339(closing.closedAt) },
      'stock closed',
    );
    return true;
  };

  return {
    opening: load,
    look(stock, sample, resting) {
      const opening = load(stock.id);
      const today = businessDate(sample.at);
      if (opening && today <= opening.date) return [];
      const quiet = resting && !sample.active;
      if (opening && !quiet && sample.at - local.day(today).from < patienceMs) return [];
      // Begun at any hour the first balance is right, and of less than a day.
      const next = begin(sample, opening ? [] : ['first-day']);
      const closed = store.transaction(() => {
        machines.save(nameOf(stock.id), JSON.stringify(next));
        if (!opening) return [];
        const day = closeDay(stock, opening, sample, quiet ? [] : ['not-at-rest']);
        if (!write(day)) return [];
        const month = closeMonth(day);
        return month && write(month) ? [day, month] : [day];
      });
      openings.set(stock.id, next);
      return closed;
    },
  };
}

/** The same at 15 degC: fuel that warms or cools is no loss. What was sold is taken to have the tank's temperature. */
function balanceAt15(
  opening: Opening,
  sample: StockSample,
  deliveries: readonly Delivery[],
): Pick<Closing, 'variance15' | 'sales15'> {
  const { at15 } = opening;
  if (at15 === null || sample.volumeAt15 === null || opening.volume <= 0 || sample.volume <= 0)
    return { variance15: null, sales15: null };
  const share = (at15 / opening.volume + sample.volumeAt15 / sample.volume) / 2;
  const came = deliveries.reduce((sum, each) => sum + (each.volumeAt15 ?? each.volume * share), 0);
  const sold = (sample.dispensed - opening.dispensed) * share;
  return {
    variance15: Math.round(sample.volumeAt15 - (at15 + came - sold)),
    sales15: Math.round(sold),
  };
}

/** The balance of the day that runs, as of the newest look. */
export function openBalance(
  context: StationContext,
  judge: Judge,
  stock: Stock,
  opening: Opening,
  sample: Pick<StockSample, 'volume' | 'dispensed'> | null,
): Closing {
  const delivered = context.store.tanks.deliveries
    .after(stock.id, opening.delivery)
    .reduce((sum, delivery) => sum + delivery.volume, 0);
  const balance: Omit<Closing, 'verdict'> = {
    ...{ stock: stock.id, grade: stock.grade, period: 'day', from: opening.date, to: opening.date },
    opening: millilitres(opening.volume),
    deliveries: millilitres(delivered),
    sales: millilitres(sample ? sample.dispensed - opening.dispensed : 0),
    gauge: sample?.volume ?? null,
    ...{ variance15: null, sales15: null, hours: (context.clock.now() - opening.at) / 3_600_000 },
    reasons: opening.reasons,
    closedAt: context.clock.now(),
  };
  const { verdict, reasons } = judge(balance);
  return { ...balance, verdict, reasons: [...balance.reasons, ...reasons] };
}
