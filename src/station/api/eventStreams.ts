/** Server-sent events to many clients, each bounded: who falls 1 MiB behind is cut off and may come again. */
import type { ServerResponse } from 'node:http';
import type { Log } from '../../core/ports.ts';
import type { Push } from '../view.ts';

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
