/** A reader or gauge behind a TCP server: in the network itself, or a serial one behind a converter. */
import { connect, type Socket } from 'node:net';
import type { Connect } from './connection.ts';

const connectTimeoutMs = 5_000;
/** A reader is silent by nature: only probes tell that the other end is gone. The system gives up some 10 s after the first. */
const keepAliveAfterMs = 10_000;

export function tcpConnection(address: { readonly host: string; readonly port: number }): Connect {
  return (events) => {
    let reason = 'the other end closed the connection';
    const socket: Socket = connect({
      host: address.host,
      port: address.port,
      noDelay: true,
      keepAlive: true,
      keepAliveInitialDelay: keepAliveAfterMs,
    });
    const deadline = setTimeout(() => socket.destroy(new Error('no answer')), connectTimeoutMs);
    socket.on('connect', () => {
      clearTimeout(deadline);
      events.opened();
    });
    socket.on('data', (chunk: Buffer) => events.bytes(chunk));
    socket.on('error', (error) => {
      reason = error.message;
    });
    const ended = new Promise<void>((resolve) => {
      socket.on('close', () => {
        clearTimeout(deadline);
        events.closed(reason);
        resolve();
      });
    });
    return {
      send: (bytes) => void socket.write(Buffer.from(bytes)),
      close() {
        reason = 'stopped';
        socket.destroy();
        return ended;
      },
    };
  };
}
