/** A broker that misbehaves as told, for faults that no real one can be made to show. Speaks just enough MQTT 5. */
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

export interface Published {
  /** Counts the connections from 1. */
  readonly connection: number;
  readonly topic: string;
  readonly payload: string;
  readonly qos: number;
  readonly retain: boolean;
  /** Bytes of the whole packet. */
  readonly size: number;
}

/** A reason code for the PUBACK, or bytes in its place, made for the packet's identifier; `silent`: no answer at all; `hang-up`: the connection ends. */
export type Answer = number | ((id: number) => Buffer) | 'silent' | 'hang-up';

export interface ScriptedBroker {
  readonly port: number;
  readonly published: Published[];
  readonly connections: () => number;
}

export interface Script {
  /** Bytes of the CONNACK, or null: silence. */
  readonly connack?: Buffer | null;
  readonly answer?: (message: Published) => Answer;
  /** Each answer so much later; in order. */
  readonly answerAfterMs?: number;
}

const consent = Buffer.from([0x20, 3, 0, 0, 0]);

export async function startScriptedBroker(script: Script): Promise<ScriptedBroker> {
  const { connack = consent, answer = () => 0, answerAfterMs = 0 } = script;
  const published: Published[] = [];
  const sockets = new Set<Socket>();
  let connections = 0;
  const server = createServer((socket) => {
    const connection = ++connections;
    sockets.add(socket);
    socket.on('error', () => {});
    let buffer = Buffer.alloc(0);
    socket.on('data', (chunk: Buffer) => {
      buffer = Buffer.concat([buffer, chunk]);
      for (let packet = firstPacket(buffer); packet !== null; packet = firstPacket(buffer)) {
        buffer = buffer.subarray(packet.length);
        const kind = (packet[0] ?? 0) >> 4;
        if (kind === 1 && connack !== null) socket.write(connack);
        if (kind === 12) socket.write(Buffer.from([0xd0, 0]));
        if (kind !== 3) continue;
        const { id, message } = publishOf(packet, connection);
        published.push(message);
        const code = message.qos === 0 ? 'silent' : answer(message);
        if (code === 'hang-up') socket.destroy();
        else if (code !== 'silent') {
          const bytes =
            typeof code === 'number' ? Buffer.from([0x40, 4, id >> 8, id & 0xff, code, 0]) : code(id);
          if (answerAfterMs === 0) socket.write(bytes);
          else setTimeout(() => socket.write(bytes), answerAfterMs);
        }
      }
    });
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  onTestFinished(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  return { port: (server.address() as AddressInfo).port, published, connections: () => connections };
}

/** MQTT's variable byte integer at `offset`: its value and where it ends; null: more bytes are needed. */
function variableInteger(bytes: Buffer, offset: number): { value: number; end: number } | null {
  let value = 0;
  for (let n = 0; n < 4; n++) {
    const byte = bytes[offset + n];
    if (byte === undefined) return null;
    value += (byte & 0x7f) * 128 ** n;
    if (byte < 0x80) return { value, end: offset + n + 1 };
  }
  throw new Error('not MQTT');
}

function firstPacket(bytes: Buffer): Buffer | null {
  const length = variableInteger(bytes, 1);
  if (length === null || bytes.length < length.end + length.value) return null;
  return bytes.subarray(0, length.end + length.value);
}

function publishOf(packet: Buffer, connection: number): { id: number; message: Published } {
  const flags = packet[0] ?? 0;
  const qos = (flags >> 1) & 3;
  let offset = variableInteger(packet, 1)?.end ?? 0;
  const topic = packet.toString('utf8', offset + 2, offset + 2 + packet.readUInt16BE(offset));
  offset += 2 + Buffer.byteLength(topic);
  const id = qos === 0 ? 0 : packet.readUInt16BE(offset);
  offset += qos === 0 ? 0 : 2;
  const properties = variableInteger(packet, offset) ?? { value: 0, end: offset };
  const payload = packet.toString('utf8', properties.end + properties.value);
  return { id, message: { connection, topic, payload, qos, retain: (flags & 1) === 1, size: packet.length } };
}
