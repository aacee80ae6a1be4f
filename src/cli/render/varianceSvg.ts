/** M174: the cumulative variance of each stock over time, with the thresholds that it is judged by, as SVG. */
import type { StockReportView } from '../../station/tanks/view.ts';
import { litresDifference, percentDifference, wholeLitres } from './measures.ts';
import { area, document, ink, stroke, textAt, ticks } from './svg.ts';
import { wrapped } from './text.ts';

type Course = StockReportView['cumulative'][number];
type Thresholds = StockReportView['thresholds'];

const width = 960;
const plot = { left: 84, right: 36, top: 40, height: 180, foot: 34 } as const;
const lineHeight = 16;
const charactersAcross = 126;
/** The thresholds differ also without colours. */
const dashes = { investigate: '2 4', escalate: '8 4' } as const;
const dayMs = 86_400_000;

export function varianceSvg(report: StockReportView): string {
  const { site, from, to, cumulative, thresholds } = report;
  const title = `Wet stock of ${site}: cumulative variance, ${from} to ${to}`;
  const dates = { first: Date.parse(from), last: Math.max(Date.parse(to), Date.parse(from) + dayMs) };
  let y = 76;
  const panels = cumulative.flatMap((course, index) => {
    const notes = report.findings
      .filter(({ stock }) => stock === course.stock)
      .flatMap(({ kind, text }) => wrapped(`${kind}: ${text}`, charactersAcross));
    const top = y + plot.top;
    const below = top + (course.points.length > 0 ? plot.height + plot.foot : 24);
    y = below + notes.length * lineHeight + 18;
    return [
      ...panel(course, { top, id: `plot${index}`, dates, thresholds }),
      ...notes.map((note, line) =>
        textAt(plot.left, below + 12 + line * lineHeight, note, { colour: ink.escalate }),
      ),
    ];
  });
  const head = [
    textAt(24, 32, title, { size: 18, bold: true }),
    textAt(24, 54, 'Gauge minus book, summed over the business days. Litres.', { colour: ink.quiet }),
    ...(thresholds ? legend(thresholds) : []),
    ...(cumulative.length === 0 ? [textAt(24, 96, 'No stock is measured here.')] : []),
  ];
  return document(width, Math.max(y, 120), title, [...head, ...panels]);
}

function legend({ investigatePpm, escalatePpm }: NonNullable<Thresholds>): string[] {
  const entry = (x: number, colour: string, name: string, ppm: number, dash: string): string[] => [
    stroke(
      [
        [x, 50],
        [x + 28, 50],
      ],
      colour,
      { width: 1.5, dash },
    ),
    textAt(x + 34, 54, `${name} ±${percentDifference(ppm).replace('+', '')} % of sales`, {
      colour: ink.quiet,
    }),
  ];
  return [
    ...entry(470, ink.investigate, 'investigate', investigatePpm, dashes.investigate),
    ...entry(710, ink.escalate, 'escalate', escalatePpm, dashes.escalate),
  ];
}

interface Place {
  readonly top: number;
  readonly id: string;
  readonly dates: { readonly first: number; readonly last: number };
  readonly thresholds: Thresholds;
}

function panel({ stock, grade, points }: Course, { top, id, dates, thresholds }: Place): string[] {
  const last = points.at(-1);
  const heading = [
    textAt(24, top - 14, `${stock}  ${grade}`, { size: 14, bold: true }),
    ...(last ? [textAt(width - plot.right, top - 14, summary(last), { anchor: 'end' })] : []),
  ];
  if (!last)
    return [
      ...heading,
      textAt(plot.left, top + 12, 'No balance was closed in this time.', { colour: ink.quiet }),
    ];
  const right = width - plot.right;
  const bottom = top + plot.height;
  const reach = reachOf(points, thresholds);
  const x = (date: string): number =>
    plot.left + ((Date.parse(date) - dates.first) / (dates.last - dates.first)) * (right - plot.left);
  const y = (ml: number): number => top + ((reach - ml) / (2 * reach)) * plot.height;
  const funnel = (ppm: number, sign: 1 | -1) =>
    points.map(({ date, throughputMl }) => [x(date), y((sign * throughputMl * ppm) / 1e6)] as const);
  const line = points.map(({ date, varianceMl }) => [x(date), y(varianceMl)] as const);
  const end = line.at(-1) ?? [right, y(0)];
  return [
    ...heading,
    `<clipPath id="${id}"><rect x="${plot.left}" y="${top}" width="${right - plot.left}" height="${plot.height}"/></clipPath>`,
    ...(thresholds
      ? [
          area(
            [...funnel(thresholds.investigatePpm, 1), ...funnel(thresholds.investigatePpm, -1).reverse()],
            ink.band,
            id,
          ),
        ]
      : []),
    ...litreAxis(reach, y, right),
    ...dateAxis(dates, x, top, bottom),
    ...(thresholds
      ? ([1, -1] as const).flatMap((sign) => [
          stroke(funnel(thresholds.investigatePpm, sign), ink.investigate, {
            width: 1.5,
            dash: dashes.investigate,
            clip: id,
          }),
          stroke(funnel(thresholds.escalatePpm, sign), ink.escalate, {
            width: 1.5,
            dash: dashes.escalate,
            clip: id,
          }),
        ])
      : []),
    stroke(line, ink.curve, { width: 2.2 }),
    ...line.map(
      ([cx, cy]) =>
        `<circle cx="${cx.toFixed(1)}" cy="${cy.toFixed(1)}" r="${points.length > 60 ? 1.2 : 2.4}" fill="${ink.curve}"/>`,
    ),
    `<circle cx="${end[0].toFixed(1)}" cy="${end[1].toFixed(1)}" r="4.5" fill="${ink.curve}" stroke="#ffffff" stroke-width="1.5"/>`,
  ];
}

function summary({ varianceMl, throughputMl }: Course['points'][number]): string {
  const share =
    throughputMl === 0 ? '' : ` (${percentDifference(Math.round((varianceMl / throughputMl) * 1e6))} %)`;
  return `${litresDifference(varianceMl)} L${share} of ${wholeLitres(throughputMl)} L sold`;
}

/**
 * Half the height of the plot in millilitres: the whole variance is seen, and the thresholds are too unless that would make
 * the variance flat.
 */
function reachOf(points: Course['points'], thresholds: Thresholds): number {
  const most = (values: readonly number[]): number => values.reduce((a, b) => Math.max(a, Math.abs(b)), 0);
  const variance = most(points.map(({ varianceMl }) => varianceMl));
  const limit = thresholds
    ? most(points.map(({ throughputMl }) => (throughputMl * thresholds.escalatePpm) / 1e6))
    : 0;
  return Math.max(variance * 1.15, Math.min(limit * 1.1, variance * 4), 10_000);
}

const litreAxis = (reach: number, y: (ml: number) => number, right: number): string[] =>
  ticks(-reach / 1000, reach / 1000, 7).flatMap((litres) => {
    const at = y(litres * 1000);
    return [
      stroke(
        [
          [plot.left, at],
          [right, at],
        ],
        litres === 0 ? ink.axis : ink.grid,
        { width: litres === 0 ? 1.4 : 1 },
      ),
      textAt(plot.left - 8, at + 4, `${litres > 0 ? '+' : ''}${wholeLitres(litres * 1000)} L`, {
        anchor: 'end',
        size: 11,
        colour: ink.quiet,
      }),
    ];
  });

function dateAxis(
  { first, last }: Place['dates'],
  x: (date: string) => number,
  top: number,
  bottom: number,
): string[] {
  const days = Math.round((last - first) / dayMs);
  const step = [1, 2, 7, 14, 28, 91, 182, 364].find((each) => days / each <= 13) ?? Math.ceil(days / 13);
  const dates = Array.from({ length: Math.floor(days / step) + 1 }, (_, n) =>
    new Date(first + n * step * dayMs).toISOString().slice(0, 10),
  );
  return [
    ...dates.flatMap((date) => [
      stroke(
        [
          [x(date), top],
          [x(date), bottom + 4],
        ],
        ink.grid,
      ),
      textAt(x(date), bottom + 18, days > 400 ? date.slice(0, 7) : date.slice(5), {
        anchor: 'middle',
        size: 11,
        colour: ink.quiet,
      }),
    ]),
    stroke(
      [
        [plot.left, top],
        [plot.left, bottom],
      ],
      ink.axis,
    ),
  ];
}
