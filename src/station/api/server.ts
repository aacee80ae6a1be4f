/**
 * The local API: HTTP over a Unix socket, JSON and server-sent events. Who may use it is the socket file's
 * owner and group (0660). A client that does not read is dropped; it never slows the station.
 */
import { chmodSync, rmSync } from 'node:fs';
import { createConnection } from 'node:net';
import Fastify, { type FastifyInstance, type FastifyReply } from 'fastify';
import { z } from 'zod';
import type { Log } from '../../core/ports.ts';
import { asForecourtError, ForecourtError } from '../../model/errors.ts';
import type { Push, StationView } from '../view.ts';
import { createEventStreams } from './eventStreams.ts';

export interface ApiServer {
  push(event: Push): void;
  stop(): Promise<void>;
}

/** Bytes that fit a Unix socket's address on Linux. */
const longestSocketPath = 107;

const salesQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(1000).default(20),
  before: z.coerce.number().int().min(1).optional(),
  fuellingPoint: z.string().max(40).optional(),
});

/** Serves `view` on `socket`. Throws API_REFUSED when another daemon already serves there. */
export async function startApi(socket: string, view: StationView, log: Log): Promise<ApiServer> {
  if (Buffer.byteLength(socket) > longestSocketPath) {
    throw new ForecourtError(
      'API_REFUSED',
      `the socket's path is longer than ${longestSocketPath} bytes: ${socket}; set api.socket to a shorter one`,
    );
  }
  if (await answers(socket)) {
    throw new ForecourtError('API_REFUSED', `another daemon already answers on ${socket}`, { socket });
  }
  rmSync(socket, { force: true });
  const streams = createEventStreams(log);
  const app = Fastify({
    bodyLimit: 64 * 1024,
    requestTimeout: 10_000,
    forceCloseConnections: true,
    frameworkErrors: (error, _request, reply) => {
      // Fastify's types make this reply one of no route.
      (reply as unknown as FastifyReply)
        .code(400)
        .send(errorBody(new ForecourtError('USAGE', error.message)));
    },
  });
  app.server.maxConnections = 64;
  addRoutes(app, view, streams);
  app.setNotFoundHandler((_request, reply) =>
    reply.code(404).send(errorBody(new ForecourtError('NOT_FOUND', 'there is no such resource'))),
  );
  app.setErrorHandler((error, _request, reply) => {
    const failure =
      error instanceof z.ZodError
        ? new ForecourtError('USAGE', z.prettifyError(error))
        : asForecourtError(error);
    if (failure.code === 'INTERNAL') log.error({ err: error }, 'the local API failed to answer');
    return reply.code(statusOf(failure, error)).send(errorBody(failure));
  });
  await app.listen({ path: socket });
  chmodSync(socket, 0o660);
  return {
    push: streams.push,
    async stop() {
      streams.close();
      await app.close();
      rmSync(socket, { force: true });
    },
  };
}

function addRoutes(
  app: FastifyInstance,
  view: StationView,
  streams: ReturnType<typeof createEventStreams>,
): void {
  app.get('/v1/status', () => view.status());
  app.get('/v1/devices', () => view.devices());
  app.get('/v1/sales', (request) => {
    const { limit, before, fuellingPoint } = salesQuery.parse(request.query);
    return view.sales({
      limit,
      ...(before === undefined ? {} : { before }),
      ...(fuellingPoint === undefined ? {} : { fuellingPoint }),
    });
  });
  app.get<{ Params: { id: string } }>('/v1/sales/:id', (request) => {
    const { id } = request.params;
    const sale = view.sale(/^\d{1,15}$/.test(id) ? Number(id) : id);
    if (!sale) throw new ForecourtError('NOT_FOUND', `there is no sale ${id}`);
    return sale;
  });
  app.get<{ Params: { id: string } }>('/v1/members/:id', (request) => {
    const brief = view.member(request.params.id);
    if (!brief) throw new ForecourtError('NOT_FOUND', `there is no member ${request.params.id}`);
    return brief;
  });
  app.get('/v1/events', (_request, reply) => {
    reply.hijack();
    streams.open(reply.raw);
  });
  app.get<{ Params: { id: string } }>('/v1/lines/:id/trace', (request, reply) => {
    let write: ((type: string, data: unknown) => void) | null = null;
    // Before the hijack, so that an unknown line is answered with 404.
    const stop = view.trace(request.params.id, (frame) => write?.('frame', frame));
    reply.hijack();
    write = streams.openOwn(reply.raw, stop);
  });
}

const errorBody = (error: ForecourtError) => ({
  error: { code: error.code, message: error.message, hint: error.hint },
});

function statusOf(failure: ForecourtError, error: unknown): number {
  if (failure.code === 'NOT_FOUND') return 404;
  if (failure.code === 'USAGE') return 400;
  const given = (error as { statusCode?: number }).statusCode;
  return given !== undefined && given >= 400 && given < 500 ? given : 500;
}

function answers(socket: string): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createConnection(socket);
    probe.once('connect', () => {
      probe.destroy();
      resolve(true);
    });
    probe.once('error', () => resolve(false));
  });
}
