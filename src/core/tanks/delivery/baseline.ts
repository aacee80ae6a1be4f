/** The quiet level before something happened. */
import { type Millilitres, millilitres } from '../../../model/units.ts';
import { bounds, netOf, type Point } from './types.ts';

const spacingMs = 60_000;
const windowMs = 30 * 60_000;
/** A point so far above the quiet level is part of a rise already. */
const above = 15_000;
const around = 30_000;
const averaged = 5;

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? 0;
}

/** With the point when it is a minute after the last; old ones fall out, but never all. */
export function remember(recent: readonly Point[], point: Point): readonly Point[] {
  const last = recent.at(-1);
  if (last && point.at - last.at < spacingMs) return recent;
  return [...recent, point].filter((each) => point.at - each.at <= windowMs).slice(-bounds.recent);
}

/** The last quiet point, with a volume that is the mean of the quiet ones before it. null: there is none. */
export function baseline(recent: readonly Point[]): Point | null {
  if (recent.length === 0) return null;
  const oldest = recent.slice(0, Math.max(1, Math.ceil(recent.length / 3)));
  const level = median(oldest.map(netOf));
  const end = recent.findLastIndex((point) => netOf(point) <= level + above);
  const last = recent[end];
  if (!last) return null;
  const quiet = recent.slice(0, end + 1).filter((point) => Math.abs(netOf(point) - netOf(last)) <= around);
  const taken = quiet.slice(-averaged).map(netOf);
  const mean = taken.reduce((sum, net) => sum + net, 0) / taken.length;
  return moved(last, Math.round(mean) - netOf(last));
}

/** The point with a little more or less fuel in it. */
export function moved(point: Point, by: number): Point {
  const volume = millilitres(point.volume + by);
  const share = point.at15 === null || point.volume <= 0 ? null : point.at15 / point.volume;
  const at15: Millilitres | null =
    share === null || point.at15 === null ? null : millilitres(point.at15 + Math.round(by * share));
  return { ...point, volume, at15 };
}
