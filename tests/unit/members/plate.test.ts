import { expect, it } from 'vitest';
import { normalisePlate } from '../../../src/core/members/plate.ts';

it.each([
  ['沪A·12345', '沪A12345'],
  ['沪a 12345', '沪A12345'],
  ['沪Ａ•１２３４５', '沪A12345'],
  ['  b-ab 123 ', 'BAB123'],
  ['粤B.D12345', '粤BD12345'],
])('M3: %s is %s', (written, normalised) => {
  expect(normalisePlate(written)).toBe(normalised);
});

it('M3: other plates stay other plates', () => {
  expect(normalisePlate('沪A12345')).not.toBe(normalisePlate('沪B12345'));
});
