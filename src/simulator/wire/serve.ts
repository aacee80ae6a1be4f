/** Puts a line's units behind a socket or a serial port. */
import type { Socket } from 'node:net';
import type { LineConfig } from '../../model/config/station.ts';
import { type Endpoint, listenTcp, openSerial } from './endpoint.ts';
import { Conversation, type LineOptions, type Peer } from './line.ts';
import { MbapRequests, mbapFrame } from './mbapRequests.ts';
import { RtuRequests, rtuFrame } from './rtuRequests.ts';

export function serveLine(
  line: LineConfig,
  serialPath: string | undefined,
  options: LineOptions,
): Promise<Endpoint> {
  switch (line.kind) {
    case 'modbus-tcp':
      return listenTcp(line, line.id, (socket) => converseMbap(socket, options));
    case 'rtu-over-tcp':
      return listenTcp(line, line.id, (socket) => {
        options.tally.connections++;
        const peer = { write: (bytes: Uint8Array) => socket.write(bytes), close: () => socket.destroy() };
        const conversation = converseRtu(peer, options);
        socket.on('data', (bytes: Uint8Array) => conversation.push(bytes));
        socket.on('close', () => conversation.close());
      });
    case 'serial':
      return serveSerial(line, serialPath, options);
  }
}

async function serveSerial(
  line: Extract<LineConfig, { kind: 'serial' }>,
  path: string | undefined,
  options: LineOptions,
): Promise<Endpoint> {
  const { baud, dataBits, parity, stopBits } = line;
  const { port, endpoint } = await openSerial(path, { baud, dataBits, parity, stopBits }, line.id);
  // a cable has no close: a dropped link is a reply that never comes
  const conversation = converseRtu({ write: (bytes) => port.write(bytes), close: () => undefined }, options);
  options.tally.connections++;
  port.on('data', (bytes: Uint8Array) => conversation.push(bytes));
  port.on('error', () => conversation.close());
  return {
    close() {
      conversation.close();
      return endpoint.close();
    },
  };
}

function converseRtu(peer: Peer, options: LineOptions) {
  const requests = new RtuRequests(options.units.keys());
  const conversation = new Conversation(options, peer);
  return {
    push(bytes: Uint8Array): void {
      for (const { unit, pdu, frame } of requests.push(bytes)) {
        conversation.receive({ unit, pdu, frame, wrap: (reply) => rtuFrame(unit, reply) });
      }
      options.tally.garbageBytes += requests.takeGarbage();
    },
    close: () => conversation.close(),
  };
}

function converseMbap(socket: Socket, options: LineOptions): void {
  options.tally.connections++;
  const requests = new MbapRequests();
  const peer = { write: (bytes: Uint8Array) => socket.write(bytes), close: () => socket.destroy() };
  const conversation = new Conversation(options, peer);
  socket.on('close', () => conversation.close());
  socket.on('data', (bytes: Uint8Array) => {
    const found = requests.push(bytes);
    if (found === null) {
      options.tally.garbageBytes += bytes.length;
      socket.destroy();
      return;
    }
    for (const { unit, pdu, frame, transaction } of found) {
      conversation.receive({ unit, pdu, frame, wrap: (reply) => mbapFrame(transaction, unit, reply) });
    }
  });
}
