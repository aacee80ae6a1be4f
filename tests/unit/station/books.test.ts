import { setImmediate as turn } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { monoMs } from '../../../src/model/units.ts';
import { type BooksMessage, createBooks } from '../../../src/station/books.ts';
import type { Progress, Verification } from '../../../src/store/verify/verify.ts';
import { manualClock } from '../../support/tempStore.ts';

const always = { from: null, to: null };
const result = { sound: true } as Verification;

/** A proof of so many slices, each of which takes 1 ms; `read` counts those done. */
function rig(slices: number, fails = false) {
  const clock = manualClock();
  const seen = { slices: 0, turns: [] as number[] };
  function* work(): Generator<Progress, never> {
    for (let n = 0; n < slices; n++) {
      clock.advance(1);
      seen.slices += 1;
      yield { done: n, total: slices };
    }
    if (fails) throw new Error('unreadable');
    return result as never;
  }
  const books = createBooks({ verify: work, reconcile: work }, clock);
  const messages: BooksMessage[] = [];
  const listener = (message: BooksMessage): void => void messages.push(message);
  const ended = async (): Promise<BooksMessage | undefined> => {
    while (!['result', 'error'].includes(messages.at(-1)?.type ?? '')) {
      seen.turns.push(seen.slices);
      await turn();
    }
    return messages.at(-1);
  };
  return { books, clock, messages, listener, ended, seen };
}

it('proves in turns of a few milliseconds, and tells how far it is', async () => {
  const { books, messages, listener, ended, seen, clock } = rig(1000);
  const started = clock.mono();
  books.verify(listener);
  expect(await ended()).toEqual({ type: 'result', data: result });
  const longest = Math.max(...seen.turns.slice(1).map((slices, n) => slices - (seen.turns[n] ?? 0)));
  expect(longest).toBeLessThanOrEqual(3);
  expect(clock.mono()).toBe(monoMs(started + 1000));
  expect(messages.filter(({ type }) => type === 'progress')).toHaveLength(5);
});

it('proves for one at a time, and stops when nobody waits any more', async () => {
  const { books, listener, ended, seen } = rig(100);
  const stop = books.verify(listener);
  expect(() => books.reconcile(always, listener)).toThrow(expect.objectContaining({ code: 'API_BUSY' }));
  await turn();
  stop();
  const read = seen.slices;
  expect(read).toBeLessThan(100);
  for (let n = 0; n < 5; n++) await turn();
  expect(seen.slices).toBe(read);
  books.reconcile(always, listener);
  expect(await ended()).toMatchObject({ type: 'result' });
});

it('tells what it cannot read, and can be asked again', async () => {
  const { books, listener, ended, messages } = rig(3, true);
  books.verify(listener);
  expect(await ended()).toEqual({ type: 'error', data: { code: 'INTERNAL', message: 'unreadable' } });
  messages.length = 0;
  books.verify(listener);
  expect(await ended()).toMatchObject({ type: 'error' });
});
