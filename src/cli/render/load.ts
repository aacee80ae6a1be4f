/** M163: the load of the forecourt by pump, hour and grade: as a heat map of shades, and as CSV. */
import type { LoadReportView } from '../../station/tanks/view.ts';
import { csv, exact } from './csv.ts';
import { bold, dim } from './format.ts';
import { wholeLitres } from './measures.ts';
import { cut, padded, printable } from './text.ts';

/** Litres or fuellings, summed over the days of the report. */
export interface LoadGrid {
  /** null: all grades together. */
  readonly grade: string | null;
  readonly pumps: readonly { readonly id: string; readonly hours: readonly Load[]; readonly all: Load }[];
  readonly hours: readonly Load[];
  readonly all: Load;
}

interface Load {
  readonly sales: number;
  readonly volumeMl: number;
}

const none: Load = { sales: 0, volumeMl: 0 };
const plus = (a: Load, b: Load): Load => ({ sales: a.sales + b.sales, volumeMl: a.volumeMl + b.volumeMl });
const inOrder = (a: string, b: string): number => a.localeCompare(b, 'en', { numeric: true });

/** One grid for all grades together, and one for each grade where there are several. */
export function loadGrids({ rows }: LoadReportView): LoadGrid[] {
  const pumps = [...new Set(rows.map(({ fuellingPoint }) => fuellingPoint))].sort(inOrder);
  const grades = [...new Set(rows.map(({ grade }) => grade))].sort(inOrder);
  const grid = (grade: string | null): LoadGrid => {
    const of = rows.filter((row) => grade === null || row.grade === grade);
    const sumOf = (pump: string | null, hour: number | null): Load =>
      of
        .filter(
          (row) => (pump === null || row.fuellingPoint === pump) && (hour === null || row.hour === hour),
        )
        .reduce<Load>(plus, none);
    const day = Array.from({ length: 24 }, (_, hour) => hour);
    return {
      grade,
      pumps: pumps.map((id) => ({ id, hours: day.map((hour) => sumOf(id, hour)), all: sumOf(id, null) })),
      hours: day.map((hour) => sumOf(null, hour)),
      all: sumOf(null, null),
    };
  };
  return rows.length === 0 ? [] : [grid(null), ...(grades.length > 1 ? grades.map(grid) : [])];
}

const shades = ['·', '░', '▒', '▓', '█'];
const nameWidth = 8;

export function loadReport(view: LoadReportView): string {
  const report = printable(view);
  const grids = loadGrids(report);
  const head = bold(
    `Load of ${report.site}, ${report.days} business day(s) from ${report.from} to ${report.to}`,
  );
  if (grids.length === 0) return `${head}\n${dim(' nothing was sold in this time')}`;
  return [
    head,
    ...grids.map(heat),
    dim(
      ` Litres by local hour of the end of the fuelling; in each block ${shades
        .slice(1)
        .map((shade) => shade.repeat(2))
        .join(' ')} are quarters of its busiest cell.`,
    ),
  ].join('\n\n');
}

function heat({ grade, pumps, hours, all }: LoadGrid): string {
  const most = Math.max(...pumps.flatMap((pump) => pump.hours.map(({ volumeMl }) => volumeMl)));
  const top = Math.max(...hours.map(({ volumeMl }) => volumeMl));
  const busiest = hours.findIndex(({ volumeMl }) => volumeMl === top);
  const line = (name: string, cells: readonly Load[], of: number, sum: Load): string =>
    ` ${padded(cut(name, nameWidth), nameWidth)} ${cells.map(({ volumeMl }) => shade(volumeMl, of).repeat(2)).join('')} ${wholeLitres(sum.volumeMl).padStart(9)} ${String(sum.sales).padStart(6)}`;
  return [
    bold(grade === null ? 'All grades' : `Grade ${grade}`),
    dim(
      ` ${' '.repeat(nameWidth)} ${Array.from({ length: 8 }, (_, n) =>
        String(n * 3)
          .padStart(2, '0')
          .padEnd(6),
      ).join('')} ${'litres'.padStart(9)} ${'sales'.padStart(6)}`,
    ),
    ...pumps.map((pump) => line(pump.id, pump.hours, most, pump.all)),
    line('all', hours, top, all),
    ...(top > 0
      ? [
          dim(
            ` busiest hour ${String(busiest).padStart(2, '0')}:00, ${wholeLitres(top)} L in ${hours[busiest]?.sales ?? 0} fuellings`,
          ),
        ]
      : []),
  ].join('\n');
}

const shade = (volume: number, most: number): string =>
  (volume <= 0 ? shades[0] : shades[Math.min(4, Math.ceil((volume / most) * 4))]) ?? ' ';

export const loadCsv = ({ rows }: LoadReportView): string =>
  csv<LoadReportView['rows'][number]>(
    [
      ['fuelling_point', (row) => ({ text: row.fuellingPoint })],
      ['grade', (row) => ({ text: row.grade })],
      ['local_hour', (row) => String(row.hour)],
      ['fuellings', (row) => String(row.sales)],
      ['volume_l', (row) => exact(row.volumeMl, 3)],
    ],
    rows,
  );
