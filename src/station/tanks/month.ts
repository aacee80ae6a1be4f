/** A month of a stock: the sum of its days. */
import { millilitres } from '../../model/units.ts';
import type { Closing, Closings } from '../../store/tanks/closings.ts';
import type { Judge } from './balance.ts';

/**
 * The month that ends with `last`, which may be running still; the days before it are closed. `last` may reach into months
 * after that: its fuel can be counted only once.
 */
export function monthOf(closings: Pick<Closings, 'between'>, last: Closing, judge: Judge): Closing {
  const begin = `${last.from.slice(0, 7)}-01`;
  const before = closings
    .between('day', begin, last.from)
    .filter(({ stock, from }) => stock === last.stock && from < last.from);
  const days = [...before, last];
  const first = before[0] ?? last;
  const sum = (of: 'deliveries' | 'sales') => millilitres(days.reduce((all, each) => all + each[of], 0));
  const complete = first.from === begin && !first.reasons.includes('first-day');
  const month: Omit<Closing, 'verdict'> = {
    ...{ stock: last.stock, grade: last.grade, period: 'month', from: first.from, to: last.to },
    ...{ opening: first.opening, gauge: last.gauge, closedAt: last.closedAt },
    deliveries: sum('deliveries'),
    sales: sum('sales'),
    ...{ variance15: null, sales15: null },
    hours: days.reduce((all, each) => all + each.hours, 0),
    reasons: [
      ...(complete ? [] : ['part-of-month']),
      ...(last.to.slice(0, 7) === last.from.slice(0, 7) ? [] : ['several-months']),
    ],
  };
  const { verdict, reasons } = judge(month);
  return { ...month, verdict, reasons: [...month.reasons, ...reasons] };
}
