/** Plain data back from the store, looked at field by field. */
import { ForecourtError } from '../../model/errors.ts';
import { type Instant, instant, type Millilitres, millilitres } from '../../model/units.ts';

export type Bag = Readonly<Record<string, unknown>>;

export const invalid = (what: string, value: unknown): ForecourtError =>
  new ForecourtError('TANK_STATE_INVALID', `the stored state has no valid ${what}`, {
    what,
    type: typeof value,
  });

export function bag(value: unknown, what: string): Bag {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw invalid(what, value);
  return value as Bag;
}
export function list<T>(from: Bag, key: string, of: (each: unknown) => T, most: number): T[] {
  const value = from[key];
  if (!Array.isArray(value) || value.length > most) throw invalid(key, value);
  return value.map(of);
}
export function integer(from: Bag, key: string): number {
  const value = from[key];
  if (!Number.isSafeInteger(value)) throw invalid(key, value);
  return value as number;
}
export function finite(from: Bag, key: string): number {
  const value = from[key];
  if (typeof value !== 'number' || !Number.isFinite(value)) throw invalid(key, value);
  return value;
}
export function text(from: Bag, key: string): string {
  const value = from[key];
  if (typeof value !== 'string' || value.length > 1_000) throw invalid(key, value);
  return value;
}
export function flag(from: Bag, key: string): boolean {
  const value = from[key];
  if (typeof value !== 'boolean') throw invalid(key, value);
  return value;
}
export const orNull = <T>(from: Bag, key: string, of: (from: Bag, key: string) => T): T | null =>
  from[key] === null ? null : of(from, key);
export const ml = (from: Bag, key: string): Millilitres => millilitres(integer(from, key));
export const at = (from: Bag, key: string): Instant => instant(integer(from, key));
export const inBag =
  <T>(of: (from: Bag) => T) =>
  (from: Bag, key: string): T =>
    of(bag(from[key], key));
export function word(value: unknown): string {
  if (typeof value !== 'string' || value.length > 200) throw invalid('text', value);
  return value;
}
export function version(from: Bag, known: number): void {
  if (from.version !== known) throw invalid('version', from.version);
}
