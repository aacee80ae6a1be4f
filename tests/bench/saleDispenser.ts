/**
 * The forecourt of the sale benchmark, in a process of its own: two Modbus TCP dispensers that move on one step with each
 * poll of their state, so that it is known which reply shows the hang-up, and a card reader for each.
 */
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import {
  type BayId,
  bays,
  type FromDispenser,
  type HangUp,
  monotonicMs,
  type Ports,
  type Reply,
  type ToDispenser,
} from './saleMessages.ts';

const state = { idle: 2, calling: 3, authorised: 4, fuelling: 7 } as const;
/** Thousandths of a currency unit per litre. */
const price = 7849;
/** Steps with fuel running before the hang-up. */
const flowSteps = 3;
const mostReplies = 12;

interface Sale {
  readonly number: number;
  readonly volumeCl: number;
  step: number;
}

/** A dispenser whose groups lie at the offsets of `one-block.yaml`, in pages of a thousand registers. */
class Bay {
  readonly #registers = new Uint16Array(24);
  readonly #id: BayId;
  readonly #hangUps: HangUp[];
  #totalCl = 123_456_00;
  #totalCents = 987_654_00;
  #sale: Sale | null = null;
  #replies: Reply[] | null = null;
  #reader: Socket | null = null;

  constructor(id: BayId, hangUps: HangUp[]) {
    this.#id = id;
    this.#hangUps = hangUps;
    this.#registers[0] = state.idle;
    this.#write(6, price);
    this.#write(8, this.#totalCl);
    this.#write(10, this.#totalCents);
    this.#write(22, price);
  }

  fuel(number: number, volumeCl: number): void {
    this.#sale = { number, volumeCl, step: 0 };
    this.#replies = null;
  }

  present(card: string): void {
    this.#reader?.write(`${card}\r`);
  }

  attachReader(socket: Socket): void {
    this.#reader = socket;
  }

  serve(socket: Socket): void {
    let unread: Buffer = Buffer.alloc(0);
    socket.on('data', (chunk) => {
      unread = Buffer.concat([unread, chunk]);
      while (unread.length >= 12) {
        this.#answer(unread.subarray(0, 12), socket);
        unread = unread.subarray(12);
      }
    });
  }

  /** Only function 3 is ever asked. */
  #answer(request: Buffer, socket: Socket): void {
    const address = request.readUInt16BE(8);
    const count = request.readUInt16BE(10);
    if (address === 0) this.#move();
    const reply = Buffer.alloc(9 + 2 * count);
    request.copy(reply, 0, 0, 8);
    reply.writeUInt16BE(3 + 2 * count, 4);
    reply[8] = 2 * count;
    for (let n = 0; n < count; n++)
      reply.writeUInt16BE(this.#registers[(address % 1000) + n] ?? 0, 9 + 2 * n);
    const at = monotonicMs();
    socket.write(reply);
    if (this.#replies && this.#replies.length < mostReplies) this.#replies.push({ at, address, count });
  }

  /** One poll of the state, one step of the fuelling. */
  #move(): void {
    const sale = this.#sale;
    if (sale === null) return;
    sale.step += 1;
    const flowing = sale.step - 2;
    if (sale.step === 1) this.#show(state.calling, 0);
    else if (sale.step === 2) this.#show(state.authorised, 0);
    else if (flowing <= flowSteps)
      this.#show(state.fuelling, Math.floor((sale.volumeCl * flowing) / (flowSteps + 1)));
    else this.#hangUp(sale);
  }

  #hangUp(sale: Sale): void {
    this.#show(state.idle, sale.volumeCl);
    const cents = centsOf(sale.volumeCl);
    this.#totalCl += sale.volumeCl;
    this.#totalCents += cents;
    this.#write(8, this.#totalCl);
    this.#write(10, this.#totalCents);
    this.#registers[12] = sale.number;
    this.#write(14, sale.volumeCl);
    this.#write(16, cents);
    this.#write(18, price);
    this.#sale = null;
    this.#replies = [];
    this.#hangUps.push({ bay: this.#id, saleNumber: sale.number, replies: this.#replies });
  }

  #show(now: number, volumeCl: number): void {
    this.#registers[0] = now;
    this.#write(2, volumeCl);
    this.#write(4, centsOf(volumeCl));
  }

  #write(address: number, value: number): void {
    this.#registers[address] = value >>> 16;
    this.#registers[address + 1] = value & 0xffff;
  }
}

/** Centilitres times thousandths a litre, rounded half up to cents. */
const centsOf = (volumeCl: number): number => Math.floor((volumeCl * price + 500) / 1000);

const listen = (server: Server): Promise<number> =>
  new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
  });

const tell = (message: FromDispenser): void => {
  process.send?.(message);
};

const hangUps: HangUp[] = [];
const byId = new Map<BayId, Bay>(bays.map(({ id }) => [id, new Bay(id, hangUps)]));
const ports: Partial<Record<BayId, Ports>> = {};
for (const [id, bay] of byId) {
  // a daemon that ends may reset what is under way
  const open = (use: (socket: Socket) => void) =>
    createServer({ noDelay: true }, (socket) => {
      socket.on('error', () => socket.destroy());
      use(socket);
    });
  const line = await listen(open((socket) => bay.serve(socket)));
  const reader = await listen(open((socket) => bay.attachReader(socket)));
  ports[id] = { line, reader };
}

process.on('message', (message: ToDispenser) => {
  if (message.kind === 'report') tell({ kind: 'report', hangUps });
  else if (message.kind === 'card') byId.get(message.bay)?.present(message.number);
  else byId.get(message.bay)?.fuel(message.saleNumber, message.volumeCl);
});
process.once('disconnect', () => process.exit());
tell({ kind: 'listening', ports: ports as Record<BayId, Ports> });
