/** M174: balances of wet stock as text: by day or month, in all, what they look like, and how the variance ran. */
import type { BalanceView, StockReportView } from '../../station/tanks/view.ts';
import { csv, exact } from './csv.ts';
import { drawn, scaleOf } from './curve.ts';
import { bold, dim, red, state } from './format.ts';
import { litresDifference, percentDifference, wholeLitres } from './measures.ts';
import { block } from './station.ts';
import { table } from './table.ts';
import { columns, printable, wrapped } from './text.ts';

/** Balances that are doubtful are told with their reasons, so many at most. */
const mostReasons = 30;

export function stockReport(view: StockReportView, width: number): string {
  const report = printable(view);
  const { stocks, grades, cumulative } = report;
  const name = report.period === 'day' ? 'business days' : 'months';
  const head = bold(`Wet stock of ${report.site}, ${name} from ${report.from} to ${report.to}`);
  if (stocks.length === 0) return `${head}\n${dim(' no balance was closed in this time')}`;
  return [
    head,
    balances(stocks),
    doubts(stocks, width),
    block('Stocks in all', totals(stocks, 'stock')),
    block('Grades in all', totals(grades, 'grade')),
    block(
      'Cumulative variance',
      cumulative
        .map((each) => course(each, width))
        .filter((text) => text !== '')
        .join('\n'),
    ),
    block('What it looks like', report.findings.map(finding(width)).join('\n')),
    stocks.some(({ open }) => open) ? dim(' open: not over yet, left out of the sums.') : '',
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

const dateOf = ({ period, from, to }: BalanceView): string => (period === 'month' ? from.slice(0, 7) : to);

const balances = (list: readonly BalanceView[]): string =>
  table(
    ['stock', 'grade', 'date', 'opening>', 'in>', 'sold>', 'book>', 'gauge>', 'variance L>', '%>', 'verdict'],
    list.map((each) => [
      each.stock,
      each.grade,
      dateOf(each),
      ...[each.openingMl, each.deliveriesMl, each.salesMl, each.bookMl, each.gaugeMl].map(wholeLitres),
      litresDifference(each.varianceMl),
      percentDifference(each.variancePpm),
      `${state(each.verdict)}${each.open ? dim(' open') : ''}`,
    ]),
  );

function doubts(list: readonly BalanceView[], width: number): string {
  const told = list.filter(({ verdict, reasons }) => verdict !== 'within' && reasons.length > 0);
  const lines = told.slice(-mostReasons).flatMap((each) => {
    const start = ` ${each.stock} ${dateOf(each)}: `;
    return hanging(start, each.reasons.join('; '), width);
  });
  const more = told.length - mostReasons;
  return [...(more > 0 ? [dim(` ${more} earlier ones are not shown; --json tells all`)] : []), ...lines].join(
    '\n',
  );
}

/** Text behind its start, further lines set in below it. */
function hanging(start: string, text: string, width: number): string[] {
  const indent = columns(start);
  return wrapped(text, Math.max(20, width - indent - 1)).map(
    (line, n) => `${n === 0 ? start : ' '.repeat(indent)}${line}`,
  );
}

/** Sums over the periods that are over, and of those the ones whose variance is known. */
function totals(list: readonly BalanceView[], by: 'stock' | 'grade'): string {
  const groups = Map.groupBy(
    list.filter(({ open }) => !open),
    (each) => each[by],
  );
  return table(
    [by, 'closed>', 'in>', 'sold>', 'variance L>', '%>', 'investigate>', 'escalate>', 'unknown>'],
    [...groups].map(([id, all]) => {
      const known = all.filter(({ varianceMl }) => varianceMl !== null);
      const variance = sum(known.map(({ varianceMl }) => varianceMl ?? 0));
      const sold = sum(known.map(({ salesMl }) => salesMl));
      const count = (verdict: BalanceView['verdict']): string =>
        String(all.filter((each) => each.verdict === verdict).length);
      return [
        id,
        String(all.length),
        wholeLitres(sum(all.map(({ deliveriesMl }) => deliveriesMl))),
        wholeLitres(sum(all.map(({ salesMl }) => salesMl))),
        known.length === 0 ? '-' : litresDifference(variance),
        known.length === 0 || sold === 0 ? '-' : percentDifference(Math.round((variance / sold) * 1e6)),
        ...[count('investigate'), count('escalate'), count('unknown')],
      ];
    }),
  );
}

/** Millilitres are whole: the sum is exact. */
const sum = (values: readonly number[]): number => values.reduce((all, each) => all + each, 0);

function course({ stock, grade, points }: StockReportView['cumulative'][number], width: number): string {
  const [first, last] = [points[0], points.at(-1)];
  if (!first || !last || points.length < 2) return '';
  const [begin, end] = [Date.parse(first.date), Date.parse(last.date)];
  const shown = points.map(({ date, varianceMl }) => ({
    x: (Date.parse(date) - begin) / (end - begin || 1),
    y: varianceMl,
  }));
  const scale = scaleOf([...shown, { x: 0, y: 0 }], 20_000);
  if (!scale) return '';
  const middle = new Date((begin + end) / 2).toISOString().slice(0, 10);
  const ends = [first.date, middle, last.date] as const;
  return [
    ` ${stock} (${grade}): ${litresDifference(last.varianceMl)} L of ${wholeLitres(last.throughputMl)} L sold`,
    drawn(shown, scale, { width, unit: 'L', label: litresDifference, ends, height: 4 }),
  ].join('\n');
}

const finding =
  (width: number) =>
  ({ stock, kind, text }: StockReportView['findings'][number]): string =>
    [` ${stock} ${red(kind)}`, ...hanging('   ', text, width)].join('\n');

export const stockCsv = ({ stocks, grades }: StockReportView): string =>
  csv<{ readonly of: 'stock' | 'grade'; readonly each: BalanceView }>(
    [
      ['of', ({ of }) => of],
      ['stock', ({ of, each }) => (of === 'stock' ? { text: each.stock } : null)],
      ['grade', ({ each }) => ({ text: each.grade })],
      ['period', ({ each }) => each.period],
      ['from', ({ each }) => each.from],
      ['to', ({ each }) => each.to],
      ['opening_l', ({ each }) => exact(each.openingMl, 3)],
      ['deliveries_l', ({ each }) => exact(each.deliveriesMl, 3)],
      ['sales_l', ({ each }) => exact(each.salesMl, 3)],
      ['book_l', ({ each }) => exact(each.bookMl, 3)],
      ['gauge_l', ({ each }) => exact(each.gaugeMl, 3)],
      ['variance_l', ({ each }) => exact(each.varianceMl, 3)],
      ['variance_percent', ({ each }) => exact(each.variancePpm, 4)],
      ['verdict', ({ each }) => each.verdict],
      ['open', ({ each }) => (each.open ? 'yes' : 'no')],
      ['reasons', ({ each }) => ({ text: each.reasons.join('; ') })],
    ],
    [
      ...stocks.map((each) => ({ of: 'stock' as const, each })),
      ...grades.map((each) => ({ of: 'grade' as const, each })),
    ],
  );
