/** The units of one line and how they answer: what every kind of connection shares. */
import type { Random } from '../../core/ports.ts';
import type { FaultPlan } from '../faults.ts';
import type { Scheduler } from '../scheduler.ts';
import { answer, exceptionReply, isException, type RegisterBank, readBlock } from '../slave.ts';
import type { Tally } from '../tally.ts';
import { deliver, drawFault, type Framing } from './disturbance.ts';

export interface LineOptions {
  readonly framing: Framing;
  readonly units: ReadonlyMap<number, RegisterBank>;
  readonly faults: FaultPlan;
  readonly random: Random;
  readonly turnaroundMs: number;
  /** Real time. */
  readonly scheduler: Scheduler;
  readonly tally: Tally;
}

/** The master's end of a connection, as the slaves see it. */
export interface Peer {
  write(bytes: Uint8Array): void;
  close(): void;
}

/** A request as it came and the frame around an answer to it. */
export interface Request {
  readonly unit: number;
  readonly pdu: Uint8Array;
  readonly frame: Uint8Array;
  wrap(pdu: Uint8Array): Uint8Array;
}

const broadcast = 0;
const gatewayTargetSilent = 0x0b;

/** One connection: answers requests, faults included, until it is closed. */
export class Conversation {
  readonly #options: LineOptions;
  readonly #peer: Peer;
  #open = true;
  /** When the last piece in order goes out. */
  #busyUntilMs = 0;

  constructor(options: LineOptions, peer: Peer) {
    this.#options = options;
    this.#peer = peer;
  }

  /** Pieces that are still to come are not sent. */
  close(): void {
    this.#open = false;
  }

  receive(request: Request): void {
    const { units, framing, tally, faults, random, turnaroundMs } = this.#options;
    const bank = units.get(request.unit);
    if (bank === undefined) {
      if (framing === 'mbap') this.#absent(request);
      else if (request.unit === broadcast) for (const one of units.values()) answer(one, request.pdu);
      return;
    }
    tally.requests++;
    if (!bank.powered()) return;
    const pdu = this.#refuses(bank, request.pdu)
      ? exceptionReply(request.pdu[0] ?? 0, 'illegal-address')
      : answer(bank, request.pdu);
    if (isException(pdu)) tally.exceptions++;
    const fault = drawFault(framing, faults, random);
    const delivery = deliver(fault, request.frame, request.wrap(pdu), turnaroundMs, faults, random);
    if (fault !== null) tally.faultsInjected[fault]++;
    for (const { delayMs, bytes } of delivery.pieces) this.#send(delayMs, bytes);
    if (delivery.drop || (fault === 'truncated' && framing === 'mbap')) this.#drop(turnaroundMs);
  }

  /** Refuses now and then a block that was merged over registers that are not there. */
  #refuses(bank: RegisterBank, pdu: Uint8Array): boolean {
    const { faults, random, tally } = this.#options;
    const rate = faults.rates['illegal-address'] ?? 0;
    const block = readBlock(pdu);
    if (rate === 0 || block === null || !bank.hasHoles(block.table, block.address, block.count)) return false;
    if (random() >= rate) return false;
    tally.faultsInjected['illegal-address']++;
    return true;
  }

  /** A gateway says so when nobody answers it. */
  #absent(request: Request): void {
    const reply = request.wrap(Uint8Array.of((request.pdu[0] ?? 0) | 0x80, gatewayTargetSilent));
    this.#options.tally.exceptions++;
    this.#send(this.#options.turnaroundMs, reply);
  }

  #send(delayMs: number, bytes: Uint8Array): void {
    const { scheduler, faults } = this.#options;
    const now = scheduler.now();
    const at = faults.lateInOrder ? Math.max(now + delayMs, this.#busyUntilMs) : now + delayMs;
    this.#busyUntilMs = Math.max(this.#busyUntilMs, at);
    if (at <= now) this.#write(bytes);
    else scheduler.after(at - now, () => this.#write(bytes));
  }

  #drop(delayMs: number): void {
    this.#options.scheduler.after(delayMs + 1, () => {
      if (this.#open) this.#peer.close();
    });
  }

  #write(bytes: Uint8Array): void {
    if (this.#open) this.#peer.write(bytes);
  }
}
