/** Server-sent events to several clients, each bounded: who falls 1 MiB behind is cut off and may come again. */
import type { ServerResponse } from 'node:http';
import type { Log } from '../../core/ports.ts';
import { ForecourtError } from '../../model/errors.ts';
import type { Push } from '../view.ts';

/** Streams stay open for as long as the client likes: there must be connections left for everybody else. */
const mostStreams = 32;
const mostBehind = 1024 * 1024;
const headers = {
  'content-type': 'text/event-stream',
  'cache-control': 'no-store',
  connection: 'keep-alive',
};

const frame = (type: string, data: unknown): string => `event: ${type}\ndata: ${JSON.stringify(data)}\n\n`;

export function createEventStreams(log: Log) {
  const all = new Set<ServerResponse>();
  const listeners = new Set<ServerResponse>();

  const begin = (response: ServerResponse, onClose: () => void): void => {
    all.add(response);
    response.on('close', () => {
      all.delete(response);
      listeners.delete(response);
      onClose();
    });
    response.on('error', () => response.destroy());
    // Who has said goodbye on its side reads no more; a body that nobody asked for would hide it.
    response.req.resume();
    response.req.socket.on('end', () => response.destroy());
    response.writeHead(200, headers);
    response.write(': forecourt\n\n');
  };

  const write = (response: ServerResponse, text: string): void => {
    if (response.destroyed) return;
    if (response.writableLength > mostBehind) {
      log.warn({}, 'a client of the local API does not read: cut off');
      response.destroy();
      return;
    }
    response.write(text);
  };

  return {
    /** To be called before a stream is begun; throws API_BUSY when there are too many. */
    makeRoom(): void {
      if (all.size >= mostStreams)
        throw new ForecourtError('API_BUSY', `${mostStreams} event streams are open already`);
    },
    /** A client that wants every push. */
    open(response: ServerResponse): void {
      begin(response, () => {});
      listeners.add(response);
    },
    /** A stream of its own source: `onClose` stops the source. Returns the way to write to it. */
    openOwn(response: ServerResponse, onClose: () => void): (type: string, data: unknown) => void {
      begin(response, onClose);
      return (type, data) => write(response, frame(type, data));
    },
    push(event: Push): void {
      if (listeners.size === 0) return;
      const text = frame(event.type, event.data);
      for (const response of listeners) write(response, text);
    },
    close(): void {
      for (const response of all) response.end();
    },
  };
}
