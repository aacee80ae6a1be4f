import { readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createReserve } from '../../../src/store/reserve.ts';
import { tempDirectory } from '../../support/tempStore.ts';

const mebibyte = 1024 * 1024;

it('is filled for real, once, and given back at once', async () => {
  const directory = tempDirectory();
  const reserve = createReserve(directory, 2 * mebibyte + 7);
  expect(reserve.held()).toBe(0);
  expect(reserve.giveBack()).toBe(false);
  await reserve.fill();
  expect(reserve.held()).toBe(2 * mebibyte + 7);
  const { ino, blocks, mode } = statSync(join(directory, 'forecourt.reserve'));
  expect(blocks * 512).toBeGreaterThanOrEqual(2 * mebibyte);
  expect(mode & 0o777).toBe(0o600);
  await reserve.fill();
  expect(statSync(join(directory, 'forecourt.reserve')).ino).toBe(ino);

  expect(reserve.giveBack()).toBe(true);
  expect(reserve.giveBack()).toBe(false);
  expect(readdirSync(directory)).toEqual([]);
});

it('takes another size when another is wanted, none too', async () => {
  const directory = tempDirectory();
  writeFileSync(join(directory, 'forecourt.reserve'), 'of another size');
  await createReserve(directory, mebibyte).fill();
  expect(readdirSync(directory)).toEqual(['forecourt.reserve']);
  expect(createReserve(directory, mebibyte).held()).toBe(mebibyte);
  await createReserve(directory, 0).fill();
  expect(readdirSync(directory)).toEqual([]);
});

it('given back while it is filled leaves nothing behind, and can be filled again', async () => {
  const directory = tempDirectory();
  const reserve = createReserve(directory, 20 * mebibyte);
  const filling = reserve.fill();
  reserve.giveBack();
  await filling;
  expect(readdirSync(directory)).toEqual([]);
  await reserve.fill();
  expect(reserve.held()).toBe(20 * mebibyte);
});
