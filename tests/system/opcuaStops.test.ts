/** OPC UA clients that are stopped or whose library throws, and servers that go down, beside one that is read on. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { freePort } from '../support/freePort.ts';
import { makePair, type Pair, type Peer, startPeer, tankNodes } from '../support/opcuaPeer.ts';
import { type OpcuaSeen, opcuaRig } from '../support/opcuaRig.ts';

const directory = mkdtempSync(join(tmpdir(), 'forecourt-opcua-'));
const rig = opcuaRig(directory, new URL('../support/opcuaThrowingWorker.ts', import.meta.url));
const soon = { timeout: 20_000, interval: 25 };
let pair: Pair;
let peer: Peer;
let steady: OpcuaSeen;
let litres = 1;

beforeAll(async () => {
  pair = await makePair('peer');
  rig.trustPem(pair.certificate);
  peer = await startPeer({ port: await freePort(), pair, nodes: tankNodes(1, () => litres) });
  steady = rig.read('steady', peer.endpoint);
  await steady.tank();
});
afterAll(async () => {
  await rig.opcua.stop();
  await peer.close();
  rmSync(directory, { recursive: true, force: true });
});

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const told = (pattern: RegExp) => rig.log.lines.filter(({ message }) => pattern.test(message));

/** It was read all the while by one connection, and a new value comes at once. */
async function stayedReadable(): Promise<void> {
  litres += 1;
  await vi.waitFor(
    () => expect(steady.facts.at(-1)).toMatchObject({ kind: 'tank', volume: litres * 1000 }),
    soon,
  );
  expect(steady.facts.filter((fact) => fact.kind === 'health' && !fact.online)).toEqual([]);
  expect(steady.client.stats()).toMatchObject({ connects: 1, failures: 0 });
  expect(rig.opcua.stats()).toMatchObject({ running: true, restarts: 0 });
  expect(told(/a thread is gone/)).toEqual([]);
}

describe('an OPC UA client', { timeout: 150_000 }, () => {
  it('that is stopped just when its subscription is made costs the others nothing', async () => {
    const other = await startPeer({ port: await freePort(), pair, nodes: tankNodes(1, () => 1) });
    let answers = () => {};
    other.twist('CreateSubscription', () => answers());
    for (let n = 0; n < 24; n++) {
      const { client } = rig.read(`subscribing-${n}`, other.endpoint);
      await new Promise<void>((resolve) => {
        answers = () => {
          if (n % 2 === 0) client.stop();
          setImmediate(() => {
            client.stop();
            resolve();
          });
        };
      });
    }
    await vi.waitFor(() => expect([other.sessions(), other.channels()]).toEqual([0, 0]), soon);
    await other.close();
    await stayedReadable();
    expect(told(/OPC UA library threw|nobody waited for/)).toEqual([]);
  });

  it('that is stopped at any moment, also while its server goes down, costs the others nothing', async () => {
    const port = await freePort();
    const start = () => startPeer({ port, pair, nodes: tankNodes(1, () => Math.random() * 1000) });
    let other = await start();
    for (let round = 0; round < 6; round++) {
      const down = round % 3 === 2;
      const clients = Array.from({ length: 5 }, (_, n) => rig.read(`other-${round}-${n}`, other.endpoint));
      await Promise.all([
        ...clients.map(({ client }) => sleep(100 + Math.random() * 500).then(client.stop)),
        ...(down ? [sleep(100 + Math.random() * 500).then(other.close)] : []),
      ]);
      if (down) other = await start();
    }
    await vi.waitFor(() => expect([other.sessions(), other.channels()]).toEqual([0, 0]), soon);
    await other.close();
    await stayedReadable();
    expect(told(/OPC UA library threw|nobody waited for/)).toEqual([]);
  });
});

describe('an exception of the library', { timeout: 150_000 }, () => {
  it('costs the client whose timer it came from a connection each time, and the others nothing', async () => {
    const seen = rig.read('throws', peer.endpoint, { config: { publishingMs: 111 } });
    expect((await seen.health(false)).reason).toMatch(/the library failed: from a timer$/);
    await vi.waitFor(() => expect(seen.client.stats().failures).toBeGreaterThan(1), soon);
    expect(seen.client.stats().connects).toBeGreaterThan(1);
    expect(told(/OPC UA library threw/)[0]).toMatchObject({ level: 'error', fields: { server: 'throws' } });
    seen.client.stop();
    await stayedReadable();
  });
});

describe('an OPC UA server', { timeout: 150_000 }, () => {
  it('that answers for more nodes than were asked for is polled', async () => {
    const other = await startPeer({ port: await freePort(), pair, nodes: tankNodes(1, () => 1) });
    other.twist('CreateMonitoredItems', (response) => {
      const results = response.results as unknown[];
      results.push(results[0]);
    });
    const seen = rig.read('generous', other.endpoint, { config: { timeoutMs: 500 } });
    await vi.waitFor(() => expect(seen.client.stats().reason).toMatch(/^polled: /), soon);
    expect(seen.client.stats()).toMatchObject({ online: true, connects: 1 });
    seen.client.stop();
    await other.close();
    await stayedReadable();
  });

  it('that would keep a subscription alive less often than a session is subscribed to all the same', async () => {
    const lazy = await startPeer({ port: await freePort(), pair, nodes: tankNodes(1, () => 1) });
    lazy.twist('CreateSubscription', (response) => {
      response.revisedMaxKeepAliveCount = 1_000_000;
    });
    const seen = rig.read('lazy', lazy.endpoint);
    await vi.waitFor(() => expect(seen.client.stats().subscribed).toBe(true), soon);
    seen.client.stop();
    await lazy.close();
    await stayedReadable();
  });
});
