/**
 * The local API: HTTP over a Unix socket, JSON and server-sent events. Who may use it is the socket file's
 * owner and group (0660). A client that does not read is dropped; it never slows the station.
 */
import { chmodSync, rmSync } from 'node:fs';
import { createConnection, type Socket } from 'node:net';
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Log } from '../../core/ports.ts';
import { asForecourtError, ForecourtError } from '../../model/errors.ts';
import type { Desk } from '../desk.ts';
import type { TankDesk } from '../tanks/view.ts';
import type { Push, StationView } from '../view.ts';
import { addBookRoutes } from './bookRoutes.ts';
import { addDeskRoutes, saleId } from './deskRoutes.ts';
import { createEventStreams } from './eventStreams.ts';
import { createPace } from './pace.ts';
import { addTankRoutes } from './tankRoutes.ts';

export interface ApiServer {
  push(event: Push): void;
  stop(): Promise<void>;
}

/** Bytes that fit a Unix socket's address on Linux. */
const longestSocketPath = 107;

/** A request must have come whole by then: its headers and its body. */
const slowestMs = 10_000;
const mostConnections = 128;

const salesQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(1000).default(20),
  before: z.coerce.number().int().min(1).optional(),
  fuellingPoint: z.string().max(40).optional(),
});

/** Who answers. */
export interface ApiParts {
  readonly view: StationView;
  readonly desk: Desk;
  readonly tanks: TankDesk;
}

/** Serves on `socket`. Throws API_REFUSED when another daemon already serves there. */
export async function startApi(
  socket: string,
  { view, desk, tanks }: ApiParts,
  log: Log,
): Promise<ApiServer> {
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
    requestTimeout: slowestMs,
    keepAliveTimeout: 5_000,
    http: {
      headersTimeout: slowestMs,
      connectionsCheckingInterval: 2_000,
      maxHeaderSize: 8 * 1024,
      // There is one host on the socket; Node would refuse the lack of its name without a code.
      requireHostHeader: false,
    },
    forceCloseConnections: true,
    frameworkErrors: (error, _request, reply) => {
      // Fastify's types make this reply one of no route.
      (reply as unknown as FastifyReply)
        .code(400)
        .send(errorBody(new ForecourtError('USAGE', error.message)));
    },
    clientErrorHandler: (error, socket) => refuse(socket, error),
  });
  app.server.maxConnections = mostConnections;
  keepPace(app);
  addRoutes(app, view, streams);
  addDeskRoutes(app, desk);
  addTankRoutes(app, tanks);
  addBookRoutes(app, view.books, streams);
  app.setNotFoundHandler((_request, reply) =>
    reply.code(404).send(errorBody(new ForecourtError('NOT_FOUND', 'there is no such resource'))),
  );
  app.setErrorHandler((error, _request, reply) => {
    const failure = failureOf(error);
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
    const sale = view.sale(saleId(id));
    if (!sale) throw new ForecourtError('NOT_FOUND', `there is no sale ${id}`);
    return sale;
  });
  app.get<{ Params: { id: string } }>('/v1/members/:id', (request) => {
    const brief = view.member(request.params.id);
    if (!brief) throw new ForecourtError('NOT_FOUND', `there is no member ${request.params.id}`);
    return brief;
  });
  app.get('/v1/events', (_request, reply) => {
    streams.makeRoom();
    reply.hijack();
    streams.open(reply.raw);
  });
  app.get<{ Params: { id: string } }>('/v1/lines/:id/trace', (request, reply) => {
    streams.makeRoom();
    let write: ((type: string, data: unknown) => void) | null = null;
    // Before the hijack, so that an unknown line is answered with 404.
    const stop = view.trace(request.params.id, (frame) => write?.('frame', frame));
    reply.hijack();
    write = streams.openOwn(reply.raw, stop);
  });
}

/** Requests of one connection that may wait for an answer: more is a client that does not read them. */
const mostPipelined = 8;
/** What a connection or a request that is sent away costs, milliseconds. */
const refusalMs = 0.1;

/**
 * Every request waits for its turn; what its answer cost is the work between its handler's start and the written answer. Who
 * asks without waiting for answers is hung up on, and while too much waits nobody is let in.
 */
function keepPace(app: FastifyInstance): void {
  const pace = createPace(() => performance.now());
  const running = new WeakMap<FastifyRequest, { readonly booked: number; from: number }>();
  const waiting = new WeakMap<Socket, number>();
  const hangUp = (socket: Socket): void => {
    pace.settle(0, refusalMs);
    socket.destroy();
  };
  app.server.on('connection', (socket) => {
    if (pace.isFull()) hangUp(socket);
  });
  app.addHook('onRequest', async (request) => {
    const { socket } = request.raw;
    const before = waiting.get(socket) ?? 0;
    waiting.set(socket, before + 1);
    if (before >= mostPipelined) hangUp(socket);
    const place = socket.destroyed ? null : pace.book();
    if (!place) throw new ForecourtError('API_BUSY', 'too many requests');
    running.set(request, { booked: place.booked, from: performance.now() });
    if (place.waitMs > 0) await sleep(place.waitMs);
  });
  app.addHook('preHandler', async (request) => {
    const own = running.get(request);
    if (own) own.from = performance.now();
  });
  app.addHook('onSend', async (request) => {
    const { socket } = request.raw;
    waiting.set(socket, (waiting.get(socket) ?? 1) - 1);
    const own = running.get(request);
    if (own) pace.settle(own.booked, performance.now() - own.from);
    running.delete(request);
  });
}

const errorBody = (error: ForecourtError) => ({
  error: { code: error.code, message: error.message, hint: error.hint },
});

/** The request is well made; what it asks for may not be done. */
const conflicts: ReadonlySet<string> = new Set([
  'CORRECTION_REFUSED',
  'CORRECTION_TOO_LATE',
  'CARD_REFUSED',
  'ALARM_STATE',
  'GAUGE_REFUSED',
]);

/** Bytes that are no request: there is nothing yet that could answer them but the socket. */
function refuse(socket: Socket, { code, message }: NodeJS.ErrnoException): void {
  if (code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const body = JSON.stringify(errorBody(new ForecourtError('USAGE', message)));
  const head = `HTTP/1.1 400 Bad Request\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}`;
  // The rest of what the client writes is not waited for.
  socket.end(`${head}\r\nConnection: close\r\n\r\n${body}`, () => socket.destroy());
}

/** Fastify's own refusals (a body that is no JSON, too large or of another type) are the client's fault. */
function failureOf(error: unknown): ForecourtError {
  if (error instanceof z.ZodError) return new ForecourtError('USAGE', z.prettifyError(error));
  const status = (error as { statusCode?: number }).statusCode ?? 500;
  if (error instanceof Error && !(error instanceof ForecourtError) && status >= 400 && status < 500)
    return new ForecourtError('USAGE', error.message, {}, error);
  return asForecourtError(error);
}

function statusOf(failure: ForecourtError, error: unknown): number {
  if (failure.code === 'NOT_FOUND') return 404;
  if (failure.code === 'API_BUSY') return 503;
  if (conflicts.has(failure.code)) return 409;
  const given = (error as { statusCode?: number }).statusCode;
  if (given !== undefined && given >= 400 && given < 500) return given;
  return failure.code === 'USAGE' ? 400 : 500;
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
