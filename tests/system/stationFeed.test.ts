/** Head office's side: a real broker (mosquitto) and a real consumer (mosquitto_sub) of the real daemon's feed. */
import { describe, expect, it, vi } from 'vitest';
import { envelopeSchema } from '../../src/model/envelope.ts';
import { type EventType, eventSchemas } from '../../src/model/events.ts';
import { deviceStateSchema, fuellingPointStateSchema, stationStatusSchema } from '../../src/model/states.ts';
import { type Subscriber, startMosquitto, subscribe } from '../support/mosquitto.ts';
import { knownTag, oneDispenserStation } from '../support/oneDispenserStation.ts';
import { watched } from '../support/peerDispensers.ts';
import { rdm6300, readersOnline } from '../support/shellReader.ts';
import { type Daemon, runStation } from '../support/station.ts';
import { startTcpGate } from '../support/tcpGate.ts';
import { fill, fortyLitres, fuelling, lifted } from '../support/walk.ts';

const patience = { timeout: 40_000, interval: 20 };
const everything = 'forecourt/v1/S1/#';
const mqttAt = (port: number) => ({ mqtt: { host: '127.0.0.1', port } });

interface Event {
  readonly id: string;
  readonly type: EventType;
  readonly sequence: string;
  readonly data: Record<string, unknown>;
}

/** Events of the business stream, each once, in the order of their first arrival. */
function business(subscriber: Subscriber): Event[] {
  const events = subscriber.received
    .filter(({ topic }) => topic.includes('/events/'))
    .map(({ payload }) => JSON.parse(payload) as Event)
    .filter(({ type }) => eventSchemas[type].stream === 'business');
  return [...new Map(events.map((event) => [event.id, event])).values()];
}

const arrived = (subscriber: Subscriber, type: EventType, count = 1) =>
  vi.waitFor(() => {
    const found = business(subscriber).filter((event) => event.type === type);
    if (found.length < count) throw new Error(`${found.length} of ${count} ${type}`);
    return found;
  }, patience);

const connected = (daemon: Daemon, yes = true) =>
  vi.waitFor(async () => expect((await daemon.status()).feed?.connected).toBe(yes), patience);

const emptied = (daemon: Daemon) =>
  vi.waitFor(
    async () => expect((await daemon.status()).feed?.backlog).toEqual({ business: 0, telemetry: 0 }),
    patience,
  );

describe('the feed of a running station', () => {
  it('M19 M22 M40 M203: a sale, whose it is and what it earned arrive as the published contract says', {
    timeout: 60_000,
  }, async () => {
    const broker = await startMosquitto();
    const office = await subscribe(broker.port, everything);
    const { dispenser, reader, file } = await oneDispenserStation({ station: mqttAt(broker.port) });
    const daemon = await runStation(file);
    await daemon.reaches('FP1', 'idle');
    await readersOnline(daemon);
    reader.printf(rdm6300(knownTag));
    await fill(daemon, 'FP1', dispenser);

    await arrived(office, 'credit.posted');
    const events = business(office);
    for (const event of events) envelopeSchema(event.type).parse(event);
    expect(events.map(({ sequence }) => Number(sequence))).toEqual(events.map((_, n) => n + 1));
    const of = (type: EventType) => events.find((event) => event.type === type)?.data;
    const sale = 'FP1:1:g0:1000000-1040000#8';
    const { claim, card } = of('card.scanned') ?? {};
    expect(of('card.scanned')).toMatchObject({ member: 'm-1', refusal: null, reader: 'R1' });
    expect(of('sale.completed')).toMatchObject({
      ...{ sale, fuellingPoint: 'FP1', nozzle: '1', grade: '92', tank: 'T1', currency: 'CNY' },
      ...{ volumeMl: 40_000, amount: 31_400, price: 7850, saleNumber: 8, quality: 'seen' },
      ...{ totalizerStartMl: 1_000_000, totalizerEndMl: 1_040_000, attribution: 'attributed' },
    });
    expect(of('sale.attributed')).toMatchObject({ sale, member: 'm-1', card, claim });
    expect(of('credit.posted')).toMatchObject({
      ...{ sale, member: 'm-1', card, program: 'test', tier: 'ordinary', points: 40, balance: 40 },
      postings: [
        { account: 'program:test', points: -40 },
        { account: 'member:m-1', points: 40 },
      ],
    });
    const order = events.map(({ type }) => type);
    expect(order.indexOf('card.scanned')).toBeLessThan(order.indexOf('sale.completed'));
    expect(order.indexOf('sale.completed')).toBeLessThan(order.indexOf('credit.posted'));
    // Neither the card's number nor the member's name is on the wire.
    const wire = office.received.map(({ payload }) => payload).join('\n');
    expect(wire).not.toMatch(new RegExp(`${knownTag}|Lin Yue|A-10001`));
  });

  it('M173 M203: who connects later finds status and states retained; the last will tells of a death', {
    timeout: 60_000,
  }, async () => {
    const broker = await startMosquitto();
    const { file } = await oneDispenserStation({ station: mqttAt(broker.port) });
    const daemon = await runStation(file);
    await daemon.reaches('FP1', 'idle');
    await connected(daemon);
    const { epoch } = await daemon.status();
    const late = await vi.waitFor(async () => {
      const subscriber = await subscribe(broker.port, everything);
      await vi.waitFor(() => {
        expect(subscriber.json('/state/fuelling-points/FP1')).not.toEqual([]);
        expect(subscriber.json('/state/devices/d1')).not.toEqual([]);
        expect(subscriber.json('/status')).not.toEqual([]);
      });
      return subscriber;
    }, patience);
    const first = (end: string) => late.received.find(({ topic }) => topic.endsWith(end));
    for (const end of ['/state/fuelling-points/FP1', '/state/devices/d1', '/status']) {
      expect(first(end)).toMatchObject({ retained: true, contentType: 'application/json' });
    }
    expect(fuellingPointStateSchema.parse(late.json('/state/fuelling-points/FP1').at(-1))).toMatchObject({
      ...{ fuellingPoint: 'FP1', state: 'idle', card: false },
    });
    expect(deviceStateSchema.parse(late.json('/state/devices/d1').at(-1))).toMatchObject({
      ...{ device: 'd1', line: 'bus', profile: 'generic-be32', online: true, reason: '' },
    });
    expect(stationStatusSchema.parse(late.json('/status')[0])).toMatchObject({ state: 'online', epoch });
    await daemon.stop('SIGKILL');
    await vi.waitFor(() => expect(late.json('/status').at(-1)).toMatchObject({ state: 'offline' }), patience);
  });

  it('M203: a broker that is away during a sale gets everything later, in order; status tells the backlog', {
    timeout: 90_000,
  }, async () => {
    const broker = await startMosquitto();
    const gate = await startTcpGate(broker.port);
    const { dispenser, reader, file } = await oneDispenserStation({ station: mqttAt(gate.port) });
    const daemon = await runStation(file);
    await daemon.reaches('FP1', 'idle');
    await readersOnline(daemon);
    await connected(daemon);
    await emptied(daemon);
    await broker.kill();
    gate.close();
    await connected(daemon, false);

    reader.printf(rdm6300(knownTag));
    await fill(daemon, 'FP1', dispenser);
    const { feed } = await daemon.status();
    // card.scanned, sale.completed, sale.attributed, credit.posted.
    expect(feed?.backlog.business).toBe(4);
    expect(feed?.lastError).not.toBeNull();

    await broker.start();
    const office = await subscribe(broker.port, everything);
    gate.open();
    await arrived(office, 'credit.posted');
    await emptied(daemon);
    const events = business(office);
    expect(events.map(({ type }) => type)).toEqual([
      ...['card.scanned', 'sale.completed', 'sale.attributed', 'credit.posted'],
    ]);
    const sequences = events.map(({ sequence }) => Number(sequence));
    expect(sequences).toEqual(sequences.map((_, n) => (sequences[0] ?? 0) + n));
    expect(events[1]?.data).toMatchObject({ volumeMl: 40_000, amount: 31_400 });
  });

  it('M203: killed right after the commit: no second sale, no second credit, nothing lost, and the next sale follows', {
    timeout: 90_000,
  }, async () => {
    const broker = await startMosquitto();
    const gate = await startTcpGate(broker.port);
    gate.close();
    const { slave, dispenser, reader, file } = await oneDispenserStation({ station: mqttAt(gate.port) });
    const first = await runStation(file);
    await first.reaches('FP1', 'idle');
    await readersOnline(first);
    const pushes = await first.events();
    reader.printf(rdm6300(knownTag));
    await watched(dispenser);
    await lifted(first, 'FP1', dispenser);
    await fuelling(first, 'FP1', dispenser);
    await dispenser.hangUp(fortyLitres);
    await vi.waitFor(() => expect(pushes.of('credit.posted')).toHaveLength(1), { ...patience, interval: 1 });
    expect(await first.stop('SIGKILL')).toEqual({ code: null, signal: 'SIGKILL' });

    // The dispenser still holds the finished sale.
    const second = await runStation(file);
    await second.reaches('FP1', 'completed');
    await vi.waitFor(
      () => expect(slave.written).toContainEqual({ unit: 1, address: 24, values: [8] }),
      patience,
    );
    await watched(dispenser);
    await dispenser.cleared();
    await second.reaches('FP1', 'idle');
    expect(await second.sales()).toMatchObject([{ volumeMl: 40_000, member: 'm-1', points: 40 }]);
    const next = await fill(second, 'FP1', dispenser);
    expect(next).toMatchObject({ saleNumber: 9, totalizerStartMl: 1_040_000, attribution: 'unclaimed' });

    const office = await subscribe(broker.port, everything);
    gate.open();
    const sales = await arrived(office, 'sale.completed', 2);
    await emptied(second);
    expect(sales.map(({ data }) => data.saleNumber)).toEqual([8, 9]);
    const events = business(office);
    expect(events.map(({ sequence }) => Number(sequence))).toEqual(events.map((_, n) => n + 1));
    expect(events.filter(({ type }) => type === 'credit.posted')).toHaveLength(1);
    expect((await second.api<{ balance: number }>('/v1/members/m-1')).balance).toBe(40);
  });

  it('killed in mid-fill: the fuelling ends while nobody looks, and is one sale with its whole volume', {
    timeout: 60_000,
  }, async () => {
    const { dispenser, reader, file } = await oneDispenserStation();
    const first = await runStation(file);
    await first.reaches('FP1', 'idle');
    await readersOnline(first);
    reader.printf(rdm6300(knownTag));
    await watched(dispenser);
    await lifted(first, 'FP1', dispenser);
    await fuelling(first, 'FP1', dispenser);
    await first.stop('SIGKILL');
    await dispenser.hangUp(fortyLitres);
    const second = await runStation(file);
    await second.sold(1);
    await dispenser.cleared();
    await second.reaches('FP1', 'idle');
    await watched(dispenser);
    expect(await second.sales()).toMatchObject([
      {
        ...{ volumeMl: 40_000, amount: 31_400, saleNumber: 8 },
        ...{ totalizerStartMl: 1_000_000, totalizerEndMl: 1_040_000 },
      },
    ]);
  });
});
