import { expect, it } from 'vitest';
import { repeatFilter } from '../../../src/drivers/readers/repeats.ts';
import { monoMs } from '../../../src/model/units.ts';

it('M13: a card that lies there is one read; 1.5 s after its last repetition it is a new one', () => {
  const isRepeat = repeatFilter();
  const at = (mono: number, text = 'A') => isRepeat('em40', text, monoMs(mono));
  expect([at(0), at(100), at(1_600), at(3_100), at(4_601)]).toEqual([false, true, true, true, false]);
});

it('M13: two cards lying together are two reads, not a flood', () => {
  const isRepeat = repeatFilter();
  const seen = Array.from({ length: 20 }, (_, n) => isRepeat('em40', n % 2 ? 'A' : 'B', monoMs(n * 70)));
  expect(seen.filter((repeat) => !repeat)).toHaveLength(2);
});

it('the same digits in another format are another card', () => {
  const isRepeat = repeatFilter();
  isRepeat('em32', '12345678', monoMs(0));
  expect(isRepeat('uid', '12345678', monoMs(1))).toBe(false);
});
