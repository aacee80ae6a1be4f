import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Store } from '../../../src/store/store.ts';
import { createOutbox, type Outbox, type Sent } from '../../../src/sync/outbox.ts';
import { appendBusiness, appendTelemetry } from '../../support/publishing.ts';
import { tempStore } from '../../support/tempStore.ts';

function filled(business: number, telemetry = 0): { store: Store; outbox: Outbox } {
  const store = tempStore();
  appendBusiness(store, business);
  appendTelemetry(store, telemetry);
  return { store, outbox: createOutbox(store.feed) };
}

function sendAll(outbox: Outbox, most = Number.POSITIVE_INFINITY): Sent[] {
  const sent: Sent[] = [];
  while (sent.length < most) {
    const row = outbox.next();
    if (row === null) break;
    sent.push(outbox.sent(row));
  }
  return sent;
}

function answer(outbox: Outbox, ...events: (Sent | undefined)[]): void {
  for (const event of events) {
    if (event === undefined) throw new Error('nothing was sent');
    outbox.answered();
    outbox.settle(event);
  }
}

const published = (store: Store) => store.feed.cursor('business', 'published');

describe('what is sent next', () => {
  it('is business first, yet telemetry does not starve', () => {
    const { outbox } = filled(20, 3);
    const order = sendAll(outbox).map(({ stream, seq }) => `${stream[0]}${seq}`);
    expect(order.slice(0, 8)).toEqual(['b1', 'b2', 'b3', 'b4', 'b5', 'b6', 'b7', 't1']);
    expect(order.slice(15)).toEqual(['t2', 'b15', 'b16', 'b17', 'b18', 'b19', 'b20', 't3']);
  });

  it('is telemetry alone where there is no business, and the other way round', () => {
    expect(sendAll(filled(0, 3).outbox)).toHaveLength(3);
    expect(sendAll(filled(30).outbox)).toHaveLength(30);
  });

  it('is found when the journal grows, more than one reading at a time', () => {
    const { store, outbox } = filled(200);
    expect(sendAll(outbox)).toHaveLength(200);
    expect(outbox.next()).toBeNull();
    appendBusiness(store, 1);
    expect(outbox.next()?.seq).toBe(201);
  });

  it('passes over what has expired', () => {
    const { store, outbox } = filled(0, 5);
    const late = store.feed.read('telemetry', 4, 1)[0]?.at ?? '';
    const before = Date.parse(late) as Parameters<Store['journal']['prune']>[0]['telemetry'];
    store.journal.prune({ business: before, telemetry: before }, 100);
    const [only] = sendAll(outbox);
    expect(only?.seq).toBe(5);
    answer(outbox, only);
    expect(outbox.backlog('telemetry')).toBe(0);
  });
});

describe('the cursor', () => {
  it('moves only over what is settled without a gap', () => {
    const { store, outbox } = filled(5);
    const [first, second, third] = sendAll(outbox);
    answer(outbox, second, third);
    outbox.save();
    expect(published(store)).toBe(0);
    expect(outbox.unanswered).toBe(3);
    expect(outbox.taken).toBe(5);
    answer(outbox, first);
    expect(outbox.unsaved).toBe(3);
    expect(outbox.backlog('business')).toBe(2);
    outbox.save();
    expect(published(store)).toBe(3);
    expect(outbox.unsaved).toBe(0);
  });

  it('goes back when someone else moves it, and what was under way no longer counts', () => {
    const { store, outbox } = filled(6);
    const [one, two, three, four] = sendAll(outbox);
    answer(outbox, one, two, three);
    outbox.save();
    store.feed.moveCursor('business', 'published', 1);
    outbox.save();
    expect(outbox.next()?.seq).toBe(2);
    answer(outbox, four);
    outbox.save();
    expect(published(store)).toBe(1);
    expect(outbox.backlog('business')).toBe(5);
  });

  it('is never beyond an event that the broker does not have, whatever happens', () => {
    const steps = fc.array(
      fc.oneof(
        fc.record({ kind: fc.constant('send' as const), count: fc.integer({ min: 1, max: 6 }) }),
        fc.record({ kind: fc.constant('answer' as const), at: fc.nat(20) }),
        fc.constantFrom({ kind: 'rewind' as const }, { kind: 'reset' as const }, { kind: 'save' as const }),
      ),
      { maxLength: 60 },
    );
    fc.assert(
      fc.property(steps, (plan) => {
        const { store, outbox } = filled(30);
        const had = new Set<number>();
        let underWay: Sent[] = [];
        for (const step of plan) {
          if (step.kind === 'send') underWay.push(...sendAll(outbox, step.count));
          else if (step.kind === 'answer') {
            const [event] = underWay.splice(step.at, 1);
            if (event === undefined) continue;
            had.add(event.seq);
            answer(outbox, event);
          } else if (step.kind === 'rewind') outbox.rewind();
          else if (step.kind === 'save') outbox.save();
          else {
            outbox.reset();
            underWay = [];
          }
          expect(outbox.unanswered).toBe(underWay.length);
          for (let seq = 1; seq <= published(store); seq++) expect(had).toContain(seq);
        }
        // However it went, the rest is still sent, once and in order.
        outbox.reset();
        const rest = sendAll(outbox);
        answer(outbox, ...rest);
        outbox.save();
        expect(published(store)).toBe(30);
        expect(rest.map(({ seq }) => seq)).toEqual(rest.map((_, n) => 30 - rest.length + 1 + n));
        store.close();
      }),
      { numRuns: 40 },
    );
  });
});
