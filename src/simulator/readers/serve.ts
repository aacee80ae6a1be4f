/** Opens the socket or serial port of a reader that talks. */
import type { Socket } from 'node:net';
import type { Tally } from '../tally.ts';
import { type Endpoint, listenTcp, openSerial } from '../wire/endpoint.ts';
import type { SendAll } from './byteReader.ts';
import type { ByteReaderConfig } from './cardBytes.ts';

/** The listeners of one reader; before `open` and after `close` there are none. */
export class ReaderLink {
  readonly #config: ByteReaderConfig;
  readonly #serialPath: string | undefined;
  readonly #tally: Tally;
  readonly #listeners = new Set<(bytes: Uint8Array) => void>();
  #endpoint: Endpoint | null = null;

  constructor(config: ByteReaderConfig, serialPath: string | undefined, tally: Tally) {
    this.#config = config;
    this.#serialPath = serialPath;
    this.#tally = tally;
  }

  readonly send: SendAll = (bytes) => {
    for (const listener of this.#listeners) listener(bytes);
    return this.#listeners.size;
  };

  /** Errors: SIMULATOR_REFUSED, LINE_OPEN. */
  async open(): Promise<void> {
    const { connection, id } = this.#config;
    if (connection.kind === 'tcp') {
      this.#endpoint = await listenTcp(connection, id, (socket) => this.#connected(socket));
      return;
    }
    const { baud, dataBits, parity, stopBits } = connection;
    const { port, endpoint } = await openSerial(this.#serialPath, { baud, dataBits, parity, stopBits }, id);
    const listener = (bytes: Uint8Array) => port.write(bytes);
    this.#listeners.add(listener);
    port.on('error', () => this.#listeners.delete(listener));
    this.#tally.connections++;
    this.#endpoint = endpoint;
  }

  async close(): Promise<void> {
    this.#listeners.clear();
    await this.#endpoint?.close();
    this.#endpoint = null;
  }

  #connected(socket: Socket): void {
    this.#tally.connections++;
    const listener = (bytes: Uint8Array) => socket.write(bytes);
    this.#listeners.add(listener);
    socket.on('close', () => this.#listeners.delete(listener));
    socket.resume(); // readers do not listen
  }
}
