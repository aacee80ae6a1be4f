/** TLS with client certificates against mosquitto. */
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { makeAuthority } from '../support/certificates.ts';
import { startMosquitto, subscribe } from '../support/mosquitto.ts';
import { appendBusiness, mqttConfig, startPublisher } from '../support/publishing.ts';
import { tempDirectory, tempStore } from '../support/tempStore.ts';

const waiting = { timeout: 25_000, interval: 20 };

async function secured() {
  const directory = tempDirectory();
  const authority = makeAuthority(directory, 'authority');
  const server = authority.issue('broker.test');
  const broker = await startMosquitto([
    `cafile ${authority.file}`,
    `certfile ${server.certificate}`,
    `keyfile ${server.key}`,
    'require_certificate true',
    'use_identity_as_username true',
  ]);
  return { directory, authority, broker };
}

it('events reach a broker that asks for a client certificate', async () => {
  const { authority, broker } = await secured();
  const station = authority.issue('station');
  const consumer = authority.issue('consumer');
  const subscriber = await subscribe(broker.port, 'forecourt/v1/#', [
    ...['--cafile', authority.file, '--cert', consumer.certificate, '--key', consumer.key, '--insecure'],
  ]);
  const store = tempStore();
  appendBusiness(store, 3);
  const tls = { ca: authority.file, ...station, serverName: 'broker.test' };
  await startPublisher(store, mqttConfig(broker.port, { tls })).emptied();
  await vi.waitFor(() => expect(subscriber.json('/events/station.stopped')).toHaveLength(3), waiting);
});

it('a broker whose certificate is of another name or authority gets nothing', async () => {
  const { directory, authority, broker } = await secured();
  const station = authority.issue('station');
  const otherName = { ca: authority.file, ...station, serverName: 'another.test' };
  const misnamed = startPublisher(tempStore(), mqttConfig(broker.port, { tls: otherName }));
  await vi.waitFor(() => expect(misnamed.report().lastError).toMatch(/altnames/), waiting);
  const otherAuthority = {
    ca: makeAuthority(directory, 'other').file,
    ...station,
    serverName: 'broker.test',
  };
  const distrusted = startPublisher(tempStore(), mqttConfig(broker.port, { tls: otherAuthority }));
  await vi.waitFor(() => expect(distrusted.report().lastError).toMatch(/certificate/), waiting);
  expect([misnamed.report().connected, distrusted.report().connected]).toEqual([false, false]);
});

it('a certificate that is renewed on the disk is taken without a restart', async () => {
  const { directory, authority, broker } = await secured();
  const tls = {
    ca: authority.file,
    certificate: join(directory, 'station.pem'),
    key: join(directory, 'station.key'),
    serverName: 'broker.test',
  };
  const publisher = startPublisher(tempStore(), mqttConfig(broker.port, { tls }));
  await vi.waitFor(() => expect(publisher.report().lastError).toMatch(/ENOENT/), waiting);

  const put = (issued: { certificate: string; key: string }) => {
    copyFileSync(issued.certificate, tls.certificate);
    copyFileSync(issued.key, tls.key);
  };
  put(makeAuthority(directory, 'stranger').issue('station'));
  await vi.waitFor(() => expect(publisher.report().lastError).toMatch(/alert|reset|closed/i), waiting);
  expect(publisher.report().connected).toBe(false);

  put(authority.issue('station'));
  await publisher.connected();
});
