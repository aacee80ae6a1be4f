import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { blockName, chooseSentinel, type ReadBlock, shapeOf } from '../../../src/drivers/bus/sentinel.ts';

const block: ReadBlock = { table: 'holding', address: 100, count: 4 };
const owes = (count: number) => shapeOf({ ...block, count });
const none = new Set<string>();

describe('the sentinel', () => {
  it('is the shortest read that nothing owed can pass for', () => {
    expect(chooseSentinel([block], [owes(4)], none)).toEqual({ ...block, count: 1 });
    expect(chooseSentinel([block], [owes(1), owes(2), owes(4)], none)).toEqual({ ...block, count: 3 });
  });

  it('reads a little more than is known where every part is owed or refused', () => {
    const owed = [1, 2, 3, 4].map(owes);
    expect(chooseSentinel([block], owed, none)).toEqual({ ...block, count: 5 });
    const single = { ...block, count: 1 };
    expect(chooseSentinel([single], [owes(1)], none)).toEqual({ ...block, count: 2 });
    expect(chooseSentinel([single], [owes(1)], new Set([blockName({ ...block, count: 2 })]))).toEqual({
      ...block,
      count: 3,
    });
  });

  it('takes another block where that helps', () => {
    const input: ReadBlock = { table: 'input', address: 0, count: 1 };
    expect(
      chooseSentinel([{ ...block, count: 1 }, input], [owes(1), owes(2), owes(3), owes(4)], none),
    ).toEqual(input);
  });

  it('counts bits by the byte, because the answer does', () => {
    const coils: ReadBlock = { table: 'coil', address: 0, count: 8 };
    expect(chooseSentinel([coils], [shapeOf(coils)], none)).toEqual({ ...coils, count: 16 });
  });

  it('falls back on what has been owed longest', () => {
    const owed = [3, 1, 2, 4, 5, 6, 7].map(owes);
    expect(chooseSentinel([block], owed, none)).toEqual({ ...block, count: 3 });
  });

  it('needs something to read', () => {
    expect(chooseSentinel([], [owes(1)], none)).toBeNull();
  });

  it('never has the shape of anything owed as long as there is a choice', () => {
    const blocks = fc.record({
      table: fc.constantFrom('holding' as const, 'input' as const),
      address: fc.integer({ min: 0, max: 60_000 }),
      count: fc.integer({ min: 1, max: 30 }),
    });
    fc.assert(
      fc.property(
        fc.array(blocks, { minLength: 1, maxLength: 4 }),
        fc.array(blocks, { maxLength: 3 }),
        (readable, owed) => {
          const shapes = owed.map(shapeOf);
          const sentinel = chooseSentinel(readable, shapes, none);
          expect(sentinel).not.toBeNull();
          // Three debts leave at least one of the four variants of any block.
          expect(shapes).not.toContainEqual(sentinel && shapeOf(sentinel));
        },
      ),
    );
  });
});
