/** The broker of the sale benchmark: mosquitto, or the embedded one where that is not installed. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startEmbeddedBroker } from '../../src/sync/embeddedBroker.ts';
import { freePort } from '../support/freePort.ts';

export interface Broker {
  readonly name: string;
  readonly port: number;
  stop(): Promise<void>;
}

export async function startBroker(directory: string): Promise<Broker> {
  const port = await freePort();
  const file = join(directory, 'mosquitto.conf');
  // As root it would change to a user who cannot read the directory.
  const user = process.getuid?.() === 0 ? 'user root\n' : '';
  writeFileSync(file, `listener ${port} 127.0.0.1\n${user}set_tcp_nodelay true\nallow_anonymous true\n`);
  const child = spawn('mosquitto', ['-c', file], {
    stdio: 'ignore',
    env: { ...process.env, PATH: `${process.env.PATH}:/usr/sbin` },
  });
  if (!(await spawned(child))) {
    const embedded = await startEmbeddedBroker({ port: 0 });
    return {
      name: "the embedded broker, in the benchmark's process (mosquitto is not installed)",
      ...embedded,
    };
  }
  while (!(await answers(port))) {
    if (child.exitCode !== null) throw new Error(`mosquitto ended with ${child.exitCode}`);
    await sleep(20);
  }
  return {
    name: 'mosquitto with set_tcp_nodelay',
    port,
    async stop() {
      if (child.exitCode !== null) return;
      child.kill();
      await once(child, 'close');
    },
  };
}

const spawned = (child: ChildProcess): Promise<boolean> =>
  new Promise((resolve) => {
    child.once('spawn', () => resolve(true));
    child.once('error', () => resolve(false));
  });

const answers = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
