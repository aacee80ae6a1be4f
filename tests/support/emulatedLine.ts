/**
 * An emulated serial line with Modbus RTU devices, true to the character time; see `emulatedLine.c` for what it does.
 * The emulator is C, compiled on first use, because it keeps microseconds and must not take the master's CPU.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** A character is 10 bits: start, 8 data, no parity, 1 stop. */
export const bitsPerCharacter = 10;

export interface EmulatedLineOptions {
  readonly baud: number;
  /** From the request's last byte to the start of the reply's first. */
  readonly deviceDelayMs?: number;
  /** Units 1..units answer; default 16. */
  readonly units?: number;
  readonly deadUnit?: number;
  /** Replies that end at any instant between `fromMs` and `toMs` after their request began. */
  readonly late?: { readonly permille: number; readonly fromMs: number; readonly toMs: number };
  /** RTU over TCP on a free loopback port instead of a pty. */
  readonly tcp?: boolean;
  readonly seed?: number;
}

/** What the line saw since its start or the last reset. */
export interface EmulatedLineStats {
  readonly elapsedMs: number;
  readonly requests: number;
  /** Requests that began before 3.5 characters of silence. */
  readonly early: number;
  /** Requests that a late reply overlapped. */
  readonly collided: number;
  readonly badCrc: number;
  readonly fragments: number;
  readonly unanswered: number;
  readonly replies: number;
  readonly late: number;
  readonly garbledBytes: number;
  readonly wireBusyMs: number;
  /** Silence before a request, from the end of the last byte on the wire. */
  readonly gapMeanUs: number;
  readonly gapLeastUs: number;
  /** How far behind its time the emulator delivered bytes: the machine's noise. */
  readonly lagMeanUs: number;
  readonly lagMostUs: number;
  /** Bytes delivered more than one character late. */
  readonly behindBytes: number;
  readonly cpuMs: number;
}

export type EmulatedLineEnd = { readonly path: string } | { readonly port: number };

export interface EmulatedLine {
  readonly end: EmulatedLineEnd;
  stats(): Promise<EmulatedLineStats>;
  /** Returns the statistics so far and begins new ones. */
  reset(): Promise<EmulatedLineStats>;
  setDead(unit: number, dead: boolean): Promise<void>;
  stop(): Promise<void>;
}

/** The value of a register of a unit; the same rule as `emulatedLine.h`: every register of the line holds another. */
export function emulatedRegister(unit: number, address: number): number {
  return (((unit - 1) & 15) << 12) | (address & 0xfff);
}

const here = dirname(fileURLToPath(import.meta.url));

/** Compiles a C program into `directory` and returns its path. Throws with the compiler's text. */
export function compileC(source: string, directory: string, libraries: readonly string[]): string {
  const program = join(directory, 'program');
  const flags = [
    '-O2',
    '-Wall',
    '-Wextra',
    '-I',
    here,
    '-o',
    program,
    source,
    ...libraries.map((name) => `-l${name}`),
  ];
  execFileSync(process.env.CC ?? 'gcc', flags, { stdio: ['ignore', 'ignore', 'pipe'] });
  return program;
}

let emulator: { readonly directory: string; readonly program: string } | undefined;
let linesRunning = 0;

function compiledEmulator(): string {
  if (emulator === undefined) {
    const directory = mkdtempSync(join(tmpdir(), 'emulated-line-'));
    emulator = { directory, program: compileC(join(here, 'emulatedLine.c'), directory, ['util']) };
  }
  return emulator.program;
}

/** Goes with the last line, so that nothing is left behind however the process ends afterwards. */
function removeEmulator(): void {
  if (emulator) rmSync(emulator.directory, { recursive: true, force: true });
  emulator = undefined;
}

function flags(options: EmulatedLineOptions): string[] {
  const words = ['--baud', String(options.baud), '--bits', String(bitsPerCharacter)];
  if (options.deviceDelayMs !== undefined)
    words.push('--delay-us', String(Math.round(options.deviceDelayMs * 1000)));
  if (options.units !== undefined) words.push('--units', String(options.units));
  if (options.deadUnit !== undefined) words.push('--dead', String(options.deadUnit));
  if (options.seed !== undefined) words.push('--seed', String(options.seed));
  if (options.tcp) words.push('--tcp');
  if (options.late) {
    const { permille, fromMs, toMs } = options.late;
    words.push(
      '--late-permille',
      String(permille),
      '--late-from-ms',
      String(fromMs),
      '--late-to-ms',
      String(toMs),
    );
  }
  return words;
}

/** Lines of a child's output, taken one at a time. */
export function linesOf(child: ChildProcess): () => Promise<string> {
  if (!child.stdout) throw new Error('the child has no standard output');
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return async () => {
    const { value, done } = await lines.next();
    if (done) throw new Error(`${child.spawnfile} ended (exit code ${child.exitCode})`);
    return value;
  };
}

/** Starts a line of its own process. Needs gcc. */
export async function startEmulatedLine(options: EmulatedLineOptions): Promise<EmulatedLine> {
  const child = spawn(compiledEmulator(), flags(options), { stdio: ['pipe', 'pipe', 'inherit'] });
  linesRunning++;
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const next = linesOf(child);
  const end = JSON.parse(await next()) as EmulatedLineEnd;
  const ask = async (command: string): Promise<EmulatedLineStats> => {
    child.stdin.write(`${command}\n`);
    return JSON.parse(await next()) as EmulatedLineStats;
  };
  return {
    end,
    stats: () => ask('stats'),
    reset: () => ask('reset'),
    setDead: async (unit, dead) => {
      await ask(`${dead ? 'dead' : 'alive'} ${unit}`);
    },
    stop: async () => {
      child.stdin.end();
      await exited;
      linesRunning--;
      if (linesRunning === 0) removeEmulator();
    },
  };
}
