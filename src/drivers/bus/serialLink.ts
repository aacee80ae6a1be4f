/**
 * A serial port, opened and watched through the binding of `serialport`, read and written on its file descriptor.
 * The streams of `serialport` cost about 11 ms of CPU a request on a port that delivers byte by byte; here the master
 * says when it wants to know of bytes, and one read takes all that have come.
 */
import { readSync, writeSync } from 'node:fs';
import { LinuxBinding, type LinuxPortBinding } from '@serialport/bindings-cpp';
import type { LineConfig } from '../../model/config/station.ts';
import type { ForecourtError } from '../../model/errors.ts';
import { type ByteLink, lineClosed, lineNotOpened, sleep, turn, Waiter } from './byteLink.ts';

type SerialLine = Extract<LineConfig, { kind: 'serial' }>;

/** `EVENTS.UV_READABLE` of the binding's poller. */
const readableEvent = 1;

/** Opens the port with an exclusive lock. Rejects with LINE_OPEN. Linux only. */
export async function openSerialLink(line: SerialLine): Promise<ByteLink> {
  if (process.platform !== 'linux') throw lineNotOpened('serial lines work on Linux only');
  let port: LinuxPortBinding;
  try {
    port = await LinuxBinding.open({
      path: line.path,
      baudRate: line.baud,
      dataBits: line.dataBits,
      parity: line.parity,
      stopBits: line.stopBits,
    });
  } catch (error) {
    throw lineNotOpened(`cannot open ${line.path}`, error);
  }
  // USB adapters hold bytes back for up to 16 ms otherwise; ports that know no such thing (ptys) refuse.
  await port.set({ brk: false, dtr: true, rts: true, lowLatency: true }).catch(() => undefined);
  return new SerialLink(line.path, port);
}

class SerialLink implements ByteLink {
  readonly #path: string;
  readonly #port: LinuxPortBinding;
  readonly #waiter = new Waiter();
  #failure: ForecourtError | null = null;

  constructor(path: string, port: LinuxPortBinding) {
    this.#path = path;
    this.#port = port;
    // A hang-up is reported as readable too; the read that follows tells which it is.
    port.poller.on('readable', (error: Error | null) => {
      if (error) this.#fail(error);
      this.#waiter.wake();
    });
  }

  failure(): ForecourtError | null {
    return this.#failure;
  }

  write(bytes: Uint8Array): void {
    try {
      let written = 0;
      while (written < bytes.length) {
        written += writeSync(this.#descriptor(), bytes, written, bytes.length - written, null);
      }
    } catch (error) {
      // A port whose buffer is full of old requests is as good as gone: only opening it anew empties it.
      throw this.#fail(isAgain(error) ? lineClosed(`${this.#path} takes no bytes`) : error);
    }
  }

  take(target: Buffer, offset: number): number {
    if (this.#failure) return 0;
    let taken = 0;
    try {
      while (offset + taken < target.length) {
        const wanted = target.length - offset - taken;
        const count = readSync(this.#descriptor(), target, offset + taken, wanted, null);
        if (count === 0) throw lineClosed(`${this.#path} hung up`);
        taken += count;
        // A short read has emptied the port; asking again would only cost an exception.
        if (count < wanted) break;
      }
    } catch (error) {
      if (!isAgain(error)) this.#fail(error);
    }
    return taken;
  }

  readable(ms: number): Promise<boolean> {
    if (this.#failure) return Promise.resolve(true);
    const woken = this.#waiter.wait(ms);
    try {
      this.#port.poller.poll(readableEvent);
    } catch (error) {
      this.#fail(error);
    }
    return woken;
  }

  interrupt(): void {
    this.#waiter.wake();
  }

  sleep(ms: number): Promise<void> {
    return sleep(ms);
  }

  settle(): Promise<void> {
    return turn();
  }

  async close(): Promise<void> {
    this.#failure ??= lineClosed(`${this.#path} was closed`);
    this.#waiter.wake();
    if (this.#port.isOpen) await this.#port.close().catch(() => undefined);
  }

  #descriptor(): number {
    const { fd } = this.#port;
    if (fd === null) throw lineClosed(`${this.#path} is not open`);
    return fd;
  }

  #fail(error: unknown): ForecourtError {
    this.#failure ??= lineClosed(`${this.#path} went away`, error);
    this.#waiter.wake();
    return this.#failure;
  }
}

function isAgain(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : null;
  return code === 'EAGAIN' || code === 'EWOULDBLOCK' || code === 'EINTR';
}
