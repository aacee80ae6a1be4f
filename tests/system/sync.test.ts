/** The feed against a real broker (mosquitto) and a real consumer (mosquitto_sub). */
import { pbkdf2Sync } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { envelopeSchema } from '../../src/model/envelope.ts';
import { stationStatusSchema } from '../../src/model/states.ts';
import { type Subscriber, startMosquitto, subscribe } from '../support/mosquitto.ts';
import { appendBusiness, appendTelemetry, mqttConfig, startPublisher } from '../support/publishing.ts';
import { startTcpGate } from '../support/tcpGate.ts';
import { tempDirectory, tempStore } from '../support/tempStore.ts';

const everything = 'forecourt/v1/#';
const waiting = { timeout: 25_000, interval: 10 };
const upTo = (count: number) => Array.from({ length: count }, (_, n) => n + 1);

/** Sequence numbers in the order of their first arrival. */
function firstArrivals(subscriber: Subscriber, type = 'station.stopped'): number[] {
  const events = subscriber.json(`/events/${type}`);
  return [...new Map(events.map((event) => [event.id, Number(event.sequence)])).values()];
}

describe('an event', () => {
  it('M203: arrives as its published contract says', async () => {
    const broker = await startMosquitto();
    const subscriber = await subscribe(broker.port, everything);
    const store = tempStore();
    appendBusiness(store, 1, 'quotes " and\nlines, 站');
    const publisher = startPublisher(store, mqttConfig(broker.port));
    await publisher.emptied();
    await vi.waitFor(() => expect(subscriber.json('/events/station.stopped')).toHaveLength(1), waiting);

    const message = subscriber.received.find(({ topic }) => topic.includes('/events/'));
    expect(message).toMatchObject({
      topic: 'forecourt/v1/test-1/events/station.stopped',
      retained: false,
      contentType: 'application/cloudevents+json',
    });
    const [event] = subscriber.json('/events/station.stopped');
    expect(envelopeSchema('station.stopped').parse(event)).toMatchObject({
      id: `test-1/${store.epoch}/business/1`,
      source: '/forecourt/test-1',
      sequence: '1',
      businessdate: '2026-11-22',
      data: { reason: 'quotes " and\nlines, 站' },
    });
  });

  it('is sent at once when the journal has grown', async () => {
    const broker = await startMosquitto();
    const subscriber = await subscribe(broker.port, everything);
    const store = tempStore();
    const publisher = startPublisher(store, mqttConfig(broker.port));
    await publisher.connected();
    appendBusiness(store, 1);
    publisher.wake();
    await vi.waitFor(() => expect(firstArrivals(subscriber)).toEqual([1]), waiting);
    // And without a hint a little later.
    appendBusiness(store, 1);
    await vi.waitFor(() => expect(firstArrivals(subscriber)).toEqual([1, 2]), waiting);
  });

  it('is not sent again by the next daemon', async () => {
    const broker = await startMosquitto();
    const subscriber = await subscribe(broker.port, everything);
    const directory = tempDirectory();
    const first = tempStore(directory);
    appendBusiness(first, 5);
    const publisher = startPublisher(first, mqttConfig(broker.port));
    await publisher.emptied();
    await publisher.stop(5000);
    first.close();

    const second = tempStore(directory);
    appendBusiness(second, 1);
    await startPublisher(second, mqttConfig(broker.port)).emptied();
    await vi.waitFor(() => expect(firstArrivals(subscriber)).toContain(6), waiting);
    expect(subscriber.json('/events/station.stopped').map((event) => event.sequence)).toEqual(
      upTo(6).map(String),
    );
  });

  it('is sent again when head office has the cursor moved back', async () => {
    const broker = await startMosquitto();
    const subscriber = await subscribe(broker.port, everything);
    const store = tempStore();
    appendBusiness(store, 5);
    const publisher = startPublisher(store, mqttConfig(broker.port));
    await publisher.emptied();
    await vi.waitFor(() => expect(store.feed.cursor('business', 'published')).toBe(5), waiting);
    store.feed.moveCursor('business', 'published', 2);
    await vi.waitFor(() => expect(subscriber.json('/events/station.stopped')).toHaveLength(8), waiting);
    expect(firstArrivals(subscriber)).toEqual(upTo(5));
    await vi.waitFor(() => expect(store.feed.cursor('business', 'published')).toBe(5), waiting);
  });
});

describe('a broker that is lost', () => {
  it('by a kill gets every event in order when it is back, whatever was under way', {
    timeout: 60_000,
  }, async () => {
    const broker = await startMosquitto();
    const gate = await startTcpGate(broker.port);
    const store = tempStore();
    const total = 3000;
    appendBusiness(store, total);
    appendTelemetry(store, 300);
    const before = await subscribe(broker.port, everything);
    const publisher = startPublisher(store, mqttConfig(gate.port));
    await vi.waitFor(() => expect(publisher.report().published).toBeGreaterThan(500), {
      ...waiting,
      interval: 1,
    });
    await broker.kill();
    gate.close();
    expect(publisher.report().published).toBeLessThan(total);
    await vi.waitFor(() => expect(publisher.report().connected).toBe(false), waiting);

    appendBusiness(store, 200);
    await broker.start();
    const after = await subscribe(broker.port, everything);
    gate.open();
    await publisher.emptied();

    for (const [type, count] of [
      ['station.stopped', total + 200],
      ['fuelling-point.state-changed', 300],
    ] as const) {
      await vi.waitFor(() => expect(firstArrivals(after, type).at(-1)).toBe(count), waiting);
      // The first subscriber comes back by itself, sooner or later: what passes meanwhile only the second one gets.
      const inOrder = (all: readonly number[]): number[] => all.toSorted((a, b) => a - b);
      const arrivals = [firstArrivals(before, type), firstArrivals(after, type)];
      for (const each of arrivals) expect(each).toEqual(inOrder(each));
      expect(inOrder([...new Set(arrivals.flat())])).toEqual(upTo(count));
    }
  });

  it('by a line that hangs is left, and nothing is missing afterwards', { timeout: 60_000 }, async () => {
    const broker = await startMosquitto();
    const gate = await startTcpGate(broker.port);
    const subscriber = await subscribe(broker.port, everything);
    const store = tempStore();
    const publisher = startPublisher(store, mqttConfig(gate.port), { answerDeadline: 500 });
    await publisher.connected();
    gate.freeze();
    appendBusiness(store, 300);
    await vi.waitFor(
      () =>
        expect(publisher.logged).toContainEqual(
          expect.objectContaining({ message: expect.stringContaining('answered nothing') }),
        ),
      waiting,
    );
    await publisher.emptied();
    await vi.waitFor(() => expect(firstArrivals(subscriber)).toEqual(upTo(300)), waiting);
  });

  it('is found out by its ping, though states are still written to the line', {
    timeout: 60_000,
  }, async () => {
    const broker = await startMosquitto();
    const gate = await startTcpGate(broker.port);
    const publisher = startPublisher(tempStore(), mqttConfig(gate.port, { keepaliveS: 1 }));
    await publisher.connected();
    gate.freeze();
    let volumeMl = 0;
    await vi.waitFor(
      () => {
        publisher.state('fuelling-points/1', { volumeMl: volumeMl++ });
        expect(publisher.logged).toContainEqual(expect.objectContaining({ message: 'Keepalive timeout' }));
      },
      { ...waiting, interval: 50 },
    );
    await publisher.connected();
  });
});

describe('what the broker asks for', () => {
  it('its Receive Maximum bounds what is under way', async () => {
    const broker = await startMosquitto(['allow_anonymous true', 'max_inflight_messages 2']);
    const store = tempStore();
    appendBusiness(store, 500);
    const publisher = startPublisher(store, mqttConfig(broker.port, { window: 100 }));
    let most = 0;
    await vi.waitFor(
      () => {
        most = Math.max(most, publisher.report().inFlight);
        expect(publisher.report().backlog.business).toBe(0);
      },
      { ...waiting, interval: 1 },
    );
    expect(most).toBeLessThanOrEqual(2);
    // It would have cut the line at a third.
    expect(publisher.logged.filter((line) => line.level === 'warn')).toEqual([]);
  });

  it('an event that it may not have is set aside, told, and the rest goes on', async () => {
    const acl = join(tempDirectory(), 'acl');
    writeFileSync(
      acl,
      'topic write forecourt/v1/+/events/station.stopped\ntopic write forecourt/v1/+/status\ntopic read #\n',
    );
    const broker = await startMosquitto(['allow_anonymous true', `acl_file ${acl}`]);
    const subscriber = await subscribe(broker.port, everything);
    const store = tempStore();
    appendBusiness(store, 2);
    appendTelemetry(store, 3);
    appendBusiness(store, 2);
    const publisher = startPublisher(store, mqttConfig(broker.port));
    await publisher.emptied();
    await vi.waitFor(() => expect(firstArrivals(subscriber)).toEqual([1, 2, 3, 4]), waiting);
    expect(publisher.report()).toMatchObject({ published: 4, rejected: 3 });
    expect(publisher.report().lastError).toMatch(/not authorized/i);
    expect(store.setAside.count()).toBe(3);
    expect(
      publisher.logged.filter(({ fields }) => 'code' in fields && fields.code === 'MQTT_REJECTED'),
    ).toHaveLength(3);
  });

  it('an event that is larger than it takes is set aside with its size', async () => {
    const broker = await startMosquitto(['allow_anonymous true', 'max_packet_size 2000']);
    const subscriber = await subscribe(broker.port, everything);
    const store = tempStore();
    appendBusiness(store, 1);
    appendBusiness(store, 1, 'x'.repeat(3000));
    appendBusiness(store, 1);
    await startPublisher(store, mqttConfig(broker.port)).emptied();
    await vi.waitFor(() => expect(firstArrivals(subscriber)).toEqual([1, 3]), waiting);
    expect(store.setAside.list(9)).toMatchObject([
      { stream: 'business', seq: 2, reason: expect.stringMatching(/^3\d{3} bytes, the broker takes 2000$/) },
    ]);
  });

  it('a wrong password is reported and tried again until it is right', async () => {
    const directory = tempDirectory();
    const passwords = join(directory, 'passwords');
    // mosquitto_passwd's own form: PBKDF2-SHA512 of "right".
    const salt = Buffer.alloc(12, 7);
    const hash = pbkdf2Sync('right', salt, 101, 64, 'sha512');
    writeFileSync(passwords, `station:$7$101$${salt.toString('base64')}$${hash.toString('base64')}\n`);
    const broker = await startMosquitto(['allow_anonymous false', `password_file ${passwords}`]);
    const config = mqttConfig(broker.port, { username: 'station' });
    const wrong = startPublisher(tempStore(), config, {}, { password: 'wrong' });
    await vi.waitFor(() => expect(wrong.report().lastError).toMatch(/not authorized/i), waiting);
    expect(wrong.report()).toMatchObject({ connected: false });
    const complaints = wrong.logged.filter((line) => line.level === 'warn');
    expect(complaints).toHaveLength(1);
    const right = startPublisher(tempStore(), config, {}, { password: 'right' });
    await right.connected();
  });
});

describe('the station status', () => {
  const last = (subscriber: Subscriber) => stationStatusSchema.parse(subscriber.json('/status').at(-1));

  it('tells birth with the backlog, and a goodbye of its own', async () => {
    const broker = await startMosquitto();
    const store = tempStore();
    appendBusiness(store, 3);
    const publisher = startPublisher(store, mqttConfig(broker.port));
    await publisher.emptied();
    const subscriber = await subscribe(broker.port, everything);
    await vi.waitFor(() => expect(subscriber.received).toHaveLength(1), waiting);
    expect(subscriber.received[0]).toMatchObject({ topic: 'forecourt/v1/test-1/status', retained: true });
    expect(last(subscriber)).toMatchObject({
      state: 'online',
      version: '1.2.3',
      epoch: store.epoch,
      backlog: { business: 3, telemetry: 0 },
    });
    appendBusiness(store, 1);
    await publisher.stop(5000);
    await vi.waitFor(() => expect(last(subscriber).state).toBe('offline'), waiting);
    // The event that came just before the end went out with it.
    expect(last(subscriber).backlog.business).toBe(0);
    expect(firstArrivals(subscriber)).toEqual([4]);
    expect(store.feed.cursor('business', 'published')).toBe(4);
  });

  it('is told by the last will when the line breaks', async () => {
    const broker = await startMosquitto();
    const gate = await startTcpGate(broker.port);
    const subscriber = await subscribe(broker.port, everything);
    const publisher = startPublisher(tempStore(), mqttConfig(gate.port));
    await publisher.connected();
    gate.close();
    await vi.waitFor(() => expect(last(subscriber).state).toBe('offline'), waiting);
    gate.open();
    await vi.waitFor(() => expect(last(subscriber).state).toBe('online'), waiting);
  });

  it('is repeated, so that its backlog and time are fresh', async () => {
    const broker = await startMosquitto();
    const subscriber = await subscribe(broker.port, everything);
    startPublisher(tempStore(), mqttConfig(broker.port), { statusEvery: 50 });
    await vi.waitFor(() => expect(subscriber.json('/status').length).toBeGreaterThan(2), waiting);
    expect(last(subscriber).state).toBe('online');
  });
});

describe('the state of a thing', () => {
  it('is retained, and told again to a broker that lost it', async () => {
    const broker = await startMosquitto();
    const publisher = startPublisher(tempStore(), mqttConfig(broker.port));
    publisher.state('fuelling-points/1', { state: 'fuelling' });
    publisher.state('fuelling-points/1', { state: 'idle' });
    publisher.state('devices/a', { online: true });
    await publisher.connected();
    const expected = async () => {
      const subscriber = await subscribe(broker.port, 'forecourt/v1/test-1/state/#');
      await vi.waitFor(() => expect(subscriber.received).toHaveLength(2), waiting);
      expect(subscriber.received.every(({ retained }) => retained)).toBe(true);
      expect(subscriber.json('fuelling-points/1')).toEqual([{ state: 'idle' }]);
      expect(subscriber.json('devices/a')).toEqual([{ online: true }]);
    };
    await expected();
    await broker.kill();
    await vi.waitFor(() => expect(publisher.report().connected).toBe(false), waiting);
    await broker.start();
    await publisher.connected();
    await expected();
  });
});

it('a backlog of days drains in order, a window at a time, and leaves others their turn', {
  timeout: 60_000,
}, async () => {
  const total = 10_000;
  const broker = await startMosquitto();
  const store = tempStore();
  appendBusiness(store, total, 'x'.repeat(500));
  const config = mqttConfig(broker.port, { window: 200 });
  const subscriber = await subscribe(broker.port, everything);
  let mostUnderWay = 0;
  let turns = 0;
  const publisher = startPublisher(store, config);
  await vi.waitFor(
    () => {
      const { inFlight, backlog } = publisher.report();
      mostUnderWay = Math.max(mostUnderWay, inFlight);
      turns++;
      expect(backlog.business).toBe(0);
    },
    { timeout: 55_000, interval: 5 },
  );
  expect(mostUnderWay).toBeLessThanOrEqual(200);
  // Timers had their turn all along.
  expect(turns).toBeGreaterThan(10);
  await vi.waitFor(() => expect(subscriber.received.length).toBeGreaterThan(total), waiting);
  expect(firstArrivals(subscriber)).toEqual(upTo(total));
});

it('speaks MQTT 3.1.1 where that is all the broker knows', async () => {
  const broker = await startMosquitto();
  const subscriber = await subscribe(broker.port, everything);
  const store = tempStore();
  appendBusiness(store, 20);
  await startPublisher(store, mqttConfig(broker.port, { protocol: 'mqtt-3.1.1' })).emptied();
  await vi.waitFor(() => expect(firstArrivals(subscriber)).toEqual(upTo(20)), waiting);
});
