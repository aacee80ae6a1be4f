/** The benchmark as a bar picture in SVG that is legible on light and dark pages. */
import type { CycleRow, LateRow } from './busParts.ts';

interface Bar {
  readonly label: string;
  readonly value: number;
  readonly text: string;
  readonly ours: boolean;
}

const barHeight = 18;
const rowHeight = 24;
const labelWidth = 280;
const barWidth = 360;

const xmlText = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');

/** One group of bars from `top` down. Returns its SVG and where the next group may begin. */
function group(
  title: string,
  bars: readonly Bar[],
  most: number,
  top: number,
): { svg: string; bottom: number } {
  const rows = bars.map(({ label, value, text, ours }, index) => {
    const y = top + 30 + index * rowHeight;
    const width = Math.max(1, (barWidth * Math.min(value, most)) / most);
    return [
      `<text x="${labelWidth - 8}" y="${y + 13}" text-anchor="end">${xmlText(label)}</text>`,
      `<rect x="${labelWidth}" y="${y}" width="${width.toFixed(1)}" height="${barHeight}" rx="2" fill="${ours ? '#0a7f5a' : '#8a94a0'}"/>`,
      `<text x="${labelWidth + width + 6}" y="${y + 13}">${xmlText(text)}</text>`,
    ].join('');
  });
  const svg = `<text x="12" y="${top + 16}" font-weight="600">${xmlText(title)}</text>${rows.join('')}`;
  return { svg, bottom: top + 30 + bars.length * rowHeight + 14 };
}

export function busPicture(
  cycles: readonly CycleRow[],
  late: readonly LateRow[],
  machine: { readonly cpu: string; readonly cores: number; readonly node: string },
): string {
  const parts: string[] = [];
  let top = 10;
  const add = (title: string, bars: readonly Bar[], most: number): void => {
    if (bars.length === 0) return;
    const made = group(title, bars, most, top);
    parts.push(made.svg);
    top = made.bottom;
  };
  for (const baud of new Set(cycles.map((row) => row.baud))) {
    const rows = cycles.filter((row) => row.baud === baud);
    const bars = rows.map(({ master, ratio, early }) => ({
      label: master,
      value: ratio,
      text: `${(ratio * 100).toFixed(1)} %${early > 0 ? `, ${early} early` : ''}`,
      ours: master === 'forecourt',
    }));
    add(`Least possible poll cycle over achieved, ${baud} baud (longer is better)`, bars, 1);
  }
  const wrongs = late.map(({ master, over, units, wrong, reads }) => ({
    label: `${master}, ${over === 'serial' ? 'serial' : 'TCP'}, ${units}`,
    value: wrong,
    text: `${wrong} of ${reads} reads`,
    ours: master === 'forecourt',
  }));
  add(
    'Wrong values believed when replies come late, by number of devices (shorter is better)',
    wrongs,
    Math.max(1, ...wrongs.map(({ value }) => value)),
  );
  const note = `${machine.cpu}, ${machine.cores} cores, Node ${machine.node}; emulated line, 16 devices; npm run bench:bus`;
  parts.push(`<text x="12" y="${top + 8}" font-size="11">${xmlText(note)}</text>`);
  const height = top + 22;
  const frame = `width="780" height="${height}" viewBox="0 0 780 ${height}" font-family="system-ui, sans-serif" font-size="13"`;
  return `<svg xmlns="http://www.w3.org/2000/svg" ${frame}>\n<rect width="780" height="${height}" fill="#ffffff" rx="6"/>\n<g fill="#1f2933">${parts.join('\n')}</g>\n</svg>\n`;
}
