/** M174: the stock part of the reports: balances of days or months, by stock and by grade, and their sum over time. */
import type { StockSample } from '../../model/tank.ts';
import { type Millilitres, millilitres } from '../../model/units.ts';
import type { Closing } from '../../store/tanks/closings.ts';
import { rfc3339 } from '../businessDay.ts';
import type { StationContext } from '../context.ts';
import { balanceView, type Judge, varianceOf } from './balance.ts';
import { type Closer, openBalance } from './closing.ts';
import type { Stock } from './layout.ts';
import { monthOf } from './month.ts';
import type { BalanceView, StockReportView } from './view.ts';

export interface ReportParts {
  readonly closer: Closer;
  readonly judge: Judge;
  readonly stocks: readonly Stock[];
  /** The newest look at a stock; null: none. */
  newest(stock: string): StockSample | null;
  readonly findings: () => StockReportView['findings'];
  readonly thresholds: NonNullable<StockReportView['thresholds']>;
}

export interface ReportQuery {
  readonly period: 'day' | 'month';
  /** Business dates, both included. */
  readonly from: string;
  readonly to: string;
  readonly stock?: string;
}

export function stockReport(
  context: StationContext,
  { closer, judge, stocks, newest, findings, thresholds }: ReportParts,
  { period, from, to, stock: only }: ReportQuery,
): StockReportView {
  const { closings } = context.store.tanks;
  const asked = stocks.filter(({ id }) => only === undefined || id === only);
  const length = period === 'day' ? 10 : 7;
  const isAsked = (date: string): boolean =>
    date.slice(0, length) >= from.slice(0, length) && date.slice(0, length) <= to.slice(0, length);
  const names = new Set(asked.map(({ id }) => id));
  const days = closings.between('day', from, to).filter(({ stock }) => names.has(stock));
  const closed =
    period === 'day'
      ? days
      : closings.between(period, `${from.slice(0, 7)}-01`, to).filter(({ stock }) => names.has(stock));
  const running = asked.flatMap((stock) => {
    const opening = closer.opening(stock.id);
    if (!opening || !isAsked(opening.date)) return [];
    const today = openBalance(context, judge, stock, opening, newest(stock.id));
    return [period === 'day' ? today : monthOf(closings, today, judge)];
  });
  return {
    site: context.site,
    now: rfc3339(context.clock.now()),
    ...{ period, from, to },
    thresholds,
    stocks: [
      ...closed.map((each) => balanceView(each, false)),
      ...running.map((each) => balanceView(each, true)),
    ].sort(inOrder),
    grades: [...byGrade(closed, false, judge), ...byGrade(running, true, judge)].sort(inOrder),
    cumulative: asked.map(({ id, grade }) => ({ stock: id, grade, points: cumulated(days, id) })),
    findings: findings().filter(({ stock }) => names.has(stock)),
  };
}

const inOrder = (a: BalanceView, b: BalanceView): number =>
  a.stock.localeCompare(b.stock, 'en', { numeric: true }) || a.from.localeCompare(b.from);

/** Stocks of one grade and the same dates together. */
function byGrade(balances: readonly Closing[], open: boolean, judge: Judge): BalanceView[] {
  const groups = Map.groupBy(balances, ({ grade, from, to }) => `${grade} ${from} ${to}`);
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (!first) return [];
    const sum: Omit<Closing, 'verdict'> = {
      ...first,
      opening: total(group, 'opening'),
      deliveries: millilitres(group.reduce((all, each) => all + each.deliveries, 0)),
      sales: millilitres(group.reduce((all, each) => all + each.sales, 0)),
      gauge: total(group, 'gauge'),
      reasons: group.flatMap((each) => each.reasons),
    };
    const { verdict, reasons } = judge(sum);
    const all = [...new Set([...sum.reasons, ...reasons])];
    return [balanceView({ ...sum, stock: first.grade, verdict, reasons: all }, open)];
  });
}

/** null when one of them is not known. */
function total(group: readonly Closing[], of: 'opening' | 'gauge'): Millilitres | null {
  let sum = 0;
  for (const each of group) {
    const volume = each[of];
    if (volume === null) return null;
    sum += volume;
  }
  return millilitres(sum);
}

function cumulated(days: readonly Closing[], stock: string) {
  let variance = 0;
  let throughput = 0;
  return days.flatMap((day) => {
    const { varianceMl } = varianceOf(day);
    if (day.stock !== stock || varianceMl === null) return [];
    variance += varianceMl;
    throughput += day.sales;
    return [{ date: day.to, varianceMl: variance, throughputMl: throughput }];
  });
}
