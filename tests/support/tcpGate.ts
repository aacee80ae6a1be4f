/** A relay between a client and a server whose line can be closed, or left hanging as a dead radio link leaves it. */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

export interface TcpGate {
  readonly port: number;
  /** Refuses newcomers and drops who is there; nobody says goodbye. */
  close(): void;
  open(): void;
  /** Nothing passes any more, and nobody is told. Newcomers pass. */
  freeze(): void;
}

export async function startTcpGate(targetPort: number): Promise<TcpGate> {
  const pairs = new Set<readonly [Socket, Socket]>();
  let isOpen = true;
  const server = createServer((near) => {
    if (!isOpen) {
      near.resetAndDestroy();
      return;
    }
    const far = connect(targetPort, '127.0.0.1');
    const pair = [near, far] as const;
    pairs.add(pair);
    const end = () => {
      pairs.delete(pair);
      for (const socket of pair) socket.destroy();
    };
    for (const socket of pair) {
      socket.setNoDelay(true);
      socket.on('error', end);
      socket.on('close', end);
    }
    near.pipe(far);
    far.pipe(near);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const dropAll = () => {
    for (const pair of pairs) for (const socket of pair) socket.destroy();
  };
  onTestFinished(() => {
    server.close();
    dropAll();
  });
  return {
    port: (server.address() as AddressInfo).port,
    close() {
      isOpen = false;
      dropAll();
    },
    open() {
      isOpen = true;
    },
    freeze() {
      for (const [near, far] of pairs) {
        near.unpipe(far);
        far.unpipe(near);
        near.pause();
        far.pause();
      }
    },
  };
}
