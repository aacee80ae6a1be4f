/** A tank's strapping table: which volume stands below which height. */
import { ForecourtError } from '../../model/errors.ts';
import { type Millilitres, millilitres, type TenthMillimetres, tenthMillimetres } from '../../model/units.ts';

interface StrappingPoint {
  readonly height: TenthMillimetres;
  readonly volume: Millilitres;
}
/** At least two points, both columns strictly rising. */
export type Strapping = readonly StrappingPoint[];

const mostPoints = 10_000;
const mostCharacters = 1_000_000;
const number = /^\d{1,7}(\.\d{1,6})?$/;

const invalid = (line: number, what: string): ForecourtError =>
  new ForecourtError('STRAPPING_INVALID', `line ${line}: ${what}`, { line });

/**
 * Lines of `height_mm,volume_l`: decimals with a point, separated by a comma or semicolon; empty lines, lines that begin
 * with `#` and one line of headings are passed over. Errors: STRAPPING_INVALID with the line.
 */
export function parseStrapping(text: string): Strapping {
  if (text.length > mostCharacters) throw invalid(1, 'the table is larger than 1 MB');
  const points: StrappingPoint[] = [];
  let headings = true;
  for (const [index, raw] of text
    .replace(/^\uFEFF/, '')
    .split(/\r\n|\r|\n/)
    .entries()) {
    const line = raw.trim();
    if (line === '' || line.startsWith('#')) continue;
    const cells = line.split(/[,;]/).map((cell) => cell.trim());
    const [height = '', volume = ''] = cells;
    const isData = cells.length === 2 && number.test(height) && number.test(volume);
    if (!isData && headings && /^[a-z]/i.test(line)) {
      headings = false;
      continue;
    }
    headings = false;
    if (!isData) throw invalid(index + 1, `"${line.slice(0, 40)}" is no height and volume`);
    const point = {
      height: tenthMillimetres(Math.round(Number(height) * 10)),
      volume: millilitres(Math.round(Number(volume) * 1000)),
    };
    const before = points.at(-1);
    if (before && (point.height <= before.height || point.volume <= before.volume))
      throw invalid(index + 1, 'height and volume must both rise from line to line');
    if (points.length === mostPoints) throw invalid(index + 1, `more than ${mostPoints} lines`);
    points.push(point);
  }
  if (points.length < 2) throw invalid(1, 'a table needs at least two lines');
  return points;
}

/** Linear between two points, rounded to the millilitre, never falling. null: outside of the table. */
export function strappedVolume(table: Strapping, height: TenthMillimetres): Millilitres | null {
  const upper = table.findIndex((point) => point.height >= height);
  const above = table[upper];
  if (!above) return null;
  if (above.height === height) return above.volume;
  const below = table[upper - 1];
  if (!below) return null;
  const share = (height - below.height) / (above.height - below.height);
  return millilitres(below.volume + Math.round(share * (above.volume - below.volume)));
}
