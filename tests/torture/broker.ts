/** A real mosquitto that keeps its queues on disk, and what is done to it. */
import type { ChildProcess } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { end, isOver, startChild, until } from './children.ts';

export interface Broker {
  readonly port: number;
  start(): Promise<void>;
  /** SIGKILL: no goodbye. */
  kill(): Promise<void>;
  /** SIGSTOP: it holds its connections and answers nothing, until `resume`. */
  pause(): void;
  resume(): void;
  /** Writes sessions and queues to the disk now. */
  save(): Promise<void>;
  stop(): Promise<void>;
}

export function createBroker(directory: string, port: number): Broker {
  const file = join(directory, 'mosquitto.conf');
  const kept = join(directory, 'mosquitto.db');
  const settings = [
    `listener ${port} 127.0.0.1`,
    // As root it would change to a user who cannot read the directory.
    ...(process.getuid?.() === 0 ? ['user root'] : []),
    'allow_anonymous true',
    'set_tcp_nodelay true',
    'persistence true',
    `persistence_location ${directory}/`,
    'autosave_interval 1',
    'max_queued_messages 1000000',
    // What the broker has confirmed is on its way to the subscriber then, not waiting in its memory.
    'max_inflight_messages 0',
  ];
  writeFileSync(file, `${settings.join('\n')}\n`);
  let child: ChildProcess | null = null;

  return {
    port,
    async start() {
      const started = startChild('mosquitto', ['-c', file], { stdio: 'ignore' });
      child = started;
      await until('mosquitto listens', () => !isOver(started) && answers(port), 10_000, 20);
    },
    async kill() {
      if (child) await end(child, 'SIGKILL');
    },
    pause: () => void child?.kill('SIGSTOP'),
    resume: () => void child?.kill('SIGCONT'),
    async save() {
      child?.kill('SIGUSR1');
      await until('mosquitto saves', () => existsSync(kept), 5_000);
    },
    async stop() {
      if (child) await end(child, 'SIGTERM');
    },
  };
}

const answers = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
