import { expect, it } from 'vitest';
import { movedState } from '../../../src/core/fuelling/moved.ts';
import { earlierOf, endingOf, initialFuelling, openAt } from '../../../src/core/fuelling/state.ts';
import { accountOf } from '../../../src/core/fuelling/totalizer.ts';
import { instant, millilitres, money } from '../../../src/model/units.ts';

/** No volume, sum or monotonic time comes near. */
const wall = 1_700_000_000_000;
const isInstant = (value: unknown): value is number => typeof value === 'number' && value > wall / 2;

/** Every number by its path. */
function numbers(value: unknown, path = ''): [string, number][] {
  if (typeof value === 'number') return [[path, value]];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, each]) => numbers(each, `${path}.${key}`));
}

it('a clock that is set moves every instant of the machine’s memory, and nothing else', () => {
  const at = (n: number) => instant(wall + n);
  const open = (n: number) => ({
    ...openAt(1),
    ...{ liftedAt: at(n), startedAt: at(n + 1), endedAt: at(n + 2), haltedMono: 70 },
    ...{ volume: millilitres(40_000), amount: money(31_400) },
  });
  const ending = { ...endingOf(open(10), { at: at(13), mono: 50 }), totalsMono: 55 };
  const state = {
    ...initialFuelling(),
    since: at(1),
    current: open(20),
    ending,
    earlier: [earlierOf(ending)],
  };
  const account = Object.assign(accountOf(state, 1), { at: at(5), mono: 40, mark: millilitres(5_000_000) });
  expect(account.at).toBe(at(5));
  const before = numbers(state);
  expect(before.filter(([, value]) => isInstant(value)).length).toBeGreaterThanOrEqual(11);
  for (const deltaMs of [-3_600_000, 86_400_000]) {
    const expected = before.map(([path, value]) => [path, isInstant(value) ? value + deltaMs : value]);
    expect(numbers(movedState(state, deltaMs))).toEqual(expected);
  }
  const empty = initialFuelling();
  expect(movedState(empty, 5_000)).toEqual(empty);
});
