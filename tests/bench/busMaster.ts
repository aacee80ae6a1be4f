/**
 * What a master under test is told on its command line and what it prints: one JSON line
 * `{"event":"begin"}` after its warm-up, one `{"event":"end",...}` when the measured time is over.
 */
import { parseArgs } from 'node:util';
import { emulatedRegister } from '../support/emulatedLine.ts';

/** Consecutive holding registers. */
export interface Block {
  readonly address: number;
  readonly count: number;
}

export interface MasterTask {
  /** The pty's path, or the TCP port of an RTU-over-TCP line on loopback. */
  readonly path?: string;
  readonly port?: number;
  readonly baud: number;
  readonly units: number;
  readonly timeoutMs: number;
  readonly warmupS: number;
  readonly seconds: number;
  readonly blocks: readonly Block[];
  /** Most registers of a gap that may be read along (planner). */
  readonly maxGap: number;
  /** How long after its time-out a reply may still come (quarantine). */
  readonly lateReplyMs: number;
  readonly quarantine: boolean;
  /** One poll for each block instead of one for all (a master that polls). */
  readonly pollEach: boolean;
  /** The plain loop's wait between two requests; 0: none. */
  readonly gapMs: number;
}

export interface MasterResult {
  readonly elapsedMs: number;
  /** Requests sent in the measured time; null: the master cannot tell, the line's count stands. */
  readonly requests: number | null;
  /** Reads that were believed and held a register of another unit or address. */
  readonly wrong: number;
  readonly cpuUs: number;
  /** Good reads by unit; a read is one block, or one whole poll for a master that polls. */
  readonly goodByUnit: readonly number[];
  readonly peakMemoryMb?: number;
  readonly notes?: Readonly<Record<string, number>>;
}

export function taskFlags(task: MasterTask): string[] {
  const { blocks, path, port, quarantine, pollEach, ...numbers } = task;
  const words = Object.entries(numbers).flatMap(([name, value]) => [`--${name}`, String(value)]);
  words.push('--blocks', blocks.map(({ address, count }) => `${address}:${count}`).join(','));
  if (path !== undefined) words.push('--path', path);
  if (port !== undefined) words.push('--port', String(port));
  if (!quarantine) words.push('--no-quarantine');
  if (pollEach) words.push('--pollEach');
  return words;
}

export function readTask(words: readonly string[]): MasterTask {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({
    args: [...words],
    options: {
      path: text,
      port: text,
      baud: text,
      units: text,
      timeoutMs: text,
      warmupS: text,
      seconds: text,
      blocks: text,
      maxGap: text,
      lateReplyMs: text,
      gapMs: text,
      'no-quarantine': { type: 'boolean' },
      pollEach: { type: 'boolean' },
    },
  });
  const blocks = (values.blocks ?? '').split(',').map((word) => {
    const [address = 0, count = 0] = word.split(':').map(Number);
    return { address, count };
  });
  return {
    ...(values.path === undefined ? {} : { path: values.path }),
    ...(values.port === undefined ? {} : { port: Number(values.port) }),
    baud: Number(values.baud),
    units: Number(values.units),
    timeoutMs: Number(values.timeoutMs),
    warmupS: Number(values.warmupS),
    seconds: Number(values.seconds),
    blocks,
    maxGap: Number(values.maxGap),
    lateReplyMs: Number(values.lateReplyMs),
    gapMs: Number(values.gapMs),
    quarantine: !values['no-quarantine'],
    pollEach: values.pollEach === true,
  };
}

/** True when every register holds what this unit has at this address. */
export function holds(unit: number, address: number, registers: ArrayLike<number>): boolean {
  for (let index = 0; index < registers.length; index++) {
    if (registers[index] !== emulatedRegister(unit, address + index)) return false;
  }
  return true;
}

/** Counts a master's reads between `begin` and `end` and prints both. */
export class Tally {
  readonly #goodByUnit: number[];
  #requests = 0;
  #wrong = 0;
  #cpu = process.cpuUsage();
  #since: number | undefined;

  constructor(units: number) {
    this.#goodByUnit = new Array<number>(units).fill(0);
  }

  get begunAt(): number | undefined {
    return this.#since;
  }

  begin(): void {
    process.stdout.write('{"event":"begin"}\n');
    this.#since = performance.now();
    this.#cpu = process.cpuUsage();
  }

  request(): void {
    if (this.#since !== undefined) this.#requests++;
  }

  /** A read that the master believed. */
  read(unit: number, right: boolean): void {
    if (this.#since === undefined) return;
    this.#goodByUnit[unit - 1] = (this.#goodByUnit[unit - 1] ?? 0) + 1;
    if (!right) this.#wrong++;
  }

  /** `elapsedMs` where the master knows better than the clock what its reads took. */
  end(requests: number | null = this.#requests, elapsedMs?: number, notes?: Record<string, number>): void {
    const cpu = process.cpuUsage(this.#cpu);
    const result: MasterResult = {
      elapsedMs: elapsedMs ?? performance.now() - (this.#since ?? performance.now()),
      requests,
      wrong: this.#wrong,
      cpuUs: cpu.user + cpu.system,
      goodByUnit: this.#goodByUnit,
      peakMemoryMb: Math.round(process.resourceUsage().maxRSS / 1024),
      ...(notes ? { notes } : {}),
    };
    process.stdout.write(`${JSON.stringify({ event: 'end', ...result })}\n`);
  }
}
