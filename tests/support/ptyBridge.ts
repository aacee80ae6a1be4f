/** A pseudo-terminal whose other end is a TCP connection: serial for the program under test, a socket for its peer. */
import { spawn } from 'node:child_process';
import { lstatSync, rmSync } from 'node:fs';

export interface PtyBridge {
  readonly path: string;
  /** Pulls the adapter out: the port is gone when it resolves. */
  stop(): Promise<void>;
}

const isThere = (path: string): boolean => lstatSync(path, { throwIfNoEntry: false }) !== undefined;

/** Makes `path` a link to a new pty that is joined to 127.0.0.1:port. */
export async function bridgePty(path: string, port: number): Promise<PtyBridge> {
  rmSync(path, { force: true });
  const child = spawn('socat', [`pty,raw,echo=0,link=${path}`, `tcp:127.0.0.1:${port},nodelay`], {
    stdio: 'ignore',
  });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  while (!isThere(path)) {
    if (child.exitCode !== null) throw new Error('socat ended before its pty was there');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  return {
    path,
    async stop() {
      child.kill();
      await ended;
    },
  };
}
