/** OPC UA against node-opcua's server with security on: who is trusted, who is let in, what is read. */
import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { viewCertificate } from '../../src/drivers/opcua/pki/certificate.ts';
import type { OpcuaProfile } from '../../src/model/config/opcuaProfile.ts';
import { freePort } from '../support/freePort.ts';
import { makePair, type Pair, type Peer, startPeer, tankNodes } from '../support/opcuaPeer.ts';
import { genericOpcua, opcuaRig } from '../support/opcuaRig.ts';

const directory = mkdtempSync(join(tmpdir(), 'forecourt-opcua-'));
const rig = opcuaRig(directory);
const nodes = tankNodes(1, () => 4321.5);
let good: Pair;
let user: Pair;
let port: number;
let peer: Peer;

/** Hex of SHA-256 of what the peer does not let in. */
const refused = new Set<string>();
const trusts = (der: Uint8Array) => !refused.has(new X509Certificate(der).fingerprint256);
const users = { scada: 'right' };

beforeAll(async () => {
  good = await makePair('good');
  user = await makePair('operator');
  port = await freePort();
  peer = await startPeer({ port, pair: good, nodes, users, trusts });
});
afterAll(async () => {
  await rig.opcua.stop();
  await peer.close();
  rmSync(directory, { recursive: true, force: true });
});

/** The certificate as the station keeps it after it refused it. */
const kept = (id: string) => rig.trust.rejected().find(({ peer: name }) => name === id)?.view.sha256;

describe('an OPC UA server', { timeout: 150_000 }, () => {
  it('is refused at first contact, its certificate kept; when it is trusted it is read without a restart', async () => {
    const seen = rig.read('plc', peer.endpoint);
    const { reason } = await seen.health(false);
    const { sha1, sha256 } = viewCertificate(good.certificate);
    expect(reason).toContain('`forecourt opcua trust plc`');
    expect(reason).toContain(sha1);
    expect(seen.client.stats()).toMatchObject({ online: false, code: 'OPCUA_UNTRUSTED' });
    expect(kept('plc')).toBe(sha256);
    expect(seen.facts.filter(({ kind }) => kind === 'tank')).toEqual([]);

    rig.trustPem(good.certificate);
    const before = Date.now();
    expect(await seen.tank()).toMatchObject({
      ...{ tank: 1, source: 'live', quality: 'uncertain', reason: 'height: its node is not there' },
      ...{ volume: 4_321_500, correctedVolume: 4_316_500, reference: 1500, ullage: 1_234_500 },
      ...{ height: null, water: 70, temperature: -325, deliveryInProgress: false },
    });
    const { at, gaugeClock } = await seen.tank();
    expect(Math.abs(at - before)).toBeLessThan(30_000);
    expect(Math.abs((gaugeClock ?? 0) - at)).toBeLessThan(10_000);
    await vi.waitFor(
      () => expect(seen.client.stats()).toMatchObject({ online: true, subscribed: true, missing: 1 }),
      {
        timeout: 10_000,
      },
    );
    seen.client.stop();
  });

  it('that does not know a node id: it is counted among the missing nodes; where none is known the server is not taken for read', async () => {
    rig.trustPem(good.certificate);
    const generic = genericOpcua();
    const other = (tank: object): OpcuaProfile => ({
      ...generic,
      tank: { ...generic.tank, ...tank } as never,
    });
    const one = other({ height: undefined, ullage: { node: 's=Tank{tank}.Elsewhere' } });
    const seen = rig.read('one-unknown', peer.endpoint, { profile: one });
    expect(await seen.tank()).toMatchObject({
      ...{ quality: 'uncertain', reason: 'ullage: its node is not there' },
      ...{ volume: 4_321_500, ullage: null, water: 70 },
    });
    await vi.waitFor(() => expect(seen.client.stats()).toMatchObject({ online: true, missing: 1 }), {
      timeout: 10_000,
    });
    seen.client.stop();

    const none = { ...generic, tank: { volume: { node: 's=Nowhere{tank}' }, alarms: [] } } as never;
    const unread = rig.read('all-unknown', peer.endpoint, { profile: none });
    expect((await unread.health(false)).reason).toContain('s=Nowhere1 (BadNodeIdUnknown)');
    expect(unread.client.stats()).toMatchObject({ online: false, code: 'OPCUA_NODE' });
    unread.client.stop();
  });

  it.each([
    ['Basic256Sha256', 'anonymous'],
    ['Aes256Sha256RsaPss', 'user'],
    ['Basic256Sha256', 'certificate'],
    ['Aes256Sha256RsaPss', 'anonymous'],
  ] as const)('is read by %s with SignAndEncrypt as %s', async (policy, kind) => {
    const identities = {
      anonymous: { kind: 'anonymous' },
      user: { kind: 'user', user: 'scada', password: 'right' },
      certificate: { kind: 'certificate', ...user },
    } as const;
    const seen = rig.read(`${policy}-${kind}`, peer.endpoint, {
      config: { policy, subscribe: false },
      identity: identities[kind],
    });
    expect((await seen.tank()).volume).toBe(4_321_500);
    seen.client.stop();
  });

  it.each([
    ['a wrong password', { kind: 'user', user: 'scada', password: 'wrong' }],
    ['a user certificate that it does not know', { kind: 'certificate', certificate: '', key: '' }],
  ] as const)('that refuses %s is told as such', async (_what, identity) => {
    if (identity.kind === 'certificate') refused.add(new X509Certificate(user.certificate).fingerprint256);
    const seen = rig.read(`refuses-${identity.kind}`, peer.endpoint, {
      identity: identity.kind === 'certificate' ? { kind: 'certificate', ...user } : identity,
    });
    expect((await seen.health(false)).reason).toContain('refuses the identity');
    expect(seen.client.stats()).toMatchObject({ code: 'OPCUA_CONNECT', connects: 0 });
    refused.clear();
    seen.client.stop();
  });

  it("that does not trust the station is told with the station's fingerprint, and read when it does", async () => {
    const own = new X509Certificate(ownPem());
    refused.add(own.fingerprint256);
    const seen = rig.read('distrusts', peer.endpoint);
    expect((await seen.health(false)).reason).toContain(
      `does not trust this station's certificate (SHA-1 ${own.fingerprint})`,
    );
    refused.clear();
    expect((await seen.tank()).volume).toBe(4_321_500);
    seen.client.stop();
  });

  it('without the security that is asked for is not read with less', async () => {
    const seen = rig.read('signs-only', peer.endpoint, { config: { mode: 'Sign' } });
    expect((await seen.health(false)).reason).toContain('no endpoint with this security policy and mode');
    expect(seen.client.stats().connects).toBe(0);
    seen.client.stop();
  });

  it.each([
    ['has expired', { fromDays: -30, toDays: -1 }, 'it expired on'],
    ['is not valid yet', { fromDays: 1, toDays: 30 }, 'it is valid from'],
  ] as const)('whose certificate %s is refused although it is trusted', async (what, validity, told) => {
    const pair = await makePair(what, validity);
    rig.trustPem(pair.certificate);
    const other = await startPeer({ port: await freePort(), pair, nodes });
    const seen = rig.read(what.replaceAll(' ', '-'), other.endpoint);
    expect((await seen.health(false)).reason).toContain(told);
    expect(seen.client.stats()).toMatchObject({ code: 'OPCUA_UNTRUSTED', connects: 0 });
    seen.client.stop();
    await other.close();
  });

  it('that starts again is read again; with a renewed certificate only after that one is trusted', async () => {
    const at = await freePort();
    let volume = 100;
    const start = (pair: Pair) => startPeer({ port: at, pair, nodes: tankNodes(1, () => volume) });
    let server = await start(good);
    const seen = rig.read('restarts', server.endpoint);
    expect((await seen.tank()).volume).toBe(100_000);

    await server.close();
    await seen.health(false);
    seen.forget();
    volume = 200;
    server = await start(good);
    expect((await seen.tank()).volume).toBe(200_000);

    await server.close();
    const renewed = await makePair('renewed');
    seen.forget();
    server = await start(renewed);
    await vi.waitFor(() => expect(seen.client.stats().code).toBe('OPCUA_UNTRUSTED'), { timeout: 20_000 });
    expect(kept('restarts')).toBe(viewCertificate(renewed.certificate).sha256);
    expect(seen.facts.filter(({ kind }) => kind === 'tank')).toEqual([]);
    rig.trustPem(renewed.certificate);
    expect((await seen.tank()).volume).toBe(200_000);
    rig.trust.untrust(viewCertificate(renewed.certificate));
    await vi.waitFor(() => expect(seen.client.stats().code).toBe('OPCUA_UNTRUSTED'), { timeout: 20_000 });
    seen.client.stop();
    await server.close();
  });
});

/** Made at the first connection. */
const ownPem = (): string => readFileSync(join(directory, 'client', 'own', 'certificate.pem'), 'utf8');
