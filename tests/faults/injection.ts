/** Every step of the scripted run fails once, in every way: what was acknowledged must be there afterwards. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { type DiskError, type Fault, faultyDisk } from '../support/faultyDisk.ts';
import { faultStation } from './books.ts';
import { judge } from './verdict.ts';
import { startWorker } from './workerProcess.ts';
import { workplace } from './workplace.ts';

export interface InjectionRow {
  readonly error: DiskError;
  readonly onwards: boolean;
  readonly injected: number;
  readonly acknowledged: number;
  readonly lost: number;
  readonly doubled: number;
  readonly problems: readonly string[];
}

export interface InjectionOptions {
  readonly sales: number;
  readonly restartEvery: number;
  readonly errors: readonly DiskError[];
  /** Every so many steps one is tried; 1: every one. */
  readonly stride: number;
  readonly onProgress?: (text: string) => void;
}

/** The steps of a run in which nothing fails, and what happens when each of them does. */
export async function runInjection(
  options: InjectionOptions,
): Promise<{ steps: number; rows: InjectionRow[] }> {
  const { sales, restartEvery, errors, stride } = options;
  const place = workplace();
  const directory = join(place, 'store');
  const disk = faultyDisk(directory);
  const worker = await startWorker(directory, disk);
  const station = faultStation();
  try {
    disk.heal();
    await worker.run({ sales, restartEvery });
    const { steps } = disk.seen();
    const rows: InjectionRow[] = [];
    for (const error of errors) {
      for (const onwards of [false, true]) {
        const row = { injected: 0, acknowledged: 0, lost: 0, doubled: 0, problems: [] as string[] };
        for (let at = 1 + (rows.length % stride); at <= steps; at += stride) {
          rmSync(directory, { recursive: true, force: true });
          disk.fail({ error, at, onwards } satisfies Fault);
          const result = await worker.run({ sales, restartEvery });
          row.injected += disk.seen().failed > 0 ? 1 : 0;
          disk.heal();
          row.acknowledged += new Set(result.acknowledged.map(({ key }) => key)).size;
          const verdict = await judge(station, directory, result);
          row.lost += verdict.lost;
          row.doubled += verdict.doubled;
          row.problems.push(
            ...verdict.problems.map((text) => `${error}${onwards ? ' onwards' : ''} at step ${at}: ${text}`),
          );
        }
        rows.push({ error, onwards, ...row });
        options.onProgress?.(`${error} ${onwards ? 'from each step on' : 'at each step'}: ${row.injected}`);
      }
    }
    return { steps, rows };
  } finally {
    await worker.stop();
    disk.remove();
    rmSync(place, { recursive: true, force: true });
  }
}
