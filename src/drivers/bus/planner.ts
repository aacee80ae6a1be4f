/**
 * Merges register ranges into the blocks that cost the least time on the wire, never across what the device has refused.
 * Pure. The order of ranges does not matter.
 */
import type { RegisterRange, RegisterTable } from './contract.ts';
import { readReplyDataBytes } from './framing.ts';
import { type ReadBlock, readFunction } from './sentinel.ts';

export interface Limits {
  /** Longest block in registers; sixteen times as many bits. */
  readonly maxRegisters: number;
  /** Most unused registers (or bits) between two ranges of one block. */
  readonly maxGap: number;
}

export interface WireCost {
  /** One more request: gap, request, the reply's frame, the device's delay. */
  readonly requestMs: number;
  readonly dataByteMs: number;
}

export interface Block extends ReadBlock {
  /** What it was merged from, in order of address; one entry: not merged. */
  readonly parts: readonly ReadBlock[];
}

export const longestBlock = (table: RegisterTable, limits: Limits): number =>
  table === 'coil' || table === 'discrete' ? Math.min(2_000, limits.maxRegisters * 16) : limits.maxRegisters;

export function blockCostMs(block: ReadBlock, cost: WireCost): number {
  return cost.requestMs + readReplyDataBytes(readFunction[block.table], block.count) * cost.dataByteMs;
}

/** The blocks that cover all ranges. Ranges longer than the limit must not be `whole`. */
export function planBlocks(
  ranges: readonly RegisterRange[],
  limits: Limits,
  cost: WireCost,
  refusals: Refusals,
): Block[] {
  const tables = [...new Set(ranges.map((range) => range.table))].sort();
  return tables.flatMap((table) => {
    const own = ranges.filter((range) => range.table === table);
    return cheapest(atomsOf(table, own, longestBlock(table, limits)), limits, cost, refusals);
  });
}

const endOf = (block: ReadBlock): number => block.address + block.count;
const byAddress = (a: ReadBlock, b: ReadBlock): number => a.address - b.address || a.count - b.count;
const contains = (outer: ReadBlock, inner: ReadBlock): boolean =>
  outer.address <= inner.address && endOf(inner) <= endOf(outer);

/** Pieces that are never cut: whole ranges as they are, others without what those cover and in lengths that fit. */
function atomsOf(table: RegisterTable, ranges: readonly RegisterRange[], longest: number): ReadBlock[] {
  const plain = ({ address, count }: RegisterRange): ReadBlock => ({ table, address, count });
  const whole = joinOverlapping(ranges.filter((range) => range.whole).map(plain), longest);
  const loose = joinOverlapping(ranges.filter((range) => !range.whole).map(plain), Number.POSITIVE_INFINITY);
  const atoms = [...whole];
  for (const range of loose) {
    for (const piece of without(range, whole)) {
      for (let address = piece.address; address < endOf(piece); address += longest) {
        atoms.push({ table, address, count: Math.min(longest, endOf(piece) - address) });
      }
    }
  }
  return atoms.sort(byAddress);
}

/** Overlapping pieces become one as long as that is not longer than `longest`. Touching ones stay apart. */
function joinOverlapping(pieces: ReadBlock[], longest: number): ReadBlock[] {
  const joined: ReadBlock[] = [];
  for (const piece of pieces.sort(byAddress)) {
    const last = joined.at(-1);
    const count = last ? Math.max(endOf(last), endOf(piece)) - last.address : 0;
    if (last && piece.address < endOf(last) && count <= longest)
      joined[joined.length - 1] = { ...last, count };
    else joined.push(piece);
  }
  return joined;
}

function without(range: ReadBlock, covered: readonly ReadBlock[]): ReadBlock[] {
  const left: ReadBlock[] = [];
  let { address } = range;
  for (const cover of covered) {
    if (endOf(cover) <= address || cover.address >= endOf(range)) continue;
    if (cover.address > address) left.push({ ...range, address, count: cover.address - address });
    address = endOf(cover);
  }
  if (address < endOf(range)) left.push({ ...range, address, count: endOf(range) - address });
  return left;
}

/** Shortest path over the sorted atoms: `best[n]` is the least cost of the first n. */
function cheapest(atoms: readonly ReadBlock[], limits: Limits, cost: WireCost, refusals: Refusals): Block[] {
  const best: { cost: number; from: number; block: Block | null }[] = [{ cost: 0, from: 0, block: null }];
  for (let to = 1; to <= atoms.length; to++) {
    let found = { cost: Number.POSITIVE_INFINITY, from: 0, block: null as Block | null };
    for (let from = to - 1; from >= 0; from--) {
      const block = joinAtoms(atoms.slice(from, to), limits);
      if (block === null) break;
      if (block.parts.length > 1 && refusals.forbids(block)) continue;
      const total = (best[from]?.cost ?? 0) + blockCostMs(block, cost);
      if (total < found.cost) found = { cost: total, from, block };
    }
    best.push(found);
  }
  const blocks: Block[] = [];
  for (let at = atoms.length; at > 0; ) {
    const step = best[at];
    if (!step?.block) break;
    blocks.unshift(step.block);
    at = step.from;
  }
  return blocks;
}

/** One block of consecutive atoms; null when it would break a limit. */
function joinAtoms(parts: readonly ReadBlock[], limits: Limits): Block | null {
  const first = parts[0];
  if (!first) return null;
  let end = endOf(first);
  for (const part of parts.slice(1)) {
    if (part.address - end > limits.maxGap) return null;
    end = Math.max(end, endOf(part));
  }
  const count = end - first.address;
  if (parts.length > 1 && count > longestBlock(first.table, limits)) return null;
  return { table: first.table, address: first.address, count, parts };
}

interface Joint {
  readonly table: RegisterTable;
  /** Last register before and first register behind the place that must not be crossed. */
  readonly left: number;
  readonly right: number;
}

/** What a device has refused with an illegal address or value, learned while it runs. */
export class Refusals {
  #joints: Joint[] = [];
  #alone: ReadBlock[] = [];

  /** Whether a merged block goes over a place that was refused. */
  forbids(block: ReadBlock): boolean {
    const crossed = (joint: Joint) =>
      joint.table === block.table && block.address <= joint.left && joint.right < endOf(block);
    const touched = (range: ReadBlock) =>
      range.table === block.table &&
      range.address < endOf(block) &&
      block.address < endOf(range) &&
      !contains(range, block);
    return this.#joints.some(crossed) || this.#alone.some(touched);
  }

  /**
   * Learns from a refused block. A merged one is never joined again across its widest gap. One that is not merged is
   * itself the culprit: it is read alone from now on, and what its neighbours were blamed for is forgiven.
   * @returns whether planning anew will give other blocks
   */
  learn(block: Block): boolean {
    const { table, parts } = block;
    let widest: Joint | null = null;
    let end = parts[0] ? endOf(parts[0]) : 0;
    for (const part of parts.slice(1)) {
      const joint = { table, left: end - 1, right: part.address };
      if (widest === null || joint.right - joint.left > widest.right - widest.left) widest = joint;
      end = Math.max(end, endOf(part));
    }
    if (widest !== null) {
      this.#joints.push(widest);
      return true;
    }
    const known = this.#alone.some(
      (range) => range.table === table && contains(block, range) && contains(range, block),
    );
    if (!known) {
      this.#alone.push({ table, address: block.address, count: block.count });
      this.#joints = this.#joints.filter((joint) => joint.table !== table);
    }
    return false;
  }
}
