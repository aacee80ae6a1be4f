/** Registers as they stand on the wire: what is asked for, and what came back. Addresses are zero-based. */

import type { Field } from '../../model/config/field.ts';
import { ForecourtError } from '../../model/errors.ts';

export type Table = Field['table'];
export type WordTable = 'holding' | 'input';
export type BitTable = 'coil' | 'discrete';

export const isBitTable = (table: Table): table is BitTable => table === 'coil' || table === 'discrete';

/** `count` registers or bits from `address`. `whole`: they come in one reply or not at all. */
export interface RegisterRange {
  readonly table: Table;
  readonly address: number;
  readonly count: number;
  readonly whole?: boolean;
}

/** What was read. Asking for something that was not in the ranges is a defect and throws. */
export interface RegisterImage {
  register(table: WordTable, address: number): number;
  bit(table: BitTable, address: number): boolean;
}

/** Values by `registerKey`; bits are 0 or 1. */
export type RegisterMap = Map<string, number>;

export const registerKey = (table: Table, address: number): string => `${table}:${address}`;

/** An image over a map, as simulators and tests hold it. */
export function imageOf(map: ReadonlyMap<string, number>): RegisterImage {
  const value = (table: Table, address: number): number => {
    const found = map.get(registerKey(table, address));
    if (found === undefined) throw new ForecourtError('INTERNAL', `${table} ${address} was not read`);
    return found;
  };
  return { register: value, bit: (table, address) => value(table, address) !== 0 };
}

/**
 * Joins ranges that lie near each other into whole ones, so that what belongs together comes in one reply.
 * `maxGap` unused registers at most between two, `maxCount` in all; -1 joins only what overlaps.
 */
export function joinRanges(
  ranges: readonly RegisterRange[],
  maxGap: number,
  maxCount: number,
): RegisterRange[] {
  const sorted = ranges.toSorted((a, b) => a.table.localeCompare(b.table) || a.address - b.address);
  const joined: RegisterRange[] = [];
  for (const range of sorted) {
    const previous = joined.at(-1);
    if (previous?.table === range.table) {
      const end = Math.max(previous.address + previous.count, range.address + range.count);
      const gap = range.address - previous.address - previous.count;
      if (gap <= maxGap && end - previous.address <= maxCount) {
        joined[joined.length - 1] = { ...previous, count: end - previous.address, whole: true };
        continue;
      }
    }
    joined.push({ ...range, whole: true });
  }
  return joined;
}
