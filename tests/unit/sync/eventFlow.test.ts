import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it, vi } from 'vitest';
import type { FeedSource } from '../../../src/core/ports.ts';
import { ForecourtError } from '../../../src/model/errors.ts';
import { createBackOff } from '../../../src/sync/backOff.ts';
import type { Connection, Outcome } from '../../../src/sync/connection.ts';
import { createEventFlow } from '../../../src/sync/eventFlow.ts';
import { eventEncoder, type Message } from '../../../src/sync/messages.ts';
import { appendBusiness } from '../../support/publishing.ts';
import { manualClock, recordingLog, tempStore } from '../../support/tempStore.ts';

const limits = { receiveMaximum: 65_535, maximumPacketSize: 1_000_000 };
const acknowledged: Outcome = { kind: 'acknowledged' };

function setUp(events: number, window = 10, wrap: (feed: FeedSource) => FeedSource = (feed) => feed) {
  const store = tempStore();
  appendBusiness(store, events);
  const clock = manualClock();
  const log = recordingLog();
  const errors: string[] = [];
  const source = wrap(store.feed);
  const flow = createEventFlow({
    ...{ source, clock, log, window, mqtt5: true },
    encode: eventEncoder('root', 'site', 'epoch'),
    pauses: createBackOff(() => 1, 1000, 60_000),
    onAcknowledged: () => {},
    onAnswer: () => {},
    onError: (message) => errors.push(message),
  });
  return { store, clock, log, errors, flow };
}

/** A connection that leaves every answer to the test. */
function heldConnection() {
  const sent: { message: Message; done: (outcome: Outcome) => void }[] = [];
  const connection: Connection = {
    publish: (message, done) => void sent.push({ message, done }),
    end() {},
    cut() {},
  };
  const sequences = () => sent.map(({ message }) => Number(/"sequence":"(\d+)"/.exec(message.payload)?.[1]));
  return {
    connection,
    sent,
    sequences,
    answer: (n: number, outcome = acknowledged) => sent[n]?.done(outcome),
  };
}

describe('events under way', () => {
  it('are no more than the window, and no more than the broker takes', async () => {
    const { flow } = setUp(100, 10);
    const wide = heldConnection();
    flow.opened(wide.connection, limits);
    await turn();
    expect(wide.sequences()).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect(flow.inFlight).toBe(10);
    wide.answer(0);
    await turn();
    expect(wide.sequences().at(-1)).toBe(11);
    flow.closed();
    const narrow = heldConnection();
    flow.opened(narrow.connection, { ...limits, receiveMaximum: 3 });
    await turn();
    expect(narrow.sequences()).toEqual([2, 3, 4]);
  });

  it('are sent a batch at a time, so that others get their turn', async () => {
    const { flow, clock } = setUp(100, 1000);
    const held = heldConnection();
    flow.opened(held.connection, limits);
    await turn();
    expect(held.sent).toHaveLength(32);
    clock.advance(3);
    flow.wake();
    await turn();
    expect(held.sent).toHaveLength(32);
    clock.advance(1);
    flow.wake();
    await turn();
    expect(held.sent).toHaveLength(64);
    // And without a hint.
    clock.advance(4);
    await vi.waitFor(() => expect(held.sent).toHaveLength(96));
  });

  it('have their silence measured from the last answer, and none when nothing is under way', async () => {
    const { flow, clock } = setUp(2);
    const held = heldConnection();
    clock.advance(5000);
    flow.opened(held.connection, limits);
    await turn();
    clock.advance(300);
    expect(flow.silentMs()).toBe(300);
    held.answer(0);
    expect(flow.silentMs()).toBe(0);
    clock.advance(200);
    expect(flow.silentMs()).toBe(200);
    held.answer(1);
    clock.advance(200);
    expect(flow.silentMs()).toBe(0);
  });

  it('of a connection that is gone are not counted when their answer comes late', async () => {
    const { flow } = setUp(3);
    const old = heldConnection();
    flow.opened(old.connection, limits);
    await turn();
    flow.closed();
    old.answer(0);
    old.answer(1, { kind: 'refused', code: 0x87, reason: 'late' });
    expect([flow.published, flow.rejected, flow.inFlight]).toEqual([0, 0, 0]);
    expect(flow.backlog().business).toBe(3);
  });
});

describe('the cursor', () => {
  it('is kept once a second, or after 500 events', async () => {
    const { flow, store, clock } = setUp(600, 1000);
    const held = heldConnection();
    flow.opened(held.connection, limits);
    for (let n = 0; n < 20; n++) {
      await turn();
      clock.advance(4);
      flow.wake();
    }
    await turn();
    const published = () => store.feed.cursor('business', 'published');
    for (let n = 0; n < 499; n++) held.answer(n);
    expect(published()).toBe(0);
    held.answer(499);
    expect(published()).toBe(500);
    held.answer(500);
    clock.advance(999);
    flow.tick();
    expect(published()).toBe(500);
    clock.advance(1);
    flow.tick();
    expect(published()).toBe(501);
  });
});

describe('a refusal', () => {
  it('that passes stops the flow for a while and repeats from there', async () => {
    const { flow, clock } = setUp(4);
    const held = heldConnection();
    flow.opened(held.connection, limits);
    await turn();
    held.answer(0);
    held.answer(1, { kind: 'refused', code: 0x97, reason: 'Quota exceeded' });
    held.answer(2);
    held.answer(3);
    clock.advance(999);
    flow.tick();
    expect(held.sent).toHaveLength(4);
    clock.advance(1);
    flow.tick();
    expect(held.sequences().slice(4)).toEqual([2, 3, 4]);
    expect(flow.rejected).toBe(0);
  });

  it('that does not pass sets the event aside', async () => {
    const { flow, store, errors, log } = setUp(2);
    const held = heldConnection();
    flow.opened(held.connection, limits);
    await turn();
    held.answer(0, { kind: 'refused', code: 0x87, reason: 'Not authorized' });
    held.answer(1);
    expect(flow.backlog().business).toBe(0);
    expect(store.setAside.list(9)).toMatchObject([{ stream: 'business', seq: 1, reason: 'Not authorized' }]);
    expect(errors).toEqual(['Not authorized']);
    expect(log.lines).toMatchObject([{ level: 'warn', fields: { code: 'MQTT_REJECTED', seq: 1 } }]);
  });
});

it.each(['read', 'setAside', 'cursor'] as const)(
  'a disk that fails at %s is told, and the flow goes on when it is well',
  async (call) => {
    // Not yet while the flow is made: it begins with a cursor that can be read.
    let broken = false;
    const { flow, clock, store, errors, log } = setUp(3, 10, (feed) => ({
      ...feed,
      [call]: (...args: never[]) => {
        if (broken) throw new ForecourtError('STORE_IO', 'disk I/O error');
        return (feed[call] as (...all: never[]) => unknown)(...args);
      },
    }));
    broken = true;
    const held = heldConnection();
    flow.opened(held.connection, limits);
    await turn();
    held.answer(0, { kind: 'refused', code: 0x87, reason: 'Not authorized' });
    clock.advance(1000);
    flow.tick();
    expect(errors).toContain('disk I/O error');
    expect(log.lines).toContainEqual(
      expect.objectContaining({ level: 'error', fields: { code: 'STORE_IO' } }),
    );
    expect(store.feed.cursor('business', 'published')).toBe(0);

    broken = false;
    flow.closed();
    clock.advance(60_000);
    const again = heldConnection();
    flow.opened(again.connection, limits);
    await turn();
    for (const n of again.sent.keys()) again.answer(n);
    flow.save();
    expect(store.feed.cursor('business', 'published')).toBe(3);
  },
);
