/** Refuses requests that no Modbus frame can carry. All throw REQUEST_REFUSED. */
import { ForecourtError } from '../../model/errors.ts';
import type { RegisterRange, WriteRequest } from './contract.ts';
import { type Limits, longestBlock } from './planner.ts';

const isWord = (value: number): boolean => Number.isInteger(value) && value >= 0 && value <= 0xffff;

function refuse(message: string, details: object): never {
  throw new ForecourtError('REQUEST_REFUSED', message, { sent: false, ...details });
}

export function checkRanges(ranges: readonly RegisterRange[], limits: Limits): void {
  if (ranges.length === 0) refuse('a poll needs at least one range', {});
  for (const range of ranges) {
    const { table, address, count, whole } = range;
    const ok = isWord(address) && Number.isInteger(count) && count >= 1 && address + count <= 65_536;
    if (!ok) refuse(`${table} ${address}+${count} is no range of registers`, { range });
    const longest = longestBlock(table, limits);
    if (whole && count > longest)
      refuse(`${table} ${address}+${count} cannot be read at once: at most ${longest}`, { range });
  }
}

export function checkWrite({ function: fn, address, values }: WriteRequest): void {
  const most = fn === 'write-registers' ? 123 : 1;
  const largest = fn === 'write-coil' ? 1 : 0xffff;
  const ok =
    isWord(address) &&
    values.length >= 1 &&
    values.length <= most &&
    address + values.length <= 65_536 &&
    values.every((value) => isWord(value) && value <= largest);
  if (!ok) refuse(`${fn} ${address} with ${values.length} values cannot be sent`, { address, values });
}
