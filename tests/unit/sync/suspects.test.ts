import { expect, it } from 'vitest';
import type { Sent } from '../../../src/sync/outbox.ts';
import { createSuspects, type Suspects } from '../../../src/sync/suspects.ts';

const event = (seq: number): Sent => ({ stream: 'business', seq, settled: false });

/** Breaks with these under way until one is found guilty, or 30 times. */
function breakUntilGuilty(suspects: Suspects, all: readonly Sent[]): { guilty: Sent | null; breaks: number } {
  for (let breaks = 1; breaks <= 30; breaks++) {
    for (const each of suspects.careful ? all.slice(0, 1) : all) suspects.sent(each);
    const guilty = suspects.broken();
    if (guilty) return { guilty, breaks };
  }
  return { guilty: null, breaks: 30 };
}

it('finds the event at which every connection breaks, and lets those beside it go', () => {
  const suspects = createSuspects();
  const [poison, fine] = [event(7), event(8)];
  const { guilty, breaks } = breakUntilGuilty(suspects, [poison, fine]);
  expect(guilty).toBe(poison);
  expect(breaks).toBeGreaterThan(5);
});

it('clears an event that is answered when it is sent alone', () => {
  const suspects = createSuspects();
  const [fine, poison] = [event(7), event(8)];
  for (let n = 0; n < 3; n++) {
    suspects.sent(fine);
    suspects.sent(poison);
    expect(suspects.broken()).toBeNull();
  }
  expect(suspects.careful).toBe(true);
  suspects.sent(fine);
  suspects.answered(fine);
  suspects.acknowledged();
  expect(breakUntilGuilty(suspects, [poison]).guilty).toBe(poison);
  expect(suspects.careful).toBe(false);
});

it('leaves out one event at most while the broker takes none', () => {
  const suspects = createSuspects();
  expect(breakUntilGuilty(suspects, [event(1)]).guilty).not.toBeNull();
  expect(breakUntilGuilty(suspects, [event(2)]).guilty).toBeNull();
  suspects.sent(event(2));
  suspects.answered(event(2));
  suspects.acknowledged();
  expect(breakUntilGuilty(suspects, [event(3)]).guilty).not.toBeNull();
});

it('blames nobody for breaks with nothing under way', () => {
  const suspects = createSuspects();
  for (let n = 0; n < 20; n++) expect(suspects.broken()).toBeNull();
  expect(suspects.careful).toBe(false);
});
