/** A TCP connection to a gateway or converter. */
import { createConnection, type Socket } from 'node:net';
import type { LineConfig } from '../../model/config/station.ts';
import type { ForecourtError } from '../../model/errors.ts';
import { type ByteLink, lineClosed, lineNotOpened, sleep, turn, Waiter } from './byteLink.ts';

type TcpLine = Exclude<LineConfig, { kind: 'serial' }>;

const connectMs = 5_000;
/** More than this between two looks is no Modbus device. */
const mostUnread = 65_536;

/** Connects within five seconds. Rejects with LINE_OPEN. */
export function openTcpLink(line: TcpLine, signal: AbortSignal): Promise<ByteLink> {
  const name = `${line.host}:${line.port}`;
  return new Promise((resolve, reject) => {
    const link = new TcpLink(name);
    const socket = createConnection({
      host: line.host,
      port: line.port,
      noDelay: true,
      keepAlive: true,
      keepAliveInitialDelay: 10_000,
      onread: {
        buffer: Buffer.alloc(4_096),
        callback: (count, buffer) => link.received(buffer, count),
      },
    });
    const deadline = setTimeout(
      () => socket.destroy(new Error('no answer to the connection request')),
      connectMs,
    );
    const abort = () => socket.destroy(new Error('no longer wanted'));
    signal.addEventListener('abort', abort, { once: true });
    if (signal.aborted) abort();
    let failure: Error | undefined;
    socket.on('error', (error) => {
      failure = error;
    });
    socket.once('connect', () => {
      clearTimeout(deadline);
      signal.removeEventListener('abort', abort);
      link.attach(socket);
      resolve(link);
    });
    socket.once('end', () => link.fail(new Error('the peer ended the connection')));
    socket.once('close', () => {
      clearTimeout(deadline);
      signal.removeEventListener('abort', abort);
      link.fail(failure);
      reject(lineNotOpened(`cannot connect to ${name}`, failure));
    });
  });
}

class TcpLink implements ByteLink {
  readonly #name: string;
  readonly #waiter = new Waiter();
  readonly #unread = Buffer.alloc(mostUnread);
  #length = 0;
  #socket: Socket | null = null;
  #paused = false;
  #failure: ForecourtError | null = null;

  constructor(name: string) {
    this.#name = name;
  }

  attach(socket: Socket): void {
    this.#socket = socket;
  }

  received(bytes: Uint8Array, count: number): boolean {
    if (this.#length + count > mostUnread) {
      this.fail(new Error('the peer sends without end'));
      this.#socket?.destroy();
      return false;
    }
    this.#unread.set(bytes.subarray(0, count), this.#length);
    this.#length += count;
    this.#waiter.wake();
    return true;
  }

  fail(cause: unknown): void {
    this.#failure ??= lineClosed(`the connection to ${this.#name} is lost`, cause);
    this.#waiter.wake();
  }

  failure(): ForecourtError | null {
    // Bytes that came before the end are still worth reading.
    return this.#length > 0 ? null : this.#failure;
  }

  write(bytes: Uint8Array): void {
    if (this.#failure) throw this.#failure;
    if (!this.#socket?.writable) throw lineClosed(`the connection to ${this.#name} takes no bytes`);
    this.#socket.write(bytes);
  }

  take(target: Buffer, offset: number): number {
    const count = Math.min(this.#length, target.length - offset);
    if (count === 0) return 0;
    this.#unread.copy(target, offset, 0, count);
    this.#unread.copyWithin(0, count, this.#length);
    this.#length -= count;
    return count;
  }

  readable(ms: number): Promise<boolean> {
    this.#resume();
    if (this.#failure || this.#length > 0) return Promise.resolve(true);
    return this.#waiter.wait(ms);
  }

  interrupt(): void {
    this.#waiter.wake();
  }

  /** The kernel collects meanwhile: one event for many bytes. */
  async sleep(ms: number): Promise<void> {
    this.#paused = true;
    this.#socket?.pause();
    await sleep(ms);
    this.#resume();
  }

  async settle(): Promise<void> {
    this.#resume();
    // One turn polls the socket; the second is for a connection whose reading was only just resumed.
    await turn();
    await turn();
  }

  async close(): Promise<void> {
    this.fail(new Error('closed by us'));
    this.#length = 0;
    this.#socket?.destroy();
  }

  #resume(): void {
    if (!this.#paused) return;
    this.#paused = false;
    this.#socket?.resume();
  }
}
