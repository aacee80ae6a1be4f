/** Modbus slaves of independent make (pymodbus, libmodbus), each a process of its own that ends with the test. */
import { execFileSync, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { onTestFinished, vi } from 'vitest';
import { joinPtys } from './socatPtys.ts';
import { tempDirectory } from './tempStore.ts';

export type Make = 'pymodbus' | 'libmodbus';
export type LineKind = 'serial' | 'rtu-over-tcp' | 'modbus-tcp';

/** Registers by their first address. */
export type Blocks = Readonly<Record<number, readonly number[]>>;

export interface Written {
  readonly unit: number;
  readonly address: number;
  readonly values: readonly number[];
}

export interface ModbusSlave {
  /** The line as a station's file names it, without its `id`. */
  readonly line: object;
  /** What masters wrote, oldest first. */
  readonly written: readonly Written[];
  /** All blocks between two requests. A pymodbus unit answers from its first `set` on. */
  set(unit: number, blocks: Blocks): Promise<void>;
  /** The same for input registers; pymodbus only. */
  setInput(unit: number, blocks: Blocks): Promise<void>;
  get(unit: number, address: number, count: number): Promise<number[]>;
  /** Read requests so far that covered the register. */
  reads(unit: number, address: number): Promise<number>;
  /** No answers any more, as without power. */
  mute(unit: number): Promise<void>;
  unmute(unit: number): Promise<void>;
}

const peers = fileURLToPath(new URL('peers/', import.meta.url));
const baud = 19_200;

/** libmodbus does not speak RTU over TCP, and its slave has one unit: `unit` on a serial line, any other way every one. */
export async function startSlave(make: Make, kind: LineKind, unit = 1): Promise<ModbusSlave> {
  const directory = tempDirectory();
  const cable = kind === 'serial' ? await joinPtys(directory, 'modbus') : null;
  if (cable) onTestFinished(() => cable.stop());
  const place = cable ? ['serial', cable.far, `${baud}`] : [kind];
  const [command, ...args] =
    make === 'pymodbus'
      ? ['/usr/bin/python3', join(peers, 'pymodbus_slave.py'), ...place]
      : [compiled(directory), ...place, ...(cable ? [`${unit}`] : [])];
  const { port, ask, written } = await startPeer(command as string, args);
  const line = cable
    ? { kind, path: cable.near, baud }
    : { kind, host: '127.0.0.1', port, ...(kind === 'rtu-over-tcp' ? { baud } : {}) };
  const numbers = (text: string) => text.split(' ').map(Number);
  const put = async (command: string, unit: number, blocks: Blocks): Promise<void> => {
    const all = Object.entries(blocks).map(([address, values]) => `${address} ${values.join(' ')}`);
    await ask(`${command} ${unit} ${all.join(' / ')}`);
  };
  return {
    line,
    written,
    set: (unit, blocks) => put('set', unit, blocks),
    setInput: (unit, blocks) => put('input', unit, blocks),
    get: async (unit, address, count) => numbers(await ask(`get ${unit} ${address} ${count}`)),
    reads: async (unit, address) => Number(await ask(`reads ${unit} ${address}`)),
    mute: async (unit) => void (await ask(`mute ${unit}`)),
    unmute: async (unit) => void (await ask(`unmute ${unit}`)),
  };
}

function compiled(directory: string): string {
  const program = join(directory, 'libmodbus_slave');
  execFileSync('gcc', ['-O1', '-o', program, join(peers, 'libmodbus_slave.c'), '-lmodbus']);
  return program;
}

async function startPeer(command: string, args: readonly string[]) {
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  let ended: string | null = null;
  child.on('error', (error) => {
    ended = error.message;
  });
  child.on('exit', (code) => {
    ended ??= `exit code ${code}`;
  });
  child.stdin.on('error', () => {});
  let port: number | null = null;
  const written: Written[] = [];
  const asked: ((answer: string) => void)[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => {
    const [word, ...rest] = line.split(' ');
    if (word === '=') asked.shift()?.(rest.join(' '));
    else if (word === 'ready') port = Number(rest[0]);
    else if (word === 'wrote') {
      const [unit = 0, address = 0, ...values] = rest.map(Number);
      written.push({ unit, address, values });
    }
  });
  const alive = () => {
    if (ended !== null) throw new Error(`${command} ended: ${ended}`);
  };
  await vi.waitFor(
    () => {
      if (port === null) throw new Error(`${command} is not ready: ${ended ?? 'no word yet'}`);
    },
    { timeout: 20_000, interval: 10 },
  );
  const ask = (line: string): Promise<string> => {
    alive();
    return new Promise((resolve) => {
      asked.push(resolve);
      child.stdin.write(`${line}\n`);
    });
  };
  return { port, ask, written };
}
