/** Chooses the read that proves a device: its answer must differ from every answer that may still come. */
import type { RegisterTable } from './contract.ts';
import { readReplyBytes } from './framing.ts';
import type { ReplyShape } from './quarantine.ts';

export interface ReadBlock {
  readonly table: RegisterTable;
  readonly address: number;
  readonly count: number;
}

export const readFunction = { coil: 1, discrete: 2, holding: 3, input: 4 } as const;

/** What answers a read of the block. */
export function shapeOf(block: ReadBlock): ReplyShape {
  const fn = readFunction[block.table];
  return { function: fn, bytes: readReplyBytes(fn, block.count) };
}

export const blockName = (block: ReadBlock): string => `${block.table} ${block.address}+${block.count}`;

/** The shortest parts of the block first, then the whole, then a little more than is known to be readable. */
function* variants(block: ReadBlock): Generator<ReadBlock> {
  const step = block.table === 'coil' || block.table === 'discrete' ? 8 : 1;
  const most = step === 8 ? 2_000 : 125;
  for (let count = 1; count < block.count; count += step) yield { ...block, count };
  yield block;
  for (let extra = 1; extra <= 3; extra++) {
    const count = block.count + extra * step;
    if (count <= most && block.address + count <= 65_536) yield { ...block, count };
  }
}

/**
 * @param readable blocks of the device, those it has answered before first
 * @param owed answers that may still come; oldest first
 * @param refused names (`blockName`) of sentinels that the device refuses
 * @returns the best sentinel; null when there is nothing to read at all
 */
export function chooseSentinel(
  readable: readonly ReadBlock[],
  owed: readonly ReplyShape[],
  refused: ReadonlySet<string>,
): ReadBlock | null {
  let best: ReadBlock | null = null;
  let bestRank = -1;
  for (const block of readable) {
    for (const variant of variants(block)) {
      if (refused.has(blockName(variant))) continue;
      const shape = shapeOf(variant);
      const lastOwed = owed.findLastIndex(
        (each) => each.function === shape.function && each.bytes === shape.bytes,
      );
      if (lastOwed === -1) return variant;
      // Everything is owed: take what has been owed longest and is least likely to come.
      const rank = owed.length - lastOwed;
      if (rank > bestRank) [best, bestRank] = [variant, rank];
    }
  }
  return best ?? readable[0] ?? null;
}
