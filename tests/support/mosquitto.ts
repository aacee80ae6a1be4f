/** A real broker and a real consumer, each a process of its own that ends with the test. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { onTestFinished, vi } from 'vitest';
import { freePort } from './freePort.ts';
import { tempDirectory } from './tempStore.ts';

export interface Mosquitto {
  readonly port: number;
  /** SIGKILL: no goodbye, nothing kept. */
  kill(): Promise<void>;
  /** The same configuration on the same port. */
  start(): Promise<void>;
}

/** `settings` are lines of mosquitto.conf. */
export async function startMosquitto(
  settings: readonly string[] = ['allow_anonymous true'],
): Promise<Mosquitto> {
  const port = await freePort();
  const file = join(tempDirectory(), 'mosquitto.conf');
  // As root it would change to a user who cannot read the test's directory.
  const user = process.getuid?.() === 0 ? ['user root'] : [];
  const lines = [
    `listener ${port} 127.0.0.1`,
    ...user,
    'set_tcp_nodelay true',
    'max_queued_messages 1000000',
    ...settings,
  ];
  writeFileSync(file, `${lines.join('\n')}\n`);
  let child: ChildProcess | undefined;

  async function kill(): Promise<void> {
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'close');
  }
  async function start(): Promise<void> {
    let said = '';
    const path = `${process.env.PATH}:/usr/sbin`;
    child = spawn('mosquitto', ['-c', file], {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { ...process.env, PATH: path },
    });
    child.stderr?.on('data', (chunk: Buffer) => {
      said += chunk.toString();
    });
    await vi.waitFor(
      () => {
        if (child?.exitCode !== null) throw new Error(`mosquitto ended: ${said}`);
        return reachable(port);
      },
      { timeout: 10_000, interval: 20 },
    );
  }
  onTestFinished(kill);
  await start();
  return { port, kill, start };
}

function reachable(port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve();
    });
    socket.once('error', reject);
  });
}

export interface Received {
  readonly topic: string;
  readonly retained: boolean;
  readonly contentType: string;
  readonly payload: string;
}

export interface Subscriber {
  readonly received: Received[];
  /** Payloads of the topics that end so, parsed. */
  json(topicEnd: string): Record<string, unknown>[];
}

/** Runs mosquitto_sub; resolves once the broker has confirmed the subscription. `args` go to it as they are. */
export async function subscribe(
  port: number,
  topic: string,
  args: readonly string[] = [],
): Promise<Subscriber> {
  const received: Received[] = [];
  const child = spawn(
    'stdbuf',
    [
      ...['-oL', 'mosquitto_sub', '-h', '127.0.0.1', '-p', `${port}`, '-V', 'mqttv5', '-d'],
      ...['-t', topic, '-F', '>%t\t%r\t%C\t%p', ...args],
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  onTestFinished(() => void child.kill('SIGKILL'));
  let rest = '';
  let confirmed = false;
  child.stdout.on('data', (chunk: Buffer) => {
    const lines = (rest + chunk.toString()).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      confirmed ||= line.startsWith('Subscribed');
      if (!line.startsWith('>')) continue;
      const [topic = '', retained = '', contentType = '', ...payload] = line.slice(1).split('\t');
      received.push({ topic, retained: retained === '1', contentType, payload: payload.join('\t') });
    }
  });
  await vi.waitFor(
    () => {
      if (child.exitCode !== null) throw new Error('mosquitto_sub ended');
      if (!confirmed) throw new Error('not subscribed');
    },
    { timeout: 10_000, interval: 10 },
  );
  return {
    received,
    json: (end) =>
      received
        .filter(({ topic }) => topic.endsWith(end))
        .map(({ payload }) => JSON.parse(payload) as Record<string, unknown>),
  };
}
