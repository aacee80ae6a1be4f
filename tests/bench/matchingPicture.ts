/** Wrong against ambiguous as a window changes, in SVG that is legible on light and dark pages. */
import type { CurvePoint } from './matchingTables.ts';

const width = 780;
const plot = { left: 60, width: 300, height: 200, gap: 70 };
const colours = ['#0a7f5a', '#b3541e', '#3b6fb6', '#8a4f9e', '#8a94a0'];
const xmlText = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');

interface Dot {
  readonly x: number;
  readonly y: number;
  readonly label: string;
}

/** One layout: a line of dots for each window, ambiguous to the right, wrong upwards. */
function chart(title: string, points: readonly CurvePoint[], left: number, top: number): string {
  const wrongOf = ({ score }: CurvePoint): number => (10_000 * score.wrong) / score.sales;
  const shareOf = ({ score }: CurvePoint): number => (100 * score.ambiguous) / score.sales;
  const mostX = niceAbove(Math.max(1, ...points.map(shareOf)));
  const mostY = niceAbove(Math.max(1, ...points.map(wrongOf)));
  const x = (value: number): number => left + (plot.width * value) / mostX;
  const y = (value: number): number => top + plot.height - (plot.height * value) / mostY;
  const parts = [`<text x="${left}" y="${top - 12}" font-weight="600">${xmlText(title)}</text>`];
  parts.push(
    `<path d="M${left} ${top}V${top + plot.height}H${left + plot.width}" fill="none" stroke="#8a94a0"/>`,
    `<text x="${left + plot.width}" y="${top + plot.height + 30}" text-anchor="end">ambiguous, % of sales</text>`,
    `<text x="${left - 6}" y="${top + 4}" text-anchor="end">${mostY}</text>`,
    `<text x="${left - 6}" y="${top + plot.height + 4}" text-anchor="end">0</text>`,
    `<text x="${left}" y="${top + plot.height + 15}">0</text>`,
    `<text x="${left + plot.width}" y="${top + plot.height + 15}" text-anchor="end">${mostX}</text>`,
  );
  for (const [n, [name, list]] of [...Map.groupBy(points, ({ window }) => window)].entries()) {
    const colour = colours[n % colours.length] ?? '#1f2933';
    const dots = list.map(
      (each): Dot => ({
        x: x(shareOf(each)),
        y: y(wrongOf(each)),
        label: `${name} ${each.seconds} s: ${wrongOf(each).toFixed(1)} wrong in 10,000, ${shareOf(each).toFixed(1)} % ambiguous`,
      }),
    );
    parts.push(
      `<polyline points="${dots.map((dot) => `${dot.x.toFixed(1)},${dot.y.toFixed(1)}`).join(' ')}" fill="none" stroke="${colour}" stroke-width="1.5"/>`,
      ...dots.map(
        (dot, i) =>
          `<circle cx="${dot.x.toFixed(1)}" cy="${dot.y.toFixed(1)}" r="${2.5 + (2.5 * (i + 1)) / dots.length}" fill="${colour}"><title>${xmlText(dot.label)}</title></circle>`,
      ),
    );
    const range = `${list[0]?.seconds ?? 0} to ${list.at(-1)?.seconds ?? 0} s`;
    parts.push(
      `<text x="${left + plot.width - 4}" y="${top + 4 + n * 17}" text-anchor="end" fill="${colour}">${xmlText(`${name}, ${range}`)}</text>`,
    );
  }
  return parts.join('\n');
}

function niceAbove(value: number): number {
  const unit = 10 ** Math.floor(Math.log10(value));
  return [1, 2, 5, 10].map((step) => step * unit).find((each) => each >= value) ?? value;
}

export function matchingPicture(curve: readonly CurvePoint[], note: string): string {
  const charts: string[] = [];
  const layouts = [...Map.groupBy(curve, ({ score }) => score.layout)];
  for (const [n, [name, points]] of layouts.entries()) {
    const left = plot.left + (n % 2) * (plot.width + plot.gap);
    const top = 74 + Math.floor(n / 2) * (plot.height + 80);
    charts.push(chart(`A reader per ${name}`, points, left, top));
  }
  const height = 74 + Math.ceil(layouts.length / 2) * (plot.height + 80);
  const title = 'Credited to the wrong member, of 10,000 sales, as one window changes (larger dot: longer)';
  const frame = `width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="system-ui, sans-serif" font-size="12"`;
  return `<svg xmlns="http://www.w3.org/2000/svg" ${frame}>\n<rect width="${width}" height="${height}" fill="#ffffff" rx="6"/>\n<g fill="#1f2933"><text x="12" y="22" font-weight="600">${xmlText(title)}</text>\n<text x="12" y="40" font-size="11">${xmlText(note)}</text>\n${charts.join('\n')}</g>\n</svg>\n`;
}
