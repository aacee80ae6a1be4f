/** The parent's side of `worker.ts`. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { FaultyDisk } from '../support/faultyDisk.ts';
import type { Acknowledged, ScriptEnd } from './script.ts';

export type Sabotage = 'normal' | 'no-renewal';

/** One line of the worker. */
export type Told = {
  readonly ready?: true;
  readonly acknowledged?: Acknowledged;
  readonly soldMl?: number;
  readonly number?: number;
  readonly end?: ScriptEnd;
};

export interface ScriptResult extends ScriptEnd {
  readonly acknowledged: readonly Acknowledged[];
}

export interface Worker {
  run(script: { readonly sales: number; readonly restartEvery: number }): Promise<ScriptResult>;
  stop(): Promise<void>;
}

const program = fileURLToPath(new URL('worker.ts', import.meta.url));

/** Its disk is `disk`; `marks` as given to it. */
export async function startWorker(
  directory: string,
  disk: FaultyDisk,
  options: { readonly marks?: string; readonly sabotage?: Sabotage } = {},
): Promise<Worker> {
  const child: ChildProcess = spawn(process.execPath, [program, directory, options.marks ?? ''], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, ...disk.env, SABOTAGE: options.sabotage ?? '' },
  });
  const { stdin, stdout } = child;
  if (!stdin || !stdout) throw new Error('the worker has no pipes');
  const ended = once(child, 'close');
  const lines = createInterface({ input: stdout })[Symbol.asyncIterator]();
  const next = async (): Promise<Told> => {
    const { value, done } = await lines.next();
    if (done) {
      await ended;
      throw new Error(`the worker ended: ${child.exitCode ?? child.signalCode}`);
    }
    return JSON.parse(value) as Told;
  };
  await next();
  return {
    async run(script) {
      stdin.write(`${JSON.stringify(script)}\n`);
      const acknowledged: Acknowledged[] = [];
      for (;;) {
        const told = await next();
        if (told.acknowledged) acknowledged.push(told.acknowledged);
        if (told.end) return { ...told.end, acknowledged };
      }
    },
    async stop() {
      stdin.end();
      await ended;
    },
  };
}
