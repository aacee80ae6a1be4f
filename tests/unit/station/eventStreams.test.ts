import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { createEventStreams } from '../../../src/station/api/eventStreams.ts';
import { fakeLog } from '../../support/fakeBus.ts';

it('a stream ends with its client, also behind a body that nobody asked for', async () => {
  const streams = createEventStreams(fakeLog());
  const closed = Promise.withResolvers<string>();
  const server = createServer({ requestTimeout: 0 }, (_, response) => {
    streams.openOwn(response, () => closed.resolve('its source is stopped'));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  const client = connect(port, '127.0.0.1');
  client.write('GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 200000\r\n\r\n');
  await once(client, 'data');
  client.end('x'.repeat(200_000));
  expect(await closed.promise).toBe('its source is stopped');
});
