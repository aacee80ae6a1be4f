/** Clients of the local API that hang, flood or never read: polling and sales go on, and memory stays bounded. */
import { readFileSync } from 'node:fs';
import { createConnection, type Socket } from 'node:net';
import { expect, it, onTestFinished, vi } from 'vitest';
import type { DeviceView } from '../../src/station/view.ts';
import { oneDispenserStation } from '../support/oneDispenserStation.ts';
import { type PeerDispenser, watched } from '../support/peerDispensers.ts';
import { type Daemon, runStation } from '../support/station.ts';
import { fortyLitres } from '../support/walk.ts';

const patience = { timeout: 60_000, interval: 50 };
const slow = { timeout: 180_000 };
const ask = (path: string): string => `GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`;

async function running() {
  const { dispenser, file } = await oneDispenserStation();
  const daemon = await runStation(file);
  await daemon.reaches('FP1', 'idle');
  await watched(dispenser);
  return { dispenser, daemon };
}

/** Connects and writes; gone when the test ends. That the daemon hangs up is its right. */
function client(socket: string, text: string): Socket {
  const connection = createConnection(socket, () => connection.write(text));
  connection.on('error', () => {});
  onTestFinished(() => void connection.destroy());
  return connection;
}

/** What one connection is answered until the daemon ends it. */
async function answerOf(socket: string, text: string): Promise<string> {
  const connection = client(socket, text);
  let answer = '';
  connection.on('data', (chunk: Buffer) => {
    answer += chunk.toString();
  });
  await new Promise((resolve) => connection.on('close', resolve));
  return answer;
}

/** Resident memory of the daemon, bytes. */
const memoryOf = ({ pid }: Daemon): number =>
  Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) * 1024;

/** A driver fuels, and asks nobody: what the daemon saw is asked later. */
async function fuel(dispenser: PeerDispenser): Promise<void> {
  await dispenser.lift(fortyLitres.price);
  await watched(dispenser);
  await dispenser.flow({ ...fortyLitres, volumeMl: 5_000, amount: 3_925 });
  await watched(dispenser);
  await dispenser.hangUp(fortyLitres);
  await watched(dispenser);
}

/** The sale is in the books, once, and the device was never lost or misread. */
async function hasSold(daemon: Daemon): Promise<void> {
  const [sale] = await vi.waitFor(async () => {
    const sales = await daemon.sales();
    expect(sales).toHaveLength(1);
    return sales;
  }, patience);
  expect(sale).toMatchObject({ volumeMl: fortyLitres.volumeMl, amount: fortyLitres.amount, quality: 'seen' });
  const [device] = await daemon.api<DeviceView[]>('/v1/devices');
  expect(device).toMatchObject({ state: 'online', timeouts: 0, badFrames: 0, faults: 0 });
}

it('clients that never finish their request are hung up on; a sale is made meanwhile', slow, async () => {
  const { daemon, dispenser } = await running();
  const lorises = Array.from({ length: 60 }, (_, n) =>
    client(daemon.socket, n % 2 === 0 ? 'GET /v1/status HTTP/1.1\r\nX: ' : ''),
  );
  const drip = setInterval(() => {
    for (const [n, loris] of lorises.entries()) if (n % 2 === 0 && loris.writable) loris.write('y');
  }, 500);
  onTestFinished(() => clearInterval(drip));
  const gone = Promise.all(
    lorises.map((loris) => loris.closed || new Promise((resolve) => loris.resume().on('close', resolve))),
  );
  await fuel(dispenser);
  await hasSold(daemon);
  await gone;
});

it('a thousand idle event streams leave room for others', slow, async () => {
  const { daemon, dispenser } = await running();
  const before = memoryOf(daemon);
  const answers = { open: 0, busy: 0 };
  const streams = Array.from({ length: 1_000 }, (_, n) => {
    const stream = client(daemon.socket, ask(n % 2 === 0 ? '/v1/events' : '/v1/lines/bus/trace'));
    stream.once('data', (chunk: Buffer) => {
      if (chunk.toString().startsWith('HTTP/1.1 200')) answers.open++;
      else if (chunk.toString().includes('API_BUSY')) answers.busy++;
      // Nobody reads on.
      stream.pause();
    });
    return stream;
  });
  await vi.waitFor(() => expect(answers.open).toBe(32), patience);
  await fuel(dispenser);
  // Those that were refused keep their connection for a few seconds only.
  await hasSold(daemon);
  expect(answers.open).toBe(32);
  expect(answers.busy).toBeGreaterThan(0);
  expect(memoryOf(daemon) - before).toBeLessThan(100 * 2 ** 20);
  for (const stream of streams) stream.destroy();
  await vi.waitFor(
    async () => expect(await answerOf(daemon.socket, 'GET /v1/status HTTP/1.0\r\n\r\n')).toContain(' 200 '),
    patience,
  );
});

it('floods of requests wait or are hung up on; polling, sales and memory do not suffer', slow, async () => {
  const { daemon, dispenser } = await running();
  const before = memoryOf(daemon);
  let over = false;
  let answered = 0;
  let hungUp = 0;
  /** Asks again as soon as it is answered. */
  const eager = (): void => {
    const connection = client(daemon.socket, ask('/v1/status'));
    connection.on('data', (chunk: Buffer) => {
      if (!chunk.toString().includes('HTTP/1.1 ')) return;
      answered++;
      if (!over) connection.write(ask('/v1/status'));
    });
  };
  /** Asks without waiting for answers, and comes back when it is hung up on. */
  const deaf = (): void => {
    const connection = client(daemon.socket, ask('/v1/status').repeat(50));
    connection.on('close', () => {
      hungUp++;
      if (!over) setTimeout(deaf, 20);
    });
  };
  for (let n = 0; n < 24; n++) eager();
  for (let n = 0; n < 8; n++) deaf();
  await vi.waitFor(() => expect(Math.min(answered, hungUp)).toBeGreaterThan(50), patience);
  await fuel(dispenser);
  const grown = memoryOf(daemon) - before;
  over = true;
  await hasSold(daemon);
  expect(grown).toBeLessThan(150 * 2 ** 20);
});

it.each([
  ['a header of 100 KB', `GET /v1/status HTTP/1.1\r\nHost: x\r\nX: ${'y'.repeat(100_000)}\r\n\r\n`],
  [
    'a thousand headers',
    `GET /v1/status HTTP/1.1\r\n${Array.from({ length: 3_000 }, (_, n) => `X${n}: y\r\n`).join('')}\r\n`,
  ],
  ['a URL of 100 KB', ask(`/v1/sales/${'1'.repeat(100_000)}`)],
  [
    'a body of 1 MB',
    `POST /v1/sales/1/void HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: 1000000\r\n\r\n${'x'.repeat(1_000_000)}`,
  ],
])('refuses %s', slow, async (_, text) => {
  const { daemon } = await running();
  const answer = await answerOf(daemon.socket, text);
  // Who is still writing when the daemon hangs up may not get to read why.
  if (answer !== '') expect(answer).toMatch(/^HTTP\/1\.1 4\d\d .*"code":"USAGE"/s);
  expect((await daemon.status()).sales.count).toBe(0);
});
