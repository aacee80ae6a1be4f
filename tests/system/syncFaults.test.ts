/** The feed against brokers that misbehave, and a station that dies. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { startEmbeddedBroker } from '../../src/sync/embeddedBroker.ts';
import { freePort } from '../support/freePort.ts';
import { startMosquitto, subscribe } from '../support/mosquitto.ts';
import { appendBusiness, mqttConfig, startPublisher } from '../support/publishing.ts';
import { type Published, type ScriptedBroker, startScriptedBroker } from '../support/scriptedBroker.ts';
import { tempDirectory, tempStore } from '../support/tempStore.ts';

const waiting = { timeout: 25_000, interval: 10 };
const sequence = (message: Published) =>
  Number((JSON.parse(message.payload) as { sequence: string }).sequence);
const isEvent = (message: Published) => message.topic.includes('/events/');
const events = (broker: ScriptedBroker, connection?: number) =>
  broker.published
    .filter((message) => isEvent(message) && (connection === undefined || message.connection === connection))
    .map(sequence);

describe('a broker that', () => {
  it('acknowledges some and then nothing is left, and the next connection goes on behind the last', async () => {
    const broker = await startScriptedBroker({
      answer: (message) =>
        isEvent(message) && message.connection === 1 && sequence(message) > 3 ? 'silent' : 0,
    });
    const store = tempStore();
    appendBusiness(store, 20);
    const publisher = startPublisher(store, mqttConfig(broker.port, { window: 5 }), { answerDeadline: 300 });
    await publisher.emptied();
    // Three acknowledged, five under way, no more.
    expect(events(broker, 1)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect(events(broker, 2)).toEqual(Array.from({ length: 17 }, (_, n) => n + 4));
    expect(publisher.report().published).toBe(20);
  });

  it('loses one acknowledgement gets the whole window again, not an endless wait', async () => {
    const broker = await startScriptedBroker({
      answer: (message) =>
        isEvent(message) && message.connection === 1 && sequence(message) === 2 ? 'silent' : 0,
    });
    const store = tempStore();
    appendBusiness(store, 30);
    const publisher = startPublisher(store, mqttConfig(broker.port, { window: 5 }), { answerDeadline: 300 });
    await publisher.emptied();
    expect(events(broker, 1)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(events(broker, 2)[0]).toBe(2);
  });

  it('never answers the connection attempt is tried again after the deadline', async () => {
    const broker = await startScriptedBroker({ connack: null });
    const publisher = startPublisher(tempStore(), mqttConfig(broker.port), { connectDeadline: 150 });
    await vi.waitFor(() => expect(broker.connections()).toBeGreaterThan(2), waiting);
    expect(publisher.report()).toMatchObject({ connected: false, lastError: 'no connection within 150 ms' });
  });

  it('hangs up at the greeting is told with what it may want', async () => {
    const server = createServer((socket) => socket.once('data', () => socket.destroy()));
    onTestFinished(() => void server.close());
    const port = await freePort();
    await once(server.listen(port, '127.0.0.1'), 'listening');
    const publisher = startPublisher(tempStore(), mqttConfig(port));
    await vi.waitFor(() => expect(publisher.report().lastError).not.toBeNull(), waiting);
    expect(publisher.report().lastError).toMatch(
      /closed the connection without an answer; .*`protocol: mqtt-3\.1\.1`; .*`tls`$/,
    );
  });

  it('never acknowledges the birth is left as well', async () => {
    const broker = await startScriptedBroker({ answer: () => 'silent' });
    const publisher = startPublisher(tempStore(), mqttConfig(broker.port), { answerDeadline: 100 });
    await vi.waitFor(() => expect(broker.connections()).toBeGreaterThan(2), waiting);
    expect(publisher.report().lastError).toBe('the broker answered nothing for 100 ms');
  });

  it.each([
    ['refuses without closing', Buffer.from([0x20, 3, 0, 0x88, 0]), /Server unavailable/],
    ['takes no QoS 1', Buffer.from([0x20, 5, 0, 0, 2, 0x24, 0]), /QoS 1/],
    ['keeps nothing', Buffer.from([0x20, 5, 0, 0, 2, 0x25, 0]), /retained/],
    ['speaks no MQTT', Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n'), /./],
  ])('%s is reported, left, and tried again', async (_, connack, reason) => {
    const broker = await startScriptedBroker({ connack });
    const publisher = startPublisher(tempStore(), mqttConfig(broker.port), { connectDeadline: 500 });
    await vi.waitFor(() => expect(broker.connections()).toBeGreaterThan(2), waiting);
    expect(publisher.report().connected).toBe(false);
    expect(publisher.report().lastError).toMatch(reason);
    expect(broker.published).toEqual([]);
  });

  it.each([0x97, 0x91])('says %i, which will pass, gets the event again later', async (code) => {
    let refusals = 0;
    const broker = await startScriptedBroker({
      answer: (message) => (isEvent(message) && sequence(message) === 3 && refusals++ < 2 ? code : 0),
    });
    const store = tempStore();
    appendBusiness(store, 6);
    const publisher = startPublisher(store, mqttConfig(broker.port));
    await publisher.emptied();
    expect(refusals).toBe(3);
    expect(broker.connections()).toBe(1);
    expect(publisher.report().rejected).toBe(0);
    expect(new Set(events(broker))).toEqual(new Set([1, 2, 3, 4, 5, 6]));
  });

  it.each([0x80, 0x83, 0x87, 0x90, 0x99])('rejects an event with %i has it set aside', async (code) => {
    const broker = await startScriptedBroker({
      answer: (message) => (isEvent(message) && sequence(message) === 3 ? code : 0),
    });
    const store = tempStore();
    appendBusiness(store, 6);
    const publisher = startPublisher(store, mqttConfig(broker.port));
    await publisher.emptied();
    expect(events(broker)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(store.setAside.list(9)).toMatchObject([{ stream: 'business', seq: 3 }]);
    expect(publisher.report()).toMatchObject({ published: 5, rejected: 1 });
  });

  it('limits the packet is taken by its word, to the byte', async () => {
    const whole = await startScriptedBroker({});
    const measured = tempStore();
    appendBusiness(measured, 1);
    await startPublisher(measured, mqttConfig(whole.port)).emptied();
    const size = whole.published.find(isEvent)?.size ?? 0;

    const limited = (most: number) =>
      startScriptedBroker({ connack: Buffer.from([0x20, 8, 0, 0, 5, 0x27, 0, 0, most >> 8, most & 0xff]) });
    const exact = tempStore();
    appendBusiness(exact, 1);
    const enough = startPublisher(exact, mqttConfig((await limited(size)).port));
    await enough.emptied();
    expect(enough.report()).toMatchObject({ published: 1, rejected: 0 });
    const over = tempStore();
    appendBusiness(over, 1);
    const short = startPublisher(over, mqttConfig((await limited(size - 1)).port));
    await short.emptied();
    expect(short.report()).toMatchObject({ published: 0, rejected: 1 });
  });

  it('is not there at all costs nothing but a report, and stopping does not wait for it', async () => {
    const store = tempStore();
    appendBusiness(store, 3);
    const publisher = startPublisher(store, mqttConfig(await freePort()));
    await vi.waitFor(() => expect(publisher.report().lastError).toMatch(/ECONNREFUSED/), waiting);
    expect(publisher.report()).toMatchObject({ connected: false, backlog: { business: 3, telemetry: 0 } });
    await publisher.stop(60_000);
  });
});

it('stopping with a broker that acknowledges no more keeps to its deadline and what is acknowledged', async () => {
  const broker = await startScriptedBroker({
    answer: (message) => (isEvent(message) && sequence(message) > 2 ? 'silent' : 0),
  });
  const store = tempStore();
  appendBusiness(store, 5);
  const publisher = startPublisher(store, mqttConfig(broker.port));
  await vi.waitFor(() => expect(publisher.report().published).toBe(2), waiting);
  await publisher.stop(50);
  expect(publisher.report().connected).toBe(false);
  expect(store.feed.cursor('business', 'published')).toBe(2);
  // No goodbye over unfinished work: the broker tells the last will.
  expect(broker.published.filter(({ topic }) => topic.endsWith('/status'))).toHaveLength(1);
});

it('states change at most four times a second each, and the last one is always told', async () => {
  const broker = await startScriptedBroker({});
  const publisher = startPublisher(tempStore(), mqttConfig(broker.port));
  await publisher.connected();
  const told = () => broker.published.filter(({ topic }) => topic.endsWith('/state/fuelling-points/1'));
  for (let volumeMl = 1; volumeMl <= 50; volumeMl++) publisher.state('fuelling-points/1', { volumeMl });
  await vi.waitFor(() => expect(told().at(-1)?.payload).toBe('{"volumeMl":50}'), waiting);
  expect(told().map(({ payload }) => payload)).toEqual(['{"volumeMl":1}', '{"volumeMl":50}']);
  expect(told().every(({ retain, qos }) => retain && qos === 0)).toBe(true);
});

it('a station whose process is killed is offline by its last will', async () => {
  const broker = await startMosquitto();
  const subscriber = await subscribe(broker.port, 'forecourt/v1/+/status');
  const script = fileURLToPath(new URL('../support/publisherProcess.ts', import.meta.url));
  const station = spawn(process.execPath, [script, tempDirectory(), `${broker.port}`], { stdio: 'inherit' });
  onTestFinished(() => void station.kill('SIGKILL'));
  const states = () => subscriber.json('/status').map((status) => status.state);
  await vi.waitFor(() => expect(states()).toEqual(['online']), waiting);
  station.kill('SIGKILL');
  await once(station, 'close');
  await vi.waitFor(() => expect(states()).toEqual(['online', 'offline']), waiting);
});

describe('the embedded broker', () => {
  it('brings events from a station to a consumer', async () => {
    const broker = await startEmbeddedBroker({ port: 0 });
    onTestFinished(() => broker.stop());
    const subscriber = await subscribe(broker.port, 'forecourt/v1/#', ['-V', 'mqttv311', '-q', '1']);
    const store = tempStore();
    appendBusiness(store, 30);
    const publisher = startPublisher(store, mqttConfig(broker.port, { protocol: 'mqtt-3.1.1' }));
    await publisher.emptied();
    await vi.waitFor(
      () =>
        expect(subscriber.json('/events/station.stopped').map(({ sequence: seq }) => Number(seq))).toEqual(
          Array.from({ length: 30 }, (_, n) => n + 1),
        ),
      waiting,
    );
    await publisher.stop(5000);
    await vi.waitFor(() => expect(subscriber.json('/status').at(-1)?.state).toBe('offline'), waiting);
  });

  it('stops with stations still connected, and frees its port', async () => {
    const broker = await startEmbeddedBroker({ port: 0 });
    const publisher = startPublisher(tempStore(), mqttConfig(broker.port, { protocol: 'mqtt-3.1.1' }));
    await publisher.connected();
    await broker.stop();
    const again = await startEmbeddedBroker({ port: broker.port });
    onTestFinished(() => again.stop());
    await expect(startEmbeddedBroker({ port: broker.port })).rejects.toThrow(/EADDRINUSE/);
  });
});
