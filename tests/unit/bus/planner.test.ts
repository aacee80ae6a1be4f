import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RegisterRange } from '../../../src/drivers/bus/contract.ts';
import {
  type Block,
  blockCostMs,
  type Limits,
  planBlocks,
  Refusals,
  type WireCost,
} from '../../../src/drivers/bus/planner.ts';

const limits: Limits = { maxRegisters: 125, maxGap: 16 };
/** 9600 baud, 5 ms of device delay. */
const cost: WireCost = { requestMs: 3.65 + 13 * 1.04 + 5, dataByteMs: 1.04 };
const free = new Refusals();

const holding = (address: number, count: number, whole?: boolean): RegisterRange => ({
  table: 'holding',
  address,
  count,
  ...(whole === undefined ? {} : { whole }),
});
const shapes = (blocks: readonly Block[]) => blocks.map(({ address, count }) => [address, count]);
const plan = (ranges: RegisterRange[], within = limits, refusals = free) =>
  shapes(planBlocks(ranges, within, cost, refusals));

describe('the block planner', () => {
  const cases: readonly (readonly [string, RegisterRange[], number[][]])[] = [
    ['joins neighbours', [holding(10, 4), holding(14, 2)], [[10, 6]]],
    ['reads a small gap along', [holding(10, 4), holding(18, 2)], [[10, 10]]],
    [
      'does not read along a gap that costs more than a request',
      [holding(0, 4), holding(17, 2)],
      [
        [0, 4],
        [17, 2],
      ],
    ],
    ['sees overlaps', [holding(0, 10), holding(5, 10), holding(0, 10)], [[0, 15]]],
    [
      'splits what is too long',
      [holding(0, 300)],
      [
        [0, 125],
        [125, 125],
        [250, 50],
      ],
    ],
    [
      'keeps whole ranges whole',
      [holding(0, 120), holding(120, 10, true)],
      [
        [0, 120],
        [120, 10],
      ],
    ],
    [
      'lets a whole range stand inside a longer one',
      [holding(0, 200), holding(100, 50, true)],
      [
        [0, 100],
        [100, 100],
      ],
    ],
  ];
  for (const [name, ranges, blocks] of cases) {
    it(name, () => {
      expect(plan(ranges)).toEqual(blocks);
      expect(plan([...ranges].reverse())).toEqual(blocks);
    });
  }

  it('keeps tables apart and allows sixteen bits for a register', () => {
    const ranges: RegisterRange[] = [
      { table: 'coil', address: 0, count: 1 },
      { table: 'coil', address: 17, count: 1 },
      { table: 'input', address: 0, count: 1 },
    ];
    const blocks = planBlocks(ranges, { maxRegisters: 2, maxGap: 16 }, cost, free);
    expect(blocks.map(({ table, count }) => [table, count])).toEqual([
      ['coil', 18],
      ['input', 1],
    ]);
  });

  it('obeys the longest gap even where a longer one would pay', () => {
    expect(plan([holding(0, 2), holding(4, 2)], { ...limits, maxGap: 1 })).toEqual([
      [0, 2],
      [4, 2],
    ]);
  });

  it('never joins again across what was refused, whatever is asked for', () => {
    const refusals = new Refusals();
    const ranges = [holding(0, 2), holding(4, 2), holding(10, 2)];
    const [block] = planBlocks(ranges, limits, cost, refusals);
    expect(block && refusals.learn(block)).toBe(true);
    expect(plan(ranges, limits, refusals)).toEqual([
      [0, 6],
      [10, 2],
    ]);
    expect(plan([holding(3, 1), holding(12, 1)], limits, refusals)).toEqual([
      [3, 1],
      [12, 1],
    ]);
    expect(plan([holding(3, 9)], limits, refusals)).toEqual([[3, 9]]);
  });

  it('finds the one range that is refused and forgives its neighbours', () => {
    const refusals = new Refusals();
    const ranges = [holding(0, 2), holding(2, 2), holding(4, 2), holding(6, 2)];
    const bad = 4;
    let requests = 0;
    for (let done = false; !done && requests < 20; requests++) {
      const blocks = planBlocks(ranges, limits, cost, refusals);
      const refused = blocks.find(({ address, count }) => address <= bad && bad < address + count);
      done = refused === undefined || !refusals.learn(refused);
    }
    expect(plan(ranges, limits, refusals)).toEqual([
      [0, 4],
      [4, 2],
      [6, 2],
    ]);
  });

  const anyRange = fc.record({
    table: fc.constantFrom('holding' as const, 'input' as const, 'coil' as const),
    address: fc.integer({ min: 0, max: 400 }),
    count: fc.integer({ min: 1, max: 40 }),
    whole: fc.boolean(),
  });
  const anyLimits = fc.record({
    maxRegisters: fc.integer({ min: 40, max: 125 }),
    maxGap: fc.integer({ min: 0, max: 30 }),
  });
  const anyCost = fc.record({
    requestMs: fc.integer({ min: 0, max: 60 }),
    dataByteMs: fc.integer({ min: 0, max: 2 }),
  });

  it('covers every register, keeps every limit and costs no more than one request a range', () => {
    fc.assert(
      fc.property(
        fc.array(anyRange, { minLength: 1, maxLength: 14 }),
        anyLimits,
        anyCost,
        (ranges, within, wire) => {
          const blocks = planBlocks(ranges, within, wire, free);
          for (const block of blocks) {
            const longest = block.table === 'coil' ? within.maxRegisters * 16 : within.maxRegisters;
            expect(block.count).toBeLessThanOrEqual(longest);
          }
          for (const range of ranges) {
            const holders = blocks.filter((block) => block.table === range.table);
            for (let each = range.address; each < range.address + range.count; each++) {
              expect(holders.some(({ address, count }) => address <= each && each < address + count)).toBe(
                true,
              );
            }
            const unsplit = holders.some(
              ({ address, count }) =>
                address <= range.address && range.address + range.count <= address + count,
            );
            if (range.whole) expect(unsplit).toBe(true);
          }
          const total = (each: readonly Pick<Block, 'table' | 'address' | 'count'>[]) =>
            each.reduce((sum, block) => sum + blockCostMs(block, wire), 0);
          if (!overlap(ranges)) expect(total(blocks)).toBeLessThanOrEqual(total(ranges) + 1e-9);
        },
      ),
    );
  });

  it('is as cheap as the best of all ways to join neighbours', () => {
    const apart = fc.array(
      fc.record({ gap: fc.integer({ min: 0, max: 25 }), count: fc.integer({ min: 1, max: 20 }) }),
      {
        minLength: 1,
        maxLength: 7,
      },
    );
    fc.assert(
      fc.property(apart, anyLimits, anyCost, (steps, within, wire) => {
        let at = 0;
        const ranges = steps.map(({ gap, count }) => {
          const range = holding(at + gap, count);
          at += gap + count;
          return range;
        });
        const planned = planBlocks(ranges, within, wire, free).reduce(
          (sum, block) => sum + blockCostMs(block, wire),
          0,
        );
        expect(planned).toBeCloseTo(leastByTrying(ranges, within, wire), 6);
      }),
    );
  });
});

function overlap(ranges: readonly RegisterRange[]): boolean {
  return ranges.some((a, i) =>
    ranges.some(
      (b, k) =>
        i < k && a.table === b.table && a.address < b.address + b.count && b.address < a.address + a.count,
    ),
  );
}

function leastByTrying(
  ranges: readonly RegisterRange[],
  { maxRegisters, maxGap }: Limits,
  wire: WireCost,
): number {
  let least = Number.POSITIVE_INFINITY;
  for (let joins = 0; joins < 2 ** (ranges.length - 1); joins++) {
    const blocks: RegisterRange[] = [];
    let allowed = true;
    for (const [index, range] of ranges.entries()) {
      const last = blocks.at(-1);
      if (last && joins & (1 << (index - 1))) {
        const joined = holding(last.address, range.address + range.count - last.address);
        allowed &&= range.address - (last.address + last.count) <= maxGap && joined.count <= maxRegisters;
        blocks[blocks.length - 1] = joined;
      } else blocks.push(range);
    }
    if (allowed)
      least = Math.min(
        least,
        blocks.reduce((sum, block) => sum + blockCostMs(block, wire), 0),
      );
  }
  return least;
}
