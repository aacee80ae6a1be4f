/** The real daemon as a child process, its local API and its command line. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { type IncomingMessage, request } from 'node:http';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { onTestFinished, vi } from 'vitest';
import { stringify } from 'yaml';
import type { Push, SaleDetailView, SaleView, StatusView } from '../../src/station/view.ts';
import { tempDirectory } from './tempStore.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const main = join(root, 'src/cli/main.ts');
const patience = { timeout: 25_000, interval: 20 };
/** Half of what a start costs is compiling the same modules again. */
const compiled = join(root, 'node_modules/.cache/forecourt-tests');

export interface StationFiles {
  /** Parts of the station's file that differ from the least one. */
  readonly station?: object;
  readonly program?: object;
  readonly members?: readonly object[];
}

export interface StationFile {
  readonly directory: string;
  readonly file: string;
  readonly socket: string;
}

/** One point a litre, one tier. */
export const plainProgram = {
  program: 'test',
  version: 1,
  earn: [{ id: 'litres', per: 'litre', points: 1 }],
  tiers: [{ id: 'ordinary' }],
};

/** Writes a station's file with its program and members into a directory that is removed when the test ends. */
export function writeStation({
  station = {},
  program = plainProgram,
  members = [],
}: StationFiles = {}): StationFile {
  const directory = tempDirectory();
  mkdirSync(join(directory, 'store'));
  const write = (name: string, content: object) => writeFileSync(join(directory, name), stringify(content));
  write('program.yaml', program);
  write('members.yaml', { members });
  write('station.yaml', {
    site: { id: 'S1', zone: 'Asia/Shanghai', businessDayStart: '06:00' },
    store: { directory: 'store' },
    grades: [{ id: '92' }, { id: '95' }],
    tanks: [{ id: 'T1', grade: '92' }],
    program: 'program.yaml',
    members: 'members.yaml',
    ...station,
  });
  return {
    directory,
    file: join(directory, 'station.yaml'),
    socket: join(directory, 'store/forecourt.sock'),
  };
}

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

type DataOf<T extends Push['type']> = Extract<Push, { type: T }>['data'];

export interface Pushes {
  readonly received: Push[];
  /** Data of all pushes of a type, oldest first. */
  of<T extends Push['type']>(type: T): DataOf<T>[];
}

export interface Daemon {
  readonly socket: string;
  readonly pid: number;
  /** Log lines so far, parsed. */
  readonly logged: readonly Record<string, unknown>[];
  /** GET as JSON; throws for anything but 200. */
  api<T>(path: string): Promise<T>;
  status(): Promise<StatusView>;
  sales(): Promise<SaleView[]>;
  sale(id: number | string): Promise<SaleDetailView>;
  /** Server-sent events from now on. */
  events(): Promise<Pushes>;
  /** State of a fuelling point, when it is reached. */
  reaches(fuellingPoint: string, state: string): Promise<void>;
  /** All sales, newest first, when there are so many. */
  sold(count: number): Promise<SaleView[]>;
  signal(signal: NodeJS.Signals): void;
  /** Signals and waits for the end. */
  stop(signal?: NodeJS.Signals): Promise<Ended>;
}

/** Runs `forecourt run FILE` and resolves once its API answers; killed when the test ends. `preload`: a module that runs first. */
export async function runStation(
  { file, socket }: StationFile,
  options: { readonly preload?: string; readonly env?: NodeJS.ProcessEnv } = {},
): Promise<Daemon> {
  const before = options.preload === undefined ? [] : ['--import', options.preload];
  const child = spawn(process.execPath, [...before, main, 'run', file], {
    cwd: root,
    env: { ...process.env, NODE_COMPILE_CACHE: compiled, ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const logged = logOf(child);
  const errors = textOf(child.stderr);
  const api = async <T>(path: string): Promise<T> => {
    const response = await open(socket, path);
    const body = await collect(response);
    if (response.statusCode !== 200) throw new Error(`${path}: ${response.statusCode} ${body}`);
    return JSON.parse(body) as T;
  };
  const status = () => api<StatusView>('/v1/status');
  const sales = () => api<SaleView[]>('/v1/sales?limit=1000');
  let answered = false;
  await vi.waitFor(async () => {
    // An exit is final: waiting longer would only hide it.
    if (child.exitCode === null) await status().then(() => (answered = true));
  }, patience);
  if (!answered) throw new Error(`the daemon ended with ${child.exitCode}: ${errors()}`);
  return {
    socket,
    pid: child.pid ?? 0,
    logged,
    api,
    status,
    sales,
    sale: (id) => api(`/v1/sales/${encodeURIComponent(id)}`),
    events: () => listen(socket),
    reaches: (fuellingPoint, state) =>
      vi.waitFor(async () => {
        const { fuellingPoints } = await status();
        const found = fuellingPoints.find(({ id }) => id === fuellingPoint);
        if (found?.state !== state) throw new Error(`${fuellingPoint} is ${found?.state}, not ${state}`);
      }, patience),
    sold: (count) =>
      vi.waitFor(async () => {
        const all = await sales();
        if (all.length < count) throw new Error(`${all.length} sales of ${count}`);
        return all;
      }, patience),
    signal: (signal) => void child.kill(signal),
    async stop(signal = 'SIGTERM') {
      const ended = once(child, 'close');
      child.kill(signal);
      const [code, by] = (await ended) as [number | null, NodeJS.Signals | null];
      return { code, signal: by };
    },
  };
}

export interface CliResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `forecourt ARGS` to its end. */
export async function cli(...args: readonly string[]): Promise<CliResult> {
  const running = startCli(...args);
  const code = await running.ended;
  return { code, stdout: running.stdout(), stderr: running.stderr() };
}

/** Runs `forecourt ARGS`, its output piped; killed when the test ends. */
export function startCli(...args: readonly string[]) {
  const child = spawn(process.execPath, [main, ...args], {
    cwd: root,
    env: { ...process.env, NO_COLOR: '1', FORCE_COLOR: undefined, NODE_COMPILE_CACHE: compiled },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  return {
    stdout: textOf(child.stdout),
    stderr: textOf(child.stderr),
    ended: once(child, 'close').then(([code]) => code as number | null),
    signal: (signal: NodeJS.Signals) => void child.kill(signal),
  };
}

function textOf(stream: NodeJS.ReadableStream): () => string {
  let text = '';
  stream.on('data', (chunk: Buffer) => {
    text += chunk.toString();
  });
  return () => text;
}

function logOf(child: ChildProcess): Record<string, unknown>[] {
  const logged: Record<string, unknown>[] = [];
  if (child.stdout) {
    createInterface({ input: child.stdout }).on('line', (line) => {
      logged.push(JSON.parse(line) as Record<string, unknown>);
    });
  }
  return logged;
}

function open(socketPath: string, path: string): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    request({ socketPath, path, timeout: 10_000 }, resolve).on('error', reject).end();
  });
}

async function collect(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

async function listen(socket: string): Promise<Pushes> {
  const response = await open(socket, '/v1/events');
  const received: Push[] = [];
  let type = '';
  const lines = createInterface({ input: response });
  const begun = once(lines, 'line');
  lines.on('line', (line) => {
    if (line.startsWith('event: ')) type = line.slice(7);
    else if (line.startsWith('data: ')) received.push({ type, data: JSON.parse(line.slice(6)) } as Push);
  });
  // A daemon that is killed ends the stream with an error.
  lines.on('error', () => {});
  response.on('error', () => {});
  onTestFinished(() => void response.destroy());
  await begun;
  return {
    received,
    of: <T extends Push['type']>(wanted: T) =>
      received.filter((push) => push.type === wanted).map((push) => push.data as DataOf<T>),
  };
}
