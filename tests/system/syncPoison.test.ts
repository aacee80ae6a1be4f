/** A broker that cannot bear one event, or the daemon: the feed goes on, and the daemon lives. */
import { expect, it } from 'vitest';
import { appendBusiness, mqttConfig, startPublisher } from '../support/publishing.ts';
import { type Published, startScriptedBroker } from '../support/scriptedBroker.ts';
import { tempStore } from '../support/tempStore.ts';

const sequenceOf = ({ topic, payload }: Published): number =>
  topic.includes('/events/') ? Number((JSON.parse(payload) as { sequence: string }).sequence) : 0;
const quick = { firstRetry: 5, mostRetry: 10 };

it('an event at which the broker hangs up each time is set aside; all others arrive, in order', async () => {
  const poison = 20;
  const broker = await startScriptedBroker({
    answer: (message) => (sequenceOf(message) === poison ? 'hang-up' : 0),
  });
  const store = tempStore();
  appendBusiness(store, 100);
  const publisher = startPublisher(store, mqttConfig(broker.port), quick);
  await publisher.emptied();
  expect(store.setAside.list(9)).toMatchObject([{ stream: 'business', seq: poison }]);
  expect(publisher.report()).toMatchObject({ published: 99, rejected: 1 });
  const last = broker.published.filter((message) => message.connection === broker.connections());
  const arrived = new Set(broker.published.map(sequenceOf).filter((seq) => seq !== 0 && seq !== poison));
  expect(arrived.size).toBe(99);
  const order = last.map(sequenceOf).filter((seq) => seq !== 0);
  expect(order).toEqual(order.toSorted((a, b) => a - b));
});

it('a broker that hangs up at every event has one set aside at most, and gets the rest when it is well', async () => {
  let well = false;
  const broker = await startScriptedBroker({
    answer: (message) => (sequenceOf(message) !== 0 && !well ? 'hang-up' : 0),
  });
  const store = tempStore();
  appendBusiness(store, 100);
  const publisher = startPublisher(store, mqttConfig(broker.port), quick);
  await expect.poll(() => broker.connections(), { timeout: 20_000 }).toBeGreaterThan(40);
  expect(store.setAside.count()).toBe(1);
  well = true;
  await publisher.emptied();
  expect(publisher.report()).toMatchObject({ published: 99, rejected: 1 });
});

it.each([
  ['a keep-alive given twice', Buffer.from([0x20, 9, 0, 0, 6, 0x13, 0, 9, 0x13, 0, 9])],
  ['a Receive Maximum of nothing', Buffer.from([0x20, 6, 0, 0, 3, 0x21, 0, 0])],
  [
    'a greeting and a release of nothing',
    Buffer.from([0x20, 3, 0, 0, 0, 0x62, 4, 0, 1, 0, 0, 0x62, 4, 0, 1, 0, 0]),
  ],
  [
    'a packet without end',
    Buffer.concat([Buffer.from([0x20, 3, 0, 0, 0, 0x30, 0xff, 0xff, 0xff, 0x7f]), Buffer.alloc(2_000_000)]),
  ],
])('a broker that sends %s is left and tried again', async (_, connack) => {
  const broker = await startScriptedBroker({ connack });
  const store = tempStore();
  appendBusiness(store, 100);
  const publisher = startPublisher(store, mqttConfig(broker.port), quick);
  await expect.poll(() => broker.connections(), { timeout: 20_000 }).toBeGreaterThan(3);
  expect(publisher.report().lastError).not.toBeNull();
  expect(store.setAside.count()).toBe(0);
});
