/** M163: the load by pump and hour as heat maps, one for all grades and one for each, as SVG. */
import type { LoadReportView } from '../../station/tanks/view.ts';
import { type LoadGrid, loadGrids } from './load.ts';
import { wholeLitres } from './measures.ts';
import { box, document, escaped, ink, textAt } from './svg.ts';
import { cut } from './text.ts';

const width = 960;
const left = 110;
const cell = { width: 30, height: 24 } as const;
const sumsAt = left + 24 * cell.width + 100;
/** From nothing to the busiest cell: light to dark. */
const shades = ['#f4f6f8', '#d3e3f3', '#a5c8e6', '#6ea6d6', '#3b82c0', '#1c5a97', '#0d3a6b'];

export function loadSvg(report: LoadReportView): string {
  const title = `Load of ${report.site}: litres by pump and hour, ${report.from} to ${report.to}`;
  let y = 84;
  const panels = loadGrids(report).flatMap((grid) => {
    const top = y;
    y += 62 + grid.pumps.length * cell.height;
    return panel(grid, top);
  });
  const head = [
    textAt(24, 32, title, { size: 18, bold: true }),
    textAt(
      24,
      54,
      `Sum over ${report.days} business day(s), by the local hour in which the fuelling ended.`,
      { colour: ink.quiet },
    ),
    ...(panels.length === 0 ? [textAt(24, 96, 'Nothing was sold in this time.')] : []),
  ];
  return document(width, Math.max(120, y), title, [...head, ...panels]);
}

function panel({ grade, pumps, all }: LoadGrid, top: number): string[] {
  const most = Math.max(1, ...pumps.flatMap((pump) => pump.hours.map(({ volumeMl }) => volumeMl)));
  const first = top + 30;
  return [
    textAt(24, top, grade === null ? 'All grades' : `Grade ${grade}`, { size: 14, bold: true }),
    textAt(sumsAt, top, `${wholeLitres(all.volumeMl)} L, ${all.sales} sales`, { anchor: 'end' }),
    ...legend(most, top),
    ...Array.from({ length: 24 }, (_, hour) =>
      textAt(left + (hour + 0.5) * cell.width, first - 6, String(hour).padStart(2, '0'), {
        anchor: 'middle',
        size: 11,
        colour: ink.quiet,
      }),
    ),
    ...pumps.flatMap((pump, row) => {
      const y = first + row * cell.height;
      return [
        textAt(left - 10, y + 16, cut(pump.id, 12), { anchor: 'end' }),
        ...pump.hours.map(({ volumeMl, sales }, hour) =>
          box(
            left + hour * cell.width + 1,
            y + 1,
            cell.width - 2,
            cell.height - 2,
            shade(volumeMl, most),
            `<title>${escaped(`${pump.id} ${String(hour).padStart(2, '0')}:00: ${wholeLitres(volumeMl)} L, ${sales} sales`)}</title>`,
          ),
        ),
        textAt(sumsAt, y + 16, `${wholeLitres(pump.all.volumeMl)} L`, { anchor: 'end', colour: ink.quiet }),
      ];
    }),
  ];
}

const shade = (volume: number, most: number): string =>
  (volume <= 0 ? shades[0] : shades[Math.min(6, Math.ceil((volume / most) * 6))]) ?? '#ffffff';

function legend(most: number, top: number): string[] {
  const at = left + 12 * cell.width;
  return [
    textAt(at - 8, top, '0 L', { anchor: 'end', size: 11, colour: ink.quiet }),
    ...shades.map((colour, n) => box(at + n * 18, top - 11, 18, 12, colour)),
    textAt(at + shades.length * 18 + 8, top, `${wholeLitres(most)} L in a cell`, {
      size: 11,
      colour: ink.quiet,
    }),
  ];
}
