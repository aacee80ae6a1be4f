/** Routes that prove the books: server-sent events `progress`, then `result` or `error`. */
import type { FastifyInstance, FastifyReply } from 'fastify';
import { z } from 'zod';
import type { Books, BooksMessage } from '../books.ts';
import type { createEventStreams } from './eventStreams.ts';

const range = z.strictObject({ from: z.iso.date().optional(), to: z.iso.date().optional() });

export function addBookRoutes(
  app: FastifyInstance,
  books: Books,
  streams: ReturnType<typeof createEventStreams>,
): void {
  const stream = (
    reply: FastifyReply,
    begin: (listener: (message: BooksMessage) => void) => () => void,
  ): void => {
    streams.makeRoom();
    let write: ((type: string, data: unknown) => void) | null = null;
    // Before the hijack, so that a refusal is an answer; it tells nothing before the next turn of the loop.
    const stop = begin(({ type, data }) => write?.(type, data));
    reply.hijack();
    write = streams.openOwn(reply.raw, stop);
  };
  app.get('/v1/books/verify', (_request, reply) => stream(reply, books.verify));
  app.get('/v1/books/reconcile', (request, reply) => {
    const { from = null, to = null } = range.parse(request.query);
    stream(reply, (listener) => books.reconcile({ from, to }, listener));
  });
}
