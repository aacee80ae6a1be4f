/** Who waits for the credit: a client of the local API and a subscriber at the broker. Both stamp what arrives at once. */
import { request } from 'node:http';
import { connect } from 'mqtt';
import { monotonicMs } from './saleMessages.ts';

/** The next event of a type; each waits for one only. */
export interface Arrivals {
  next(type: string): Promise<{ readonly at: number; readonly data: Record<string, unknown> }>;
  close(): void;
}

const patienceMs = 15_000;

function inbox(name: string) {
  const waiting = new Map<string, (at: number, text: string) => void>();
  return {
    arrived(type: string, at: number, text: string): void {
      waiting.get(type)?.(at, text);
      waiting.delete(type);
    },
    next(type: string): Promise<{ at: number; data: Record<string, unknown> }> {
      return new Promise((resolve, reject) => {
        const timer = setTimeout(
          () => reject(new Error(`${name}: no ${type} within ${patienceMs} ms`)),
          patienceMs,
        );
        waiting.set(type, (at, text) => {
          clearTimeout(timer);
          resolve({ at, data: JSON.parse(text) as Record<string, unknown> });
        });
      });
    },
  };
}

/** Server-sent events of the daemon's Unix socket. */
export function listenToApi(socketPath: string): Promise<Arrivals> {
  const { arrived, next } = inbox('local API');
  return new Promise((resolve, reject) => {
    const outgoing = request({ socketPath, path: '/v1/events' }, (response) => {
      let rest = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        const at = monotonicMs();
        const frames = (rest + chunk).split('\n\n');
        rest = frames.pop() ?? '';
        for (const frame of frames) {
          const [, type, text] = /^event: (.*)\ndata: (.*)$/.exec(frame) ?? [];
          if (type !== undefined && text !== undefined) arrived(type, at, text);
        }
      });
      resolve({ next, close: () => outgoing.destroy() });
    });
    outgoing.on('error', reject);
    outgoing.end();
  });
}

/** Credits of every station at the broker, QoS 1. */
export async function listenToBroker(port: number): Promise<Arrivals> {
  const { arrived, next } = inbox('MQTT subscriber');
  const client = connect({ host: '127.0.0.1', port, protocolVersion: 5, reconnectPeriod: 0 });
  client.on('message', (topic, payload) => {
    const at = monotonicMs();
    arrived(topic.slice(topic.lastIndexOf('/') + 1), at, payload.toString());
  });
  await new Promise<void>((resolve, reject) => {
    client.once('error', reject);
    client.once('connect', () => resolve());
  });
  await client.subscribeAsync('forecourt/v1/+/events/credit.posted', { qos: 1 });
  return { next, close: () => client.end(true) };
}
