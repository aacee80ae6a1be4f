/** Card readers behind a TCP server. */
import { existsSync, readFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { type WatchedReader, watchReader } from '../support/watchedReader.ts';

const patience = { timeout: 20_000, interval: 10 };
const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

interface TcpPeer {
  readonly port: number;
  readonly sockets: Socket[];
  stop(): Promise<void>;
}

/** @param port 0: a free one */
async function listen(port = 0): Promise<TcpPeer> {
  const sockets: Socket[] = [];
  const server: Server = createServer((socket) => {
    sockets.push(socket);
    socket.on('error', () => {});
    socket.resume();
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const stop = () =>
    new Promise<void>((resolve) => {
      for (const socket of sockets) socket.destroy();
      server.close(() => resolve());
    });
  closers.push(stop);
  return { port: (server.address() as AddressInfo).port, sockets, stop };
}

function open(port: number, config: object = { kind: 'line', format: 'number' }): WatchedReader {
  const one = watchReader({ ...config, connection: { kind: 'tcp', host: '127.0.0.1', port } });
  closers.unshift(() => one.reader.stop());
  return one;
}

const connected = (peer: TcpPeer, count = 1) =>
  vi.waitFor(() => peer.sockets[count - 1] ?? expect.fail('nobody connected'), patience);

describe('a reader behind a TCP server', () => {
  it('M13: reads cards, in whatever pieces they come', async () => {
    const peer = await listen();
    const one = open(peer.port, { kind: 'rdm6300' });
    const socket = await connected(peer);
    socket.setNoDelay();
    for (const byte of '\x0262E3086CED08\x03') {
      socket.write(byte);
      await new Promise((resolve) => setImmediate(resolve));
    }
    await vi.waitFor(() => expect(one.texts()).toEqual(['62E3086CED']), patience);
  });

  it('a dropped connection comes back, and half a number from before is not joined to what follows', async () => {
    const peer = await listen();
    const one = open(peer.port);
    const socket = await connected(peer);
    socket.write('6001\r60');
    await vi.waitFor(() => expect(one.reader.stats().bytes).toBe(7), patience);
    socket.destroy();
    const next = await connected(peer, 2);
    next.write('02\r6003\r');
    await vi.waitFor(() => expect(one.texts()).toEqual(['6001', '02', '6003']), patience);
    expect(one.health.map((event) => event.online)).toEqual([true, false, true]);
  });

  it('a server that goes and returns is found again; its absence is told once', async () => {
    const peer = await listen();
    const one = open(peer.port);
    await connected(peer);
    await peer.stop();
    await vi.waitFor(() => expect(one.reader.stats().online).toBe(false), patience);
    const again = await listen(peer.port);
    (await connected(again)).write('6001\r');
    await vi.waitFor(() => expect(one.texts()).toEqual(['6001']), patience);
    expect(one.health.map((event) => event.online)).toEqual([true, false, true]);
    expect(one.reader.stats().reconnects).toBe(1);
  });

  it('noise in any amount is counted and does not stop the reading', async () => {
    const peer = await listen();
    const one = open(peer.port, { kind: 'scanner' });
    const socket = await connected(peer);
    socket.write(Buffer.concat([Buffer.alloc(1_000_000, 0xff), Buffer.from('\rVIP-7\r')]));
    await vi.waitFor(() => expect(one.texts()).toEqual(['VIP-7']), patience);
    expect(one.reader.stats()).toMatchObject({ badFrames: 1, bytes: 1_000_007 });
  });

  it.runIf(existsSync('/proc/net/tcp'))('a half-open connection is probed: keep-alive runs', async () => {
    const peer = await listen();
    open(peer.port);
    const { remotePort = 0 } = await connected(peer);
    const hex = (port: number) => `0100007F:${port.toString(16).toUpperCase().padStart(4, '0')}`;
    // Field 5 is the running timer; 02 is keep-alive (Documentation/networking/proc_net_tcp of Linux).
    await vi.waitFor(() => {
      const rows = readFileSync('/proc/net/tcp', 'utf8')
        .split('\n')
        .map((row) => row.trim().split(/\s+/));
      const row = rows.find(([, local, remote]) => local === hex(remotePort) && remote === hex(peer.port));
      expect(row?.[5]?.slice(0, 2)).toBe('02');
    }, patience);
  });
});
