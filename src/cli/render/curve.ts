/** A curve in braille: two columns and four rows of dots in each character. */

/** The dots of one character, by row and column: see Unicode, Braille Patterns. */
const dots = [
  [0x01, 0x08],
  [0x02, 0x10],
  [0x04, 0x20],
  [0x40, 0x80],
] as const;
const blank = 0x2800;

/** `x` from 0 to 1; null: nothing is known there, the curve is interrupted. */
export interface CurvePoint {
  readonly x: number;
  readonly y: number | null;
}

interface Scale {
  readonly low: number;
  readonly high: number;
}

/** What the points span, widened to `least` when they hardly differ; null: there is no point. */
export function scaleOf(points: readonly CurvePoint[], least: number): Scale | null {
  const values = points.flatMap(({ y }) => (y === null ? [] : [y]));
  const first = values[0];
  if (first === undefined) return null;
  const low = values.reduce((a, b) => Math.min(a, b), first);
  const high = values.reduce((a, b) => Math.max(a, b), first);
  const missing = Math.max(0, least - (high - low)) / 2;
  return { low: low - missing, high: high + missing };
}

/** `height` lines of `width` characters; points are joined unless one that is not known lies between. */
export function curve(
  points: readonly CurvePoint[],
  { low, high }: Scale,
  { width, height }: { readonly width: number; readonly height: number },
): string[] {
  const cells = Array.from({ length: height }, () => new Array<number>(width).fill(blank));
  const across = width * 2 - 1;
  const down = height * 4 - 1;
  const set = (x: number, y: number): void => {
    const line = cells[y >> 2];
    const dot = dots[y & 3]?.[x & 1];
    if (line && dot !== undefined && x >> 1 < width) line[x >> 1] = (line[x >> 1] ?? blank) | dot;
  };
  let before: { readonly x: number; readonly y: number } | null = null;
  for (const { x, y } of points) {
    if (y === null) {
      before = null;
      continue;
    }
    const at = {
      x: Math.round(clamped(x) * across),
      y: Math.round((1 - clamped((y - low) / (high - low || 1))) * down),
    };
    join(before ?? at, at, set);
    before = at;
  }
  return cells.map((line) => String.fromCodePoint(...line));
}

const clamped = (value: number): number => Math.min(1, Math.max(0, value));

/** Every dot between two. */
function join(
  from: { readonly x: number; readonly y: number },
  to: { readonly x: number; readonly y: number },
  set: (x: number, y: number) => void,
): void {
  const steps = Math.max(Math.abs(to.x - from.x), Math.abs(to.y - from.y), 1);
  for (let step = 0; step <= steps; step++) {
    const part = step / steps;
    set(Math.round(from.x + (to.x - from.x) * part), Math.round(from.y + (to.y - from.y) * part));
  }
}

/** A curve with its axes: what is at the top and the bottom, and what at the ends and in the middle. */
export function drawn(
  points: readonly CurvePoint[],
  scale: Scale,
  axes: {
    readonly width: number;
    readonly unit: string;
    readonly label: (y: number) => string;
    readonly ends: readonly [string, string, string];
    readonly height?: number;
  },
): string {
  const [top, bottom] = [axes.label(scale.high), axes.label(scale.low)];
  const margin = Math.max(top.length, bottom.length) + axes.unit.length + 1;
  const across = Math.max(24, Math.min(72, axes.width - margin - 4));
  const height = axes.height ?? 6;
  const [first, middle, last] = axes.ends;
  const rows = curve(points, scale, { width: across, height }).map((line, row) => {
    const label = row === 0 ? `${top} ${axes.unit}` : row === height - 1 ? `${bottom} ${axes.unit}` : '';
    return ` ${label.padStart(margin)} ┤${line}`;
  });
  const half = Math.floor((across - middle.length) / 2);
  const below = `${first.padEnd(half)}${middle}`;
  return [
    ...rows,
    ` ${' '.repeat(margin)} └${'─'.repeat(across)}`,
    ` ${' '.repeat(margin)}  ${below}${last.padStart(across - below.length)}`,
  ].join('\n');
}
