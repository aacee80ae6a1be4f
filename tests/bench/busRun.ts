/** Runs one master in its own process on one emulated line and brings both sides' figures together. */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  compileC,
  type EmulatedLineOptions,
  type EmulatedLineStats,
  linesOf,
  startEmulatedLine,
} from '../support/emulatedLine.ts';
import { type MasterResult, type MasterTask, taskFlags } from './busMaster.ts';
import { deviceDelayMs } from './busWork.ts';

export type MasterKind = 'forecourt' | 'modbus-serial' | 'libmodbus';
export interface Run {
  readonly master: MasterResult;
  /** Of the measured time. */
  readonly line: EmulatedLineStats;
  /** Early requests of the whole run, warm-up included. */
  readonly early: number;
  readonly requests: number;
}

const nodePeers = {
  forecourt: import.meta.resolve('./peers/forecourtLoop.ts'),
  'modbus-serial': import.meta.resolve('./peers/modbusSerialLoop.ts'),
};
let libmodbusProgram: string | undefined;

/** Compiles the libmodbus loop. Returns why it cannot be had, or null. */
export function prepareLibmodbus(): string | null {
  const directory = mkdtempSync(join(tmpdir(), 'libmodbus-loop-'));
  process.once('exit', () => rmSync(directory, { recursive: true, force: true }));
  try {
    libmodbusProgram = compileC(fileURLToPath(import.meta.resolve('./peers/libmodbus_loop.c')), directory, [
      'modbus',
    ]);
    return null;
  } catch (error) {
    return error instanceof Error
      ? (error.message.split('\n').find((line) => line.includes('error')) ?? error.message)
      : String(error);
  }
}

function commandOf(kind: MasterKind, task: MasterTask): [program: string, args: string[]] {
  if (kind !== 'libmodbus') return [process.execPath, [fileURLToPath(nodePeers[kind]), ...taskFlags(task)]];
  if (libmodbusProgram === undefined || task.path === undefined)
    throw new Error('libmodbus needs its library and a pty');
  const numbers = [
    task.baud,
    task.units,
    task.timeoutMs,
    task.warmupS,
    task.seconds,
    task.quarantine ? 1 : 0,
  ];
  return [
    libmodbusProgram,
    [task.path, ...numbers.map(String), ...task.blocks.map((b) => `${b.address}:${b.count}`)],
  ];
}

export async function runMaster(
  kind: MasterKind,
  lineOptions: EmulatedLineOptions,
  work: Omit<MasterTask, 'path' | 'port' | 'baud'>,
): Promise<Run> {
  const line = await startEmulatedLine({ deviceDelayMs, units: work.units, ...lineOptions });
  try {
    const [program, args] = commandOf(kind, { ...work, ...line.end, baud: lineOptions.baud });
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    const next = linesOf(child);
    await next(); // begin
    const before = await line.reset();
    const master = JSON.parse(await next()) as MasterResult;
    const during = await line.stats();
    return {
      master,
      line: during,
      early: before.early + during.early,
      requests: master.requests ?? during.requests,
    };
  } finally {
    await line.stop();
  }
}
