/** Parts of pictures: SVG 1.1 without scripts, outer fonts or styles, readable on a light background. */
import { printable } from './text.ts';

export const ink = {
  text: '#1f2933',
  quiet: '#5b6770',
  grid: '#dfe4e8',
  axis: '#8a959d',
  curve: '#1f5fa8',
  /** Between the thresholds, and beyond. */
  investigate: '#c98a00',
  escalate: '#b3261e',
  band: '#e7f3ea',
} as const;

/** Text of others inside an element or an attribute. */
export const escaped = (text: string): string =>
  printable(text)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');

export function document(width: number, height: number, title: string, parts: readonly string[]): string {
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="DejaVu Sans, Verdana, Helvetica, Arial, sans-serif" font-size="12" fill="${ink.text}" role="img">`,
    `<title>${escaped(title)}</title>`,
    `<rect width="${width}" height="${height}" fill="#ffffff"/>`,
    ...parts,
    '</svg>\n',
  ].join('\n');
}

/** Coordinates to a tenth: smaller files, the same picture. */
const n = (value: number): string => String(Math.round(value * 10) / 10);

export interface TextStyle {
  readonly size?: number;
  readonly bold?: boolean;
  readonly colour?: string;
  readonly anchor?: 'start' | 'middle' | 'end';
}

export const textAt = (x: number, y: number, text: string, style: TextStyle = {}): string =>
  `<text x="${n(x)}" y="${n(y)}"${style.size === undefined ? '' : ` font-size="${style.size}"`}${style.bold ? ' font-weight="bold"' : ''}${style.colour === undefined ? '' : ` fill="${style.colour}"`}${style.anchor === undefined ? '' : ` text-anchor="${style.anchor}"`}>${escaped(text)}</text>`;

type Point = readonly [x: number, y: number];

export const pathOf = (points: readonly Point[]): string =>
  points.map(([x, y], index) => `${index === 0 ? 'M' : 'L'}${n(x)} ${n(y)}`).join('');

export const stroke = (
  points: readonly Point[],
  colour: string,
  style: { readonly width?: number; readonly dash?: string; readonly clip?: string } = {},
): string =>
  `<path d="${pathOf(points)}" fill="none" stroke="${colour}" stroke-width="${style.width ?? 1}" stroke-linejoin="round"${style.dash === undefined ? '' : ` stroke-dasharray="${style.dash}"`}${style.clip === undefined ? '' : ` clip-path="url(#${style.clip})"`}/>`;

export const area = (points: readonly Point[], colour: string, clip: string): string =>
  `<path d="${pathOf(points)}Z" fill="${colour}" clip-path="url(#${clip})"/>`;

export const box = (
  x: number,
  y: number,
  width: number,
  height: number,
  colour: string,
  inner = '',
): string =>
  `<rect x="${n(x)}" y="${n(y)}" width="${n(width)}" height="${n(height)}" fill="${colour}"${inner === '' ? '/>' : `>${inner}</rect>`}`;

/** Round values from `low` to `high`, about `count` of them or a few more: steps of 1, 2 or 5 times a power of ten. */
export function ticks(low: number, high: number, count: number): number[] {
  const rough = (high - low) / count;
  if (!(rough > 0) || !Number.isFinite(rough)) return [low];
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5].find((factor) => factor * power >= rough * 0.8) ?? 10);
  const first = Math.ceil(low / step);
  const last = Math.floor(high / step + 1e-9);
  return Array.from({ length: last - first + 1 }, (_, index) => (first + index) * step);
}
