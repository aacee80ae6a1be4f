/**
 * Modbus devices whose every byte is scripted: for each request the script says which bytes go out when. Raw on purpose:
 * nothing here keeps a device from answering late, twice, with noise or not at all. Serves RTU over TCP or Modbus TCP.
 */
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { crc16 } from '../../src/core/modbus/crc16.ts';

export interface SlaveRequest {
  readonly unit: number;
  readonly function: number;
  readonly address: number;
  /** Registers or bits of a read; the value of a single write. */
  readonly count: number;
  /** As received: RTU with CRC, or Modbus TCP with header. */
  readonly frame: Buffer;
}

export interface Sending {
  /** From the request's last byte. */
  readonly afterMs: number;
  readonly bytes: Buffer;
}

export type Script = (request: SlaveRequest) => readonly Sending[];

export interface ScriptedSlave {
  readonly port: number;
  readonly requests: SlaveRequest[];
  script: Script;
  /** Sends to everybody who is connected. */
  say(bytes: Buffer): void;
  connections(): number;
  /** Drops who is connected; newcomers are welcome. */
  drop(): void;
  stop(): Promise<void>;
}

/** The value of a register: no two of a unit are equal, nor are those of two units. */
export const scriptedRegister = (unit: number, address: number): number =>
  ((unit & 15) << 12) | (address & 0xfff);

export function withCrc(body: readonly number[] | Uint8Array): Buffer {
  const frame = Buffer.from([...body, 0, 0]);
  frame.writeUInt16LE(crc16(frame, 0, frame.length - 2), frame.length - 2);
  return frame;
}

/** The right answer to a read of registers, or to a write, in RTU form. */
export function rightAnswer({ unit, function: fn, address, count }: SlaveRequest): Buffer {
  if (fn === 5 || fn === 6 || fn === 15 || fn === 16) {
    return withCrc([unit, fn, address >> 8, address & 0xff, count >> 8, count & 0xff]);
  }
  if (fn <= 2) {
    const data = new Array<number>(Math.ceil(count / 8)).fill(0);
    for (let bit = 0; bit < count; bit++) {
      if ((address + bit) % 3 === 0) data[bit >> 3] = (data[bit >> 3] ?? 0) | (1 << (bit & 7));
    }
    return withCrc([unit, fn, data.length, ...data]);
  }
  const data = Buffer.alloc(count * 2);
  for (let index = 0; index < count; index++) {
    data.writeUInt16BE(scriptedRegister(unit, address + index), index * 2);
  }
  return withCrc([unit, fn, data.length, ...data]);
}

export const exceptionAnswer = ({ unit, function: fn }: SlaveRequest, code: number): Buffer =>
  withCrc([unit, fn | 0x80, code]);

/** An answer in RTU form as it stands in a Modbus TCP stream. */
export function asMbap(request: SlaveRequest, answer: Buffer): Buffer {
  const body = answer.subarray(0, -2);
  return Buffer.concat([request.frame.subarray(0, 4), Buffer.from([0, body.length]), body]);
}

/** Cuts requests out of a stream; what is no request is skipped byte by byte. */
function cutRequest(bytes: Buffer, mbap: boolean): { request: SlaveRequest | null; used: number } {
  const head = mbap ? 6 : 0;
  if (bytes.length < head + 8 - (mbap ? 2 : 0)) return { request: null, used: 0 };
  const fn = bytes[head + 1] ?? 0;
  const many = fn === 15 || fn === 16;
  const bodyLength = many ? 7 + (bytes[head + 6] ?? 0) : 6;
  const length = head + bodyLength + (mbap ? 0 : 2);
  if (bytes.length < length) return { request: null, used: 0 };
  const frame = Buffer.from(bytes.subarray(0, length));
  if (!mbap && crc16(frame) !== 0) return { request: null, used: 1 };
  const request = {
    unit: bytes[head] ?? 0,
    function: fn,
    address: bytes.readUInt16BE(head + 2),
    count: bytes.readUInt16BE(head + 4),
    frame,
  };
  return { request, used: length };
}

export interface SlaveOptions {
  readonly mbap?: boolean;
  /** Port to listen on; default a free one. */
  readonly port?: number;
  /** Nothing overtakes what was promised earlier, as in a device that answers in order. */
  readonly inOrder?: boolean;
}

export async function startScriptedSlave(script: Script, options: SlaveOptions = {}): Promise<ScriptedSlave> {
  const sockets = new Set<Socket>();
  const timers = new Set<NodeJS.Timeout>();
  let free = 0;
  const requests: SlaveRequest[] = [];

  const send = (socket: Socket, { afterMs, bytes }: Sending): void => {
    const now = performance.now();
    const at = options.inOrder ? Math.max(now + afterMs, free) : now + afterMs;
    if (options.inOrder) free = at;
    const timer = setTimeout(() => {
      timers.delete(timer);
      if (socket.writable) socket.write(bytes);
    }, at - now);
    timers.add(timer);
  };

  const server = createServer((socket) => {
    sockets.add(socket);
    socket.setNoDelay(true);
    let buffer = Buffer.alloc(0);
    socket.on('data', (chunk) => {
      buffer = Buffer.concat([buffer, chunk]);
      for (;;) {
        const { request, used } = cutRequest(buffer, options.mbap === true);
        if (used === 0) break;
        buffer = buffer.subarray(used);
        if (!request) continue;
        requests.push(request);
        for (const sending of slave.script(request)) send(socket, sending);
      }
    });
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
  });
  await once(server.listen(options.port ?? 0, '127.0.0.1'), 'listening');

  const slave: ScriptedSlave = {
    port: (server.address() as AddressInfo).port,
    requests,
    script,
    say: (bytes) => {
      for (const socket of sockets) socket.write(bytes);
    },
    connections: () => sockets.size,
    drop() {
      for (const socket of sockets) socket.destroy();
    },
    async stop() {
      for (const timer of timers) clearTimeout(timer);
      const closed = once(server, 'close');
      server.close();
      slave.drop();
      await closed;
    },
  };
  return slave;
}
