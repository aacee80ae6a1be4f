import { expect, it } from 'vitest';
import { rowsOf } from '../../../tools/acceptance/rows.ts';

it.each([
  ['M52: one credit', ['M52']],
  ['M3 M7 M13: a card', ['M3', 'M7', 'M13']],
  ['M27-M29: tiers', ['M27', 'M28', 'M29']],
  ['a station > M152, M164: evidence', ['M152', 'M164']],
  ['M2000 ml, RDM6300, 10M5', []],
])('M196: the mission rows of the title "%s"', (title, rows) => {
  expect(rowsOf(title)).toEqual(rows);
});
