/** The station's own OPC UA server and the command that trusts. */
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import {
  AttributeIds,
  type ClientSession,
  DataType,
  MessageSecurityMode,
  OPCUAClient,
  SecurityPolicy,
  UserTokenType,
} from 'node-opcua-client';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { viewCertificate } from '../../src/drivers/opcua/pki/certificate.ts';
import { keyPair } from '../../src/drivers/opcua/pki/keyPair.ts';
import { openTrustStore } from '../../src/drivers/opcua/pki/trustStore.ts';
import {
  createOpcuaExport,
  type ExportSnapshot,
  type OpcuaExport,
} from '../../src/drivers/opcuaServer/export.ts';
import { opcuaExportSchema } from '../../src/model/config/opcua.ts';
import { systemClock } from '../../src/station/systemClock.ts';
import { freePort } from '../support/freePort.ts';
import { makePair, type Pair, startPeer, tankNodes } from '../support/opcuaPeer.ts';
import { cli, writeStation } from '../support/station.ts';
import { recordingLog } from '../support/tempStore.ts';

const directory = mkdtempSync(join(tmpdir(), 'forecourt-opcua-'));
const log = recordingLog();
const at = '2026-11-28T06:00:00.000Z';
const snapshot = (volumeMl: number | null): ExportSnapshot => ({
  tanks: [
    {
      ...{ tank: 'T1', grade: '92', quality: volumeMl === null ? 'bad' : 'good', reason: '', volumeMl },
      ...{ volumeAt15Ml: null, capacityMl: 30_000_000, ullageMl: 8_000_000, waterTenthMm: 32 },
      ...{ temperatureCentiC: -325, coverHours: 40, delivery: false, alarms: ['low'], at },
    },
  ],
  fuellingPoints: [
    {
      ...{ fuellingPoint: 'FP1', state: 'fuelling', nozzle: '1', grade: '92', volumeMl: 12_340 },
      ...{ amount: 9_686, price: 7_849, card: true, at },
    },
  ],
  alarms: [{ number: 7, subject: 'T1', kind: 'low', text: 'below 3000 L', at, acknowledged: false }],
});

let scada: Pair;
const open: OpcuaExport[] = [];

beforeAll(async () => {
  scada = await makePair('scada');
});
afterAll(async () => {
  await Promise.all(open.map((each) => each.stop()));
  rmSync(directory, { recursive: true, force: true });
});

async function startExport(name: string, users: readonly { user: string; password: string }[] = []) {
  const pkiDirectory = join(directory, name);
  const config = opcuaExportSchema.parse({ port: await freePort() });
  const own = createOpcuaExport({
    ...{ config, users, pkiDirectory, site: 'test-1', version: '1.2.3', currencyDecimals: 2 },
    ...{ clock: systemClock, log, random: () => 0 },
  });
  open.push(own);
  own.update(snapshot(12_345_678));
  await vi.waitFor(() => expect(own.stats()).toMatchObject({ reason: '', endpoint: expect.any(String) }), {
    timeout: 25_000,
    interval: 50,
  });
  return { own, endpoint: own.stats().endpoint ?? '', trust: openTrustStore(join(pkiDirectory, 'server')) };
}

/** A SCADA's client, which trusts whatever server it meets. */
async function connect<T>(
  endpoint: string,
  identity: { user: string; password: string } | null,
  use: (session: ClientSession) => Promise<T>,
  mode: 'SignAndEncrypt' | 'None' = 'SignAndEncrypt',
): Promise<T> {
  const client = OPCUAClient.create({
    applicationUri: 'urn:test:peer',
    endpointMustExist: false,
    securityMode: MessageSecurityMode[mode],
    securityPolicy: mode === 'None' ? SecurityPolicy.None : SecurityPolicy.Basic256Sha256,
    connectionStrategy: { maxRetry: 0, initialDelay: 100, maxDelay: 200 },
    transportTimeout: 8_000,
    certificateKeyPairProvider: keyPair(scada),
  });
  try {
    await client.connect(endpoint);
    const session = await client.createSession(
      identity
        ? { type: UserTokenType.UserName, userName: identity.user, password: identity.password }
        : { type: UserTokenType.Anonymous },
    );
    return await use(session);
  } finally {
    await client.disconnect();
  }
}

const station = (name: string): string => `ns=2;s=${name}`;

async function readAll(session: ClientSession, names: readonly string[]): Promise<unknown[]> {
  const values = await session.read(
    names.map((name) => ({ nodeId: station(name), attributeId: AttributeIds.Value })),
  );
  return values.map(({ value, statusCode }) => (statusCode.isGood() ? value.value : statusCode.name));
}

/** OPC 10000-6, 7.1.2.3: version, buffer sizes, largest message, chunks, endpoint. */
function hello(endpoint: string): Buffer {
  const body = Buffer.alloc(24 + endpoint.length);
  for (const [index, value] of [0, 65_536, 65_536, 0, 0, endpoint.length].entries())
    body.writeUInt32LE(value, index * 4);
  body.write(endpoint, 24, 'latin1');
  const header = Buffer.from('HELF    ', 'latin1');
  header.writeUInt32LE(8 + body.length, 4);
  return Buffer.concat([header, body]);
}

/** A stranger who sends and goes when it is answered by the end, or has waited a little. */
async function sendsUntilClosed(port: number, packets: readonly Buffer[]): Promise<void> {
  const socket = createConnection(port, '127.0.0.1').on('error', () => {});
  for (const packet of packets) {
    socket.write(packet);
    await setTimeout(10);
  }
  socket.resume();
  await Promise.race([once(socket, 'close'), setTimeout(200)]);
  socket.destroy();
}

describe("the station's own OPC UA server", { timeout: 150_000 }, () => {
  it('shows tanks, fuelling points and alarms to a client that is trusted, and lets nobody write', async () => {
    const { own, endpoint, trust } = await startExport('trusted');
    await expect(connect(endpoint, null, async () => 'in')).rejects.toThrow();
    const { sha256 } = viewCertificate(scada.certificate);
    expect(trust.rejected().map(({ view }) => view.sha256)).toEqual([sha256]);
    expect(log.lines.some(({ message }) => message === 'an OPC UA client was refused')).toBe(true);
    trust.trust(viewCertificate(scada.certificate));

    await connect(endpoint, null, async (session) => {
      const namespaces = await session.readNamespaceArray();
      expect(namespaces[2]).toBe('urn:forecourt:station');
      expect(
        await readAll(session, [
          'Station.Site',
          ...['Volume', 'VolumeAt15', 'Temperature', 'Water', 'Alarms'].map((name) => `Tanks.T1.${name}`),
          ...['State', 'Volume', 'Amount', 'Price'].map((name) => `FuellingPoints.FP1.${name}`),
          ...['Standing', 'Texts'].map((name) => `Alarms.${name}`),
        ]),
      ).toEqual([
        'test-1',
        ...[12_345.678, 'BadNoData', -3.25, 3.2, 'low'],
        ...['fuelling', 12.34, 96.86, 7.849],
        ...[1, ['below 3000 L']],
      ]);
      for (const name of ['Tanks.T1.Volume', 'Station.Site', 'Alarms.Standing']) {
        const status = await session.write({
          nodeId: station(name),
          attributeId: AttributeIds.Value,
          value: { value: { dataType: DataType.Double, value: 1 } },
        });
        expect([name, status.isGood(), status.name]).toEqual([
          name,
          false,
          expect.stringMatching(/NotWritable|AccessDenied/),
        ]);
      }
      own.update(snapshot(null));
      await vi.waitFor(
        async () => expect(await readAll(session, ['Tanks.T1.Volume'])).toEqual(['BadSensorFailure']),
        {
          timeout: 10_000,
          interval: 100,
        },
      );
    });
    await expect(connect(endpoint, null, async () => 'in', 'None')).rejects.toThrow();
    expect(own.stats()).toMatchObject({ restarts: 0, endpoint });
  });

  it('cuts off whoever sends what the library throws at, and serves the others on', async () => {
    const { own, endpoint, trust } = await startExport('hostile');
    trust.trust(viewCertificate(scada.certificate));
    const { port } = new URL(endpoint);
    await connect(endpoint, null, async (session) => {
      for (const size of [0xffff_ffff, 0x7fff_ffff, 0x8000_0000, 1_000_000, 9])
        for (const kind of ['HELF', 'OPNF', 'MSGF', 'MSGC', 'CLOF', 'XXXX']) {
          const header = Buffer.alloc(200, 7);
          header.write(kind, 'latin1');
          header.writeUInt32LE(size, 4);
          await sendsUntilClosed(Number(port), [header]);
          await sendsUntilClosed(Number(port), [hello(endpoint), header]);
          await sendsUntilClosed(Number(port), [Buffer.concat([hello(endpoint), header])]);
        }
      expect(await readAll(session, ['Station.Site'])).toEqual(['test-1']);
    });
    expect(own.stats().restarts).toBe(0);
    expect(log.lines).toContainEqual(
      expect.objectContaining({
        message: 'the OPC UA library threw an exception at what clients sent: they were cut off',
      }),
    );
  });

  it('with users lets in those with their password, and nobody else', async () => {
    const { endpoint, trust } = await startExport('users', [{ user: 'scada', password: 'right' }]);
    trust.trust(viewCertificate(scada.certificate));
    const inside = async (session: ClientSession) => readAll(session, ['Tanks.T1.Grade']);
    expect(await connect(endpoint, { user: 'scada', password: 'right' }, inside)).toEqual(['92']);
    await expect(connect(endpoint, { user: 'scada', password: 'wrong' }, inside)).rejects.toThrow(
      /Denied|Rejected/,
    );
    await expect(connect(endpoint, { user: 'other', password: 'right' }, inside)).rejects.toThrow(
      /Denied|Rejected/,
    );
    await expect(connect(endpoint, null, inside)).rejects.toThrow();
    // also the one that is in
    await connect(endpoint, { user: 'scada', password: 'right' }, async (session) => {
      trust.untrust(viewCertificate(scada.certificate));
      await vi.waitFor(() => expect(inside(session)).rejects.toThrow(), { timeout: 15_000, interval: 250 });
    });
    await expect(connect(endpoint, { user: 'scada', password: 'right' }, inside)).rejects.toThrow();
  });
});

describe('forecourt opcua', { timeout: 150_000 }, () => {
  it('shows a certificate, trusts it after a yes, lists it, and trusts it no more', async () => {
    const pair = await makePair('Gauge');
    const other = viewCertificate((await makePair('other')).certificate);
    const peer = await startPeer({ port: await freePort(), pair, nodes: tankNodes(1, () => 1) });
    const station = writeStation({
      station: {
        opcua: [{ id: 'plc', endpoint: peer.endpoint, profile: 'generic-opcua' }],
        gauges: [{ id: 'G1', kind: 'opcua', server: 'plc' }],
        grades: [{ id: '92' }],
        tanks: [{ id: 'T1', grade: '92', gauge: { gauge: 'G1', tank: 1 } }],
      },
    });
    const at = ['--station', station.file];
    const { sha1, sha256 } = viewCertificate(pair.certificate);

    // every call loads the whole command line: those that do not depend on each other go side by side
    const [asked, wrong] = await Promise.all([
      cli('opcua', 'trust', ...at),
      cli('opcua', 'trust', 'plc', ...at, '--yes', '--fingerprint', other.sha1),
    ]);
    expect(asked.stdout).toContain(sha1);
    expect(asked).toMatchObject({ code: 2, stderr: expect.stringContaining('--yes') });
    expect(wrong).toMatchObject({ code: 1, stderr: expect.stringContaining('OPCUA_UNTRUSTED') });

    const trusted = await cli('opcua', 'trust', 'plc', ...at, '--yes', '--fingerprint', sha1, '--json');
    expect(JSON.parse(trusted.stdout)).toMatchObject({
      trusted: true,
      already: false,
      sha1,
      sha256,
      subject: 'CN=Gauge',
    });
    await peer.close();
    const [listed, gone] = await Promise.all([
      cli('opcua', 'list', ...at),
      cli('opcua', 'trust', 'plc', ...at, '--yes'),
    ]);
    expect(listed.stdout).toContain(sha1);
    expect(gone).toMatchObject({ code: 1, stderr: expect.stringContaining('OPCUA_CONNECT') });
    expect(await cli('opcua', 'untrust', sha256.slice(0, 14), ...at)).toMatchObject({ code: 0 });
    expect(openTrustStore(join(station.directory, 'store/pki/client')).trusted()).toEqual([]);
  });
});
