/** Where the simulator can be reached: loopback sockets and pseudo-terminals, never a real port. */
import { realpath } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import { SerialPort } from 'serialport';
import { ForecourtError } from '../../model/errors.ts';

export interface Endpoint {
  close(): Promise<void>;
}

export interface SerialSettings {
  readonly baud: number;
  readonly dataBits: 7 | 8;
  readonly parity: 'none' | 'even' | 'odd';
  readonly stopBits: 1 | 2;
}

const loopback = /^(127(\.\d{1,3}){3}|localhost|::1)$/;
const pseudoTerminal = /^\/dev\/(pts\/\d+|tty[p-za-e][0-9a-f]|ttys\d+)$/;

/** @throws ForecourtError SIMULATOR_REFUSED for an address that others could reach */
export function requireLoopback(host: string, what: string): void {
  if (loopback.test(host)) return;
  throw new ForecourtError('SIMULATOR_REFUSED', `${what}: ${host} is not a loopback address`, { host });
}

/** Listens on a loopback address. Errors: SIMULATOR_REFUSED, LINE_OPEN. */
export async function listenTcp(
  at: { host: string; port: number },
  what: string,
  connected: (socket: Socket) => void,
): Promise<Endpoint> {
  requireLoopback(at.host, what);
  const sockets = new Set<Socket>();
  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => sockets.delete(socket));
    connected(socket);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => {
      reject(
        new ForecourtError('LINE_OPEN', `${what}: cannot listen on ${at.host}:${at.port}`, { ...at }, error),
      );
    });
    server.listen(at.port, at.host, resolve);
  });
  return { close: () => closeServer(server, sockets) };
}

function closeServer(server: Server, sockets: ReadonlySet<Socket>): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    for (const socket of sockets) socket.destroy();
  });
}

/** Opens the peer's end of a pty pair. Errors: SIMULATOR_REFUSED, LINE_OPEN. */
export async function openSerial(
  path: string | undefined,
  settings: SerialSettings,
  what: string,
): Promise<{ port: SerialPort; endpoint: Endpoint }> {
  if (path === undefined) {
    throw new ForecourtError('SIMULATOR_REFUSED', `${what}: no pseudo-terminal was given for it`);
  }
  const real = await realpath(path).catch((error: unknown) => {
    throw new ForecourtError('LINE_OPEN', `${what}: ${path} is not there`, { path }, error);
  });
  if (!pseudoTerminal.test(real)) {
    throw new ForecourtError('SIMULATOR_REFUSED', `${what}: ${path} is not a pseudo-terminal`, { path });
  }
  const { baud: baudRate, ...rest } = settings;
  const port = new SerialPort({ path, baudRate, ...rest, autoOpen: false });
  await new Promise<void>((resolve, reject) => {
    port.open((error) => {
      if (error === null) resolve();
      else reject(new ForecourtError('LINE_OPEN', `${what}: cannot open ${path}`, { path }, error));
    });
  });
  const close = () => new Promise<void>((resolve) => (port.isOpen ? port.close(() => resolve()) : resolve()));
  return { port, endpoint: { close } };
}
