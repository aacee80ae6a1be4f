/**
 * The Modbus requests, made and understood by `modbus-serial` over a port of ours: the library builds the frame, the
 * exchange finds the one answer, the library checks it again and takes it apart. Its own time-outs are off.
 */
import { EventEmitter } from 'node:events';
import modbusSerial from 'modbus-serial';
import { asForecourtError, ForecourtError } from '../../model/errors.ts';
import type { WriteRequest } from './contract.ts';
import type { Exchanged } from './exchange.ts';
import type { ReadBlock } from './sentinel.ts';

// The library's types describe a module with a default export; at run time the class carries itself as `default`.
const ModbusRTU = modbusSerial.default;

export type Exchange = (request: Buffer) => Promise<Exchanged>;

export interface ReadAnswer extends Exchanged {
  /** Registers big-endian, or bits from the lowest of each byte on. */
  readonly data: Buffer;
}

type ReadCallback = (error: Error | null, result: { readonly buffer: Buffer }) => void;
type WriteCallback = (error: Error | null) => void;

/** What `modbus-serial` needs of a port. */
class ExchangePort extends EventEmitter {
  readonly isOpen = true;
  _transactionIdRead = 1;
  _transactionIdWrite = 1;
  request: Buffer | null = null;

  open(callback: (error: null) => void): void {
    callback(null);
  }

  close(callback?: (error: null) => void): void {
    callback?.(null);
  }

  write(request: Buffer): void {
    this.request = request;
  }
}

export class ModbusClient {
  #port = new ExchangePort();
  #library = newLibrary(this.#port);

  /** Rejects as `exchange` does, with REPLY_EXCEPTION (`details.exception` has the code), or REPLY_BAD_FRAME. */
  async read(unit: number, block: ReadBlock, exchange: Exchange): Promise<ReadAnswer> {
    let data: Buffer | null = null;
    const { address, count } = block;
    const exchanged = await this.#run(exchange, (done) => {
      const taken: ReadCallback = (error, result) => {
        if (!error) data = result.buffer;
        done(error);
      };
      if (block.table === 'coil') this.#library.writeFC1(unit, address, count, taken);
      else if (block.table === 'discrete') this.#library.writeFC2(unit, address, count, taken);
      else if (block.table === 'holding') this.#library.writeFC3(unit, address, count, taken);
      else this.#library.writeFC4(unit, address, count, taken);
    });
    if (data === null) throw new ForecourtError('INTERNAL', 'an answer without data was accepted');
    return { ...exchanged, data };
  }

  /** Rejects as `read` does. The answer repeats the request, which the exchange has checked. */
  async write(unit: number, request: WriteRequest, exchange: Exchange): Promise<Exchanged> {
    const { address, values } = request;
    const first = values[0] ?? 0;
    return this.#run(exchange, (done: WriteCallback) => {
      if (request.function === 'write-coil') this.#library.writeFC5(unit, address, first !== 0, done);
      else if (request.function === 'write-register') this.#library.writeFC6(unit, address, first, done);
      else this.#library.writeFC16(unit, address, [...values], done);
    });
  }

  async #run(exchange: Exchange, call: (done: WriteCallback) => void): Promise<Exchanged> {
    const port = this.#port;
    let outcome: Error | null | undefined;
    port.request = null;
    call((error) => {
      outcome = error;
    });
    if (port.request === null) throw asForecourtError(outcome ?? new Error('modbus-serial made no request'));
    let exchanged: Exchanged;
    try {
      exchanged = await exchange(port.request);
    } catch (error) {
      // The library still waits for this answer: a new one has nothing to mix up.
      this.#port = new ExchangePort();
      this.#library = newLibrary(this.#port);
      throw error;
    }
    port.emit('data', exchanged.frame);
    if (outcome !== null)
      throw refusal(outcome ?? new Error('modbus-serial did not accept the answer'), exchanged);
    return exchanged;
  }
}

function newLibrary(port: ExchangePort): InstanceType<typeof ModbusRTU> {
  const library = new ModbusRTU(port);
  library.open(() => undefined);
  return library;
}

function refusal(error: Error, { mono }: Exchanged): ForecourtError {
  const exception = 'modbusCode' in error ? error.modbusCode : null;
  if (exception === null)
    return new ForecourtError('REPLY_BAD_FRAME', error.message, { sent: true, mono }, error);
  return new ForecourtError('REPLY_EXCEPTION', error.message, { sent: true, exception, mono }, error);
}
