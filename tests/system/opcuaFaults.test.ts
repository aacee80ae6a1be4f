/** What an OPC UA server can do to the station: silence, refusals, hostile values, a dead thread. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { DispenserReading, Wants } from '../../src/model/readings.ts';
import { freePort } from '../support/freePort.ts';
import { makePair, type Pair, type PeerNode, startPeer, tankNodes } from '../support/opcuaPeer.ts';
import { genericOpcua, opcuaRig } from '../support/opcuaRig.ts';

const directory = mkdtempSync(join(tmpdir(), 'forecourt-opcua-'));
const rig = opcuaRig(directory);
let pair: Pair;

beforeAll(async () => {
  pair = await makePair('peer');
  rig.trustPem(pair.certificate);
});
afterAll(async () => {
  await rig.opcua.stop();
  rmSync(directory, { recursive: true, force: true });
});

const peerWith = async (nodes: readonly PeerNode[]) => startPeer({ port: await freePort(), pair, nodes });
const soon = { timeout: 20_000, interval: 25 };

describe('a subscription', { timeout: 150_000 }, () => {
  it('tells of changes long before the next poll; silent, it is given up: values are polled, and it is made anew', async () => {
    let volume = 100;
    const peer = await peerWith(tankNodes(1, () => volume));
    // nothing but the subscription can tell of a change within this test
    const config = { pollS: 600, silentS: 1 };
    const seen = rig.read('silent', peer.endpoint, { config });
    await vi.waitFor(() => expect(seen.client.stats().subscribed).toBe(true), soon);
    seen.forget();
    volume = 200;
    expect((await seen.tank()).volume).toBe(200_000);

    peer.silence();
    await vi.waitFor(() => expect(seen.client.stats().subscribed).toBe(false), soon);
    const { reason, online } = seen.client.stats();
    expect({ reason, online }).toEqual({
      reason: expect.stringMatching(/^polled: .*silent for/),
      online: true,
    });
    // the new one is as silent: it is given up again, and the server is never told to be offline
    seen.forget();
    volume = 300;
    await vi.waitFor(() => expect(seen.facts.at(-1)).toMatchObject({ kind: 'tank', volume: 300_000 }), soon);
    expect(seen.facts.filter((fact) => fact.kind === 'health' && !fact.online)).toEqual([]);
    seen.client.stop();
    await peer.close();
  });

  it('that the server refuses is replaced by polling', async () => {
    let volume = 100;
    const peer = await peerWith(tankNodes(1, () => volume));
    peer.refuseSubscriptions();
    const seen = rig.read('refuses', peer.endpoint, { config: { pollS: 0.2 } });
    await seen.tank();
    await vi.waitFor(() => expect(seen.client.stats().reason).toContain('polled: '), soon);
    volume = 300;
    await vi.waitFor(() => expect(seen.facts.at(-1)).toMatchObject({ kind: 'tank', volume: 300_000 }), soon);
    expect(seen.client.stats()).toMatchObject({ online: true, subscribed: false });
    seen.client.stop();
    await peer.close();
  });
});

describe('a value of an OPC UA server', { timeout: 150_000 }, () => {
  it('that is none makes a reading bad or uncertain with its reason, and never a number', async () => {
    const tankOf = (tank: number, volume: Omit<PeerNode, 'id'>, water: Omit<PeerNode, 'id'>): PeerNode[] => [
      { id: `s=Tank${tank}.Volume`, ...volume },
      { id: `s=Tank${tank}.Water`, ...water },
    ];
    const litres = { type: 'Double', value: () => 1000 } as const;
    const millimetres = { type: 'Double', value: () => 5 } as const;
    const huge = new Float64Array(20_000).fill(1);
    const cases: [Omit<PeerNode, 'id'>, Omit<PeerNode, 'id'>, quality: string, reason: RegExp][] = [
      [{ type: 'Double', value: () => Number.NaN }, millimetres, 'bad', /^volume: NaN/],
      [{ type: 'Double', value: () => Number.POSITIVE_INFINITY }, millimetres, 'bad', /^volume: Infinity/],
      [{ type: 'String', value: () => 'full' }, millimetres, 'bad', /^volume: not a number/],
      [
        { type: 'String', value: () => 'x'.repeat(100_000) },
        millimetres,
        'bad',
        /^volume: a text of 100000 characters/,
      ],
      [{ type: 'Double', array: true, value: () => huge }, millimetres, 'bad', /^volume: an array of 20000/],
      [{ type: 'Boolean', value: () => true }, millimetres, 'bad', /^volume: a Boolean/],
      [{ type: 'DateTime', value: () => new Date() }, millimetres, 'bad', /^volume: a value of data type 13/],
      [{ type: 'Double', value: () => -1 }, millimetres, 'bad', /^volume: -1 cannot be/],
      [{ type: 'Double', value: () => 1e300 }, millimetres, 'bad', /^volume: 1e\+300 cannot be/],
      [
        { type: 'UInt64', value: () => [0xffffffff, 0xffffffff] },
        millimetres,
        'bad',
        /^volume: 18446744073709551615 cannot/,
      ],
      [{ ...litres, status: () => 'BadSensorFailure' }, millimetres, 'bad', /^volume: BadSensorFailure/],
      [
        { ...litres, status: () => 'UncertainLastUsableValue' },
        millimetres,
        'uncertain',
        /^volume: UncertainLastUsable/,
      ],
      [litres, { type: 'Double', value: () => Number.NaN }, 'uncertain', /^water: NaN/],
      [{ type: 'UInt64', value: () => [0, 1000] }, millimetres, 'good', /^$/],
      [{ type: 'String', value: () => ' 1000.0 ' }, millimetres, 'good', /^$/],
    ];
    const peer = await peerWith(cases.flatMap(([volume, water], index) => tankOf(index + 1, volume, water)));
    const { tank: fields, dispenser: _, ...rest } = genericOpcua();
    const { volume, water } = fields ?? {};
    if (!volume || !water) throw new Error('the profile has other fields');
    const profile = { ...rest, tank: { volume, water, volumeIncludesWater: false, alarms: [] } };
    const tanks = cases.map((_case, index) => index + 1);
    const seen = rig.read('hostile', peer.endpoint, { config: { subscribe: false }, profile, tanks });
    await vi.waitFor(
      () =>
        expect(seen.facts.filter(({ kind }) => kind === 'tank').length).toBeGreaterThanOrEqual(cases.length),
      soon,
    );
    const told = tanks.map((tank) => seen.facts.find((fact) => fact.kind === 'tank' && fact.tank === tank));
    expect(told).toEqual(
      cases.map(([, , quality, reason], index) =>
        expect.objectContaining({
          ...{ tank: index + 1, quality, reason: expect.stringMatching(reason) },
          volume: quality === 'bad' ? null : 1_000_000,
        }),
      ),
    );
    expect(seen.client.stats().online).toBe(true);
    seen.client.stop();
    await peer.close();
  });
});

describe('a dispenser behind OPC UA', { timeout: 150_000 }, () => {
  const wants = (live: Wants['live']): Wants => ({ live, totals: 'slow', 'last-sale': 'slow', price: 'off' });
  const node = (
    name: string,
    type: PeerNode['type'],
    value: () => unknown,
    status?: PeerNode['status'],
  ): PeerNode => ({
    ...{ id: `s=Point1.${name}`, type, value },
    ...(status ? { status } : {}),
  });

  it('is read whole in one request, fast while it is wanted so; lost once when the controller or the server is gone', async () => {
    let count = 0;
    let status: 'Good' | 'BadNoCommunication' = 'Good';
    const same = () => count;
    const peer = await peerWith([
      node(
        'State',
        'Byte',
        () => 7,
        () => status,
      ),
      node('Hose', 'Byte', () => 1),
      node('Volume', 'UInt32', same),
      node('Amount', 'UInt32', same),
      node('Price', 'UInt32', () => 7849),
      node('TotalVolume', 'UInt32', same),
      node('TotalAmount', 'UInt32', same),
      node('SaleNumber', 'UInt16', () => 12),
      node('SaleHose', 'Byte', () => 1),
      node('SaleVolume', 'UInt32', same),
      node('SaleAmount', 'UInt32', same),
      node('SalePrice', 'UInt32', () => 7849),
    ]);
    // faster than any request: two requests would never find the same number
    const counting = setInterval(() => {
      count += 1;
    }, 1);
    const seen = rig.read('plc', peer.endpoint, { tanks: [], points: [1] });
    await seen.health(true);
    expect(seen.readings).toEqual([]);
    seen.client.want(1, wants('fast'));
    await vi.waitFor(() => expect(seen.readings.length).toBeGreaterThan(12), soon);
    clearInterval(counting);

    const sweeps = new Map<number, DispenserReading[]>();
    for (const { reading } of seen.readings)
      sweeps.set(reading.at, [...(sweeps.get(reading.at) ?? []), reading]);
    const whole = [...sweeps.values()].filter((readings) => readings.length === 3);
    expect(whole.length).toBeGreaterThan(2);
    for (const [live, totals, last] of whole) {
      if (live?.kind !== 'live' || totals?.kind !== 'totals' || last?.kind !== 'last-sale')
        throw new Error('order');
      const { volume } = live;
      expect(live).toMatchObject({
        state: 'fuelling',
        hose: 1,
        price: 7849,
        volume: Number(live.amount) * 10,
      });
      expect(totals.hoses).toEqual([{ hose: 1, volume, amount: live.amount }]);
      expect(last).toMatchObject({ number: 12, volume, amount: live.amount, endCode: null });
    }

    seen.forget();
    status = 'BadNoCommunication';
    await vi.waitFor(
      () => expect(seen.readings.some(({ reading }) => reading.kind === 'lost')).toBe(true),
      soon,
    );
    expect(seen.readings.at(-1)?.reading).toMatchObject({ kind: 'lost', reason: 'plc: BadNoCommunication' });
    status = 'Good';
    await vi.waitFor(() => expect(seen.readings.at(-1)?.reading.kind).toBe('last-sale'), soon);

    seen.forget();
    await peer.close();
    await seen.health(false);
    await vi.waitFor(() => expect(seen.client.stats().failures).toBeGreaterThan(1), soon);
    const losses = seen.readings.filter(({ reading }) => reading.kind === 'lost');
    expect(losses).toHaveLength(1);
    seen.client.stop();
  });
});

describe('the OPC UA thread', { timeout: 150_000 }, () => {
  it('that dies is started again: the server is offline meanwhile, fuelling points lost once, then all is read again', async () => {
    const peer = await peerWith([
      ...tankNodes(1, () => 100),
      { id: 's=Point1.State', type: 'Byte', value: () => 2 },
      ...['Hose', 'Volume', 'Amount', 'Price'].map(
        (name): PeerNode => ({ id: `s=Point1.${name}`, type: 'UInt32', value: () => 0 }),
      ),
    ]);
    const seen = rig.read('dies', peer.endpoint, { points: [1] });
    seen.client.want(1, { live: 'normal', totals: 'off', 'last-sale': 'off', price: 'off' });
    await seen.tank();
    await vi.waitFor(
      () => expect(seen.readings.at(-1)?.reading).toMatchObject({ kind: 'live', state: 'idle' }),
      soon,
    );
    seen.forget();
    rig.opcua.kill();
    expect((await seen.health(false)).reason).toContain('the OPC UA thread is gone');
    expect(seen.readings.map(({ reading }) => reading.kind)).toEqual(['lost']);
    await seen.health(true);
    expect((await seen.tank()).volume).toBe(100_000);
    await vi.waitFor(() => expect(seen.readings.at(-1)?.reading.kind).toBe('live'), soon);
    expect(seen.readings.filter(({ reading }) => reading.kind === 'lost')).toHaveLength(1);
    expect(rig.opcua.stats()).toMatchObject({ running: true, restarts: 1 });
    seen.client.stop();
    await peer.close();
  });
});
