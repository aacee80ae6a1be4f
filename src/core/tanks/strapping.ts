/** A tank's strapping table: which volume stands below which height. */
import { type Millilitres, millilitres, type TenthMillimetres } from '../../model/units.ts';

interface StrappingPoint {
  readonly height: TenthMillimetres;
  readonly volume: Millilitres;
}
/** At least two points, both columns strictly rising. */
export type Strapping = readonly StrappingPoint[];

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
