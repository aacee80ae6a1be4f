/** Two pseudo-terminals joined by socat: what is written to one end is read at the other, as over a serial cable. */
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface PtyPair {
  /** Path for the program under test; a link, as under /dev/serial/by-id. */
  readonly near: string;
  /** Path for the peer. */
  readonly far: string;
  /** Bytes that have reached the other end, of both directions (Linux). */
  carried(): number;
  /** Pulls the cable: both ends are gone when it resolves. */
  stop(): Promise<void>;
}

/** @param directory where the links are made; @param name told apart from other pairs there */
export async function joinPtys(directory: string, name = 'line'): Promise<PtyPair> {
  const near = join(directory, `${name}-near`);
  const far = join(directory, `${name}-far`);
  const child = spawn('socat', [`pty,raw,echo=0,link=${near}`, `pty,raw,echo=0,link=${far}`], {
    stdio: 'ignore',
  });
  const ended = new Promise<void>((resolve, reject) => {
    child.on('exit', () => resolve());
    child.on('error', reject);
  });
  while (!existsSync(near) || !existsSync(far)) {
    if (child.exitCode !== null) throw new Error('socat ended before its ptys were there');
    await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, 5))]);
  }
  const written = () => Number(/^wchar: (\d+)$/m.exec(readFileSync(`/proc/${child.pid}/io`, 'utf8'))?.[1]);
  const before = written();
  return {
    near,
    far,
    carried: () => written() - before,
    async stop() {
      child.kill();
      await ended;
    },
  };
}
