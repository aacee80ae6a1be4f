/** The work of the bus benchmarks, and the least time any master can do it in, computed apart from the product. */
import { bitsPerCharacter } from '../support/emulatedLine.ts';
import type { Block } from './busMaster.ts';

export const units = 16;
export const deviceDelayMs = 2;
export const timeoutMs = 200;
export const latestReplyMs = 600;

/**
 * Four ranges of each dispenser. The gap of 6 is worth reading along at every baud rate, the gap of 14 only at
 * 115200, the gap of 72 never.
 */
export const ranges: readonly Block[] = [
  { address: 0, count: 10 },
  { address: 16, count: 10 },
  { address: 40, count: 8 },
  { address: 120, count: 12 },
];

/** Four reads of equal length: a late reply to one passes for a reply to another by unit, function and length. */
export const equalReads: readonly Block[] = [0, 100, 200, 300].map((address) => ({ address, count: 4 }));

export const characterMs = (baud: number): number => (1000 * bitsPerCharacter) / baud;

/** 3.5 characters; above 19200 baud 1.75 ms (MODBUS over Serial Line 1.02, 2.5.1.1). */
export const silenceMs = (baud: number): number => (baud <= 19200 ? 3.5 * characterMs(baud) : 1.75);

/** One read from the request's first byte to the next request's: 8 + 5 + 2n characters, device delay, silence. */
export function readMs(baud: number, registers: number): number {
  return (8 + 5 + 2 * registers) * characterMs(baud) + deviceDelayMs + silenceMs(baud);
}

/** The blocks that take the least time, found by trying every way to join neighbours. */
export function bestBlocks(baud: number, wanted: readonly Block[], maxRegisters = 125): Block[] {
  const sorted = [...wanted].sort((a, b) => a.address - b.address);
  let best: Block[] = [];
  let bestMs = Number.POSITIVE_INFINITY;
  for (let joins = 0; joins < 1 << (sorted.length - 1); joins++) {
    const blocks: Block[] = [];
    for (const [index, range] of sorted.entries()) {
      const last = blocks.at(-1);
      if (last && joins & (1 << (index - 1))) {
        blocks[blocks.length - 1] = {
          address: last.address,
          count: range.address + range.count - last.address,
        };
      } else blocks.push(range);
    }
    const ms = blocks.reduce((sum, { count }) => sum + readMs(baud, count), 0);
    if (ms < bestMs && blocks.every(({ count }) => count <= maxRegisters)) {
      best = blocks;
      bestMs = ms;
    }
  }
  return best;
}

/** Least time to read all ranges of all units once. */
export function leastCycleMs(baud: number): number {
  return units * bestBlocks(baud, ranges).reduce((sum, { count }) => sum + readMs(baud, count), 0);
}
