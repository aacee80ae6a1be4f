/** A file without its faulty parts, so that the rest can be checked further and every error is told at once. */
import type { z } from 'zod';
import type { Path } from './problem.ts';

export interface Faultless {
  readonly plain: unknown;
  /** Names (`id`) of entries that were left out, and top-level keys: what refers to them cannot be judged. */
  readonly leftOut: ReadonlySet<string>;
  /** A path in `plain` as it is in the file: places in lists have moved up. */
  original(path: Path): Path;
}

type Bag = Record<PropertyKey, unknown>;
const isContainer = (value: unknown): value is Bag => typeof value === 'object' && value !== null;

/**
 * Leaves out unknown keys, then for each other issue the entry of a top-level list that holds it (a device, a reader), or
 * the top-level key, which `standIn` may replace.
 */
export function withoutFaults(
  plain: unknown,
  issues: readonly z.core.$ZodIssue[],
  standIn: Readonly<Record<string, unknown>>,
): Faultless {
  const leftOut = new Set<string>();
  if (!isContainer(plain)) return { plain, leftOut, original: (path) => path };
  const copy: Bag = structuredClone(plain);
  /** Entries to leave out, by the key of their list. */
  const holes = new Map<string, Set<number>>();
  for (const issue of issues) {
    if (issue.code === 'unrecognized_keys') {
      const parent = issue.path.reduce<unknown>((at, part) => (isContainer(at) ? at[part] : undefined), copy);
      if (isContainer(parent)) for (const key of issue.keys) delete parent[key];
      continue;
    }
    const [top, index] = issue.path;
    if (typeof top !== 'string') continue;
    const list = copy[top];
    if (Array.isArray(list) && typeof index === 'number') {
      const entry: unknown = list[index];
      if (isContainer(entry) && typeof entry.id === 'string') leftOut.add(entry.id);
      holes.set(top, (holes.get(top) ?? new Set()).add(index));
    } else {
      leftOut.add(top);
      if (top in standIn) copy[top] = standIn[top];
      else delete copy[top];
    }
  }
  const kept = new Map<unknown, readonly number[]>();
  for (const [top, gone] of holes) {
    const list = copy[top];
    if (!Array.isArray(list)) continue;
    const indexes = [...list.keys()].filter((index) => !gone.has(index));
    kept.set(top, indexes);
    copy[top] = indexes.map((index) => list[index] as unknown);
  }
  const original = ([top, index, ...rest]: Path): Path => {
    if (top === undefined) return [];
    if (typeof index !== 'number') return index === undefined ? [top] : [top, index, ...rest];
    return [top, kept.get(top)?.[index] ?? index, ...rest];
  };
  return { plain: copy, leftOut, original };
}
