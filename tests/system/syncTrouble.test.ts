/** The feed against brokers in trouble: slow, refusing, disconnecting for a reason, sending what nobody can understand. */
import { describe, expect, it, vi } from 'vitest';
import { appendBusiness, mqttConfig, startPublisher } from '../support/publishing.ts';
import {
  type Answer,
  type Published,
  type ScriptedBroker,
  startScriptedBroker,
} from '../support/scriptedBroker.ts';
import { tempStore } from '../support/tempStore.ts';

const waiting = { timeout: 25_000, interval: 10 };
const isEvent = ({ topic }: Published) => topic.includes('/events/');
const sequence = ({ payload }: Published) => Number((JSON.parse(payload) as { sequence: string }).sequence);
const delivered = (broker: ScriptedBroker) => [...new Set(broker.published.filter(isEvent).map(sequence))];
const oneTo = (count: number) => Array.from({ length: count }, (_, n) => n + 1);

/** Answers as told at the n-th event of each of the first connections, from 1. */
const troubleAt =
  (nth: number, connections: number, trouble: Answer) =>
  (message: Published): Answer =>
    isEvent(message) && message.connection <= connections && sequence(message) % nth === 0 ? trouble : 0;

describe('a broker that', () => {
  it('M203: is slow with every answer gets everything on one connection, never more than its window under way', async () => {
    let underWay = 0;
    let most = 0;
    const broker = await startScriptedBroker({
      answerAfterMs: 100,
      answer(message) {
        if (isEvent(message)) {
          underWay += 1;
          most = Math.max(most, underWay);
          setTimeout(() => (underWay -= 1), 100);
        }
        return 0;
      },
    });
    const store = tempStore();
    appendBusiness(store, 60);
    // Slower than all answers to one window together, faster than the whole backlog.
    const publisher = startPublisher(store, mqttConfig(broker.port, { window: 2 }), {
      answerDeadline: 1_500,
    });
    await publisher.emptied();
    expect(broker.connections()).toBe(1);
    expect(delivered(broker)).toEqual(oneTo(60));
    expect(most).toBeLessThanOrEqual(2);
  });

  // Every reason code that MQTT 5 has for a CONNACK.
  it.each([
    ...[0x80, 0x81, 0x82, 0x83, 0x84, 0x85, 0x86, 0x87, 0x88, 0x89, 0x8a],
    ...[0x8c, 0x90, 0x95, 0x97, 0x99, 0x9a, 0x9b, 0x9c, 0x9d, 0x9f],
  ])(
    'M203: refuses the connection with %i is told by its words and tried again, and nothing is lost',
    async (code) => {
      const broker = await startScriptedBroker({ connack: Buffer.from([0x20, 3, 0, code, 0]) });
      const store = tempStore();
      appendBusiness(store, 3);
      const publisher = startPublisher(store, mqttConfig(broker.port));
      await vi.waitFor(() => expect(broker.connections()).toBeGreaterThan(2), waiting);
      const { connected, lastError, backlog, rejected } = publisher.report();
      expect({ connected, backlog: backlog.business, rejected }).toEqual({
        connected: false,
        backlog: 3,
        rejected: 0,
      });
      expect(lastError).toMatch(/Connection refused: [A-Z]/);
      expect(broker.published).toEqual([]);
    },
  );

  // Server shutting down, keep-alive, session taken over, topic, quota, administrative action, use another server, rate.
  it.each([0x8b, 0x8d, 0x8e, 0x90, 0x97, 0x98, 0x9c, 0x9f])(
    'M203: disconnects with %i in mid-flow is come back to, and gets every event',
    async (code) => {
      const broker = await startScriptedBroker({
        answer: troubleAt(7, 3, () => Buffer.from([0xe0, 2, code, 0])),
      });
      const store = tempStore();
      appendBusiness(store, 40);
      const publisher = startPublisher(store, mqttConfig(broker.port, { window: 5 }), {
        answerDeadline: 2_000,
      });
      await publisher.emptied();
      expect(broker.connections()).toBe(4);
      expect(delivered(broker)).toEqual(oneTo(40));
      expect(publisher.report()).toMatchObject({ rejected: 0 });
      expect(publisher.logged.some(({ message }) => message.includes(`reason code ${code}`))).toBe(true);
    },
  );

  it.each<[string, Buffer]>([
    ['garbage', Buffer.from('\xff\x00\x13garbage\r\n\r\n', 'latin1')],
    ['a packet of no type', Buffer.from([0x00, 0x00])],
    ['a length that never ends', Buffer.from([0x40, 0xff, 0xff, 0xff, 0xff, 0xff])],
    ['a second greeting', Buffer.from([0x20, 3, 0, 0, 0])],
    ['a message at QoS 2', Buffer.from([0x34, 8, 0, 1, 0x61, 0, 9, 0, 0x68, 0x69])],
    [
      'three megabytes nobody asked for',
      Buffer.concat([Buffer.from([0x30, 0x80, 0x80, 0xc0, 0x01]), Buffer.alloc(3 * 2 ** 20)]),
    ],
  ])('M203: sends %s in mid-flow is left, come back to, and gets every event', async (_, bytes) => {
    const broker = await startScriptedBroker({ answer: troubleAt(7, 2, () => bytes) });
    const store = tempStore();
    appendBusiness(store, 30);
    const publisher = startPublisher(store, mqttConfig(broker.port, { window: 5 }), {
      answerDeadline: 2_000,
    });
    await publisher.emptied();
    expect(broker.connections()).toBe(3);
    expect(delivered(broker)).toEqual(oneTo(30));
    expect(publisher.report()).toMatchObject({ rejected: 0 });
  });

  it('M203: acknowledges numbers that nobody sent has those not counted, and gets what it left out again', async () => {
    const broker = await startScriptedBroker({
      answer: troubleAt(5, 1, (id) => Buffer.from([0x40, 4, (id >> 8) ^ 0x40, id & 0xff, 0, 0])),
    });
    const store = tempStore();
    appendBusiness(store, 20);
    const publisher = startPublisher(store, mqttConfig(broker.port, { window: 5 }), { answerDeadline: 300 });
    await publisher.emptied();
    expect(delivered(broker)).toEqual(oneTo(20));
    // The one without its acknowledgement was sent again, and the cursor did not pass it before.
    expect(
      broker.published.filter((message) => isEvent(message) && sequence(message) === 5).length,
    ).toBeGreaterThan(1);
    expect(store.feed.cursor('business', 'published')).toBeLessThanOrEqual(20);
    await publisher.stop(1_000);
    expect(store.feed.cursor('business', 'published')).toBe(20);
  });

  it('M203: acknowledges everything twice has each event counted once', async () => {
    const twice = (id: number): Buffer => {
      const acknowledgement = [0x40, 4, id >> 8, id & 0xff, 0, 0];
      return Buffer.from([...acknowledgement, ...acknowledgement]);
    };
    const broker = await startScriptedBroker({ answer: (message) => (isEvent(message) ? twice : 0) });
    const store = tempStore();
    appendBusiness(store, 20);
    const publisher = startPublisher(store, mqttConfig(broker.port, { window: 1 }), {
      answerDeadline: 2_000,
    });
    await publisher.emptied();
    expect(delivered(broker)).toEqual(oneTo(20));
    expect(publisher.report().published).toBe(20);
  });
});
