/** A local API that answers what a test says, on a Unix socket of its own. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { tempDirectory } from './tempStore.ts';

export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly body: unknown;
}

type Answer = (asked: Asked) => { readonly status?: number; readonly body: unknown };

export interface FakeApi {
  readonly socket: string;
  readonly asked: readonly Asked[];
}

/** Routes by `GET /v1/tanks`; what is not there is a 404 as the daemon gives it. Closed when the test ends. */
export async function fakeApi(routes: Readonly<Record<string, Answer | object>>): Promise<FakeApi> {
  const socket = join(tempDirectory(), 'api.sock');
  const asked: Asked[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const url = new URL(request.url ?? '/', 'http://localhost');
    const text = Buffer.concat(chunks).toString('utf8');
    const one: Asked = {
      method: request.method ?? '',
      path: url.pathname,
      query: Object.fromEntries(url.searchParams),
      body: text === '' ? null : (JSON.parse(text) as unknown),
    };
    asked.push(one);
    const route = routes[`${one.method} ${one.path}`];
    const { status = 200, body } =
      route === undefined
        ? { status: 404, body: { error: { code: 'NOT_FOUND', message: `there is no ${one.path}` } } }
        : typeof route === 'function'
          ? (route as Answer)(one)
          : { body: route };
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  });
  server.listen(socket);
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { socket, asked };
}
