/** The power goes at any step of the scripted run: what was acknowledged before must be there at the next start. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Random } from '../../src/core/ports.ts';
import { seededRandom } from '../../src/simulator/physics/random.ts';
import { faultyDisk, stepKinds } from '../support/faultyDisk.ts';
import { faultStation } from './books.ts';
import { createDiskModel } from './diskModel.ts';
import { readRecording, type Step } from './recording.ts';
import type { Acknowledged } from './script.ts';
import { judge, type Truth } from './verdict.ts';
import { type Sabotage, startWorker } from './workerProcess.ts';
import { workplace } from './workplace.ts';

export interface PowerCutOptions {
  readonly sales: number;
  readonly restartEvery: number;
  /** Power cuts in all. */
  readonly cuts: number;
  /** Runs in each of which another sync fails; 0: one run in which none does. */
  readonly failedSyncs?: number;
  readonly seed: number;
  readonly sabotage?: Sabotage;
}

export interface PowerCutResult {
  /** Steps recorded. */
  readonly steps: number;
  readonly cuts: number;
  /** Acknowledged sales, summed over the cuts. */
  readonly acknowledged: number;
  readonly lost: number;
  readonly doubled: number;
  readonly problems: readonly string[];
}

export async function runPowerCuts(options: PowerCutOptions): Promise<PowerCutResult> {
  const place = workplace();
  const random = seededRandom(options.seed);
  const runs = Math.max(1, options.failedSyncs ?? 0);
  const sum = { steps: 0, cuts: 0, acknowledged: 0, lost: 0, doubled: 0, problems: [] as string[] };
  try {
    for (let run = 0; run < runs; run++) {
      const failAt = options.failedSyncs ? 1 + Math.floor(random() * syncsOf(options.sales)) : null;
      const steps = await recordRun(join(place, `run-${run}`), options, failAt);
      sum.steps += steps.length;
      const result = await cutRun(steps, join(place, 'cut'), Math.ceil(options.cuts / runs), random);
      sum.cuts += result.cuts;
      sum.acknowledged += result.acknowledged;
      sum.lost += result.lost;
      sum.doubled += result.doubled;
      sum.problems.push(...result.problems.map((text) => (failAt ? `sync ${failAt} failed, ${text}` : text)));
    }
    return sum;
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
}

/** A sale and its scan make some six durable commits. */
const syncsOf = (sales: number): number => sales * 6;

/** The steps of one run. `failAt`: the sync that fails; null: none. */
export async function recordRun(
  place: string,
  { sales, restartEvery, sabotage }: Pick<PowerCutOptions, 'sales' | 'restartEvery' | 'sabotage'>,
  failAt: number | null,
): Promise<Step[]> {
  mkdirSync(place);
  const directory = join(place, 'store');
  const record = { file: join(place, 'recording'), marks: join(place, 'marks') };
  const disk = faultyDisk(directory, record);
  const worker = await startWorker(directory, disk, {
    marks: record.marks,
    ...(sabotage ? { sabotage } : {}),
  });
  if (failAt !== null) disk.fail({ error: 'EIO', at: failAt, onwards: false, kinds: stepKinds.syncs });
  await worker.run({ sales, restartEvery });
  await worker.stop();
  disk.remove();
  return readRecording(record.file);
}

async function cutRun(
  steps: readonly Step[],
  directory: string,
  cuts: number,
  random: Random,
): Promise<Omit<PowerCutResult, 'steps'>> {
  const station = faultStation();
  const cutsAfter = new Map<number, number>();
  for (let n = 0; n < cuts; n++) {
    const step = Math.floor(random() * steps.length);
    cutsAfter.set(step, (cutsAfter.get(step) ?? 0) + 1);
  }
  const model = createDiskModel(random);
  const acknowledged = new Map<string, Acknowledged>();
  let sold = { soldMl: 0, number: 0 };
  const sum = { cuts: 0, acknowledged: 0, lost: 0, doubled: 0, problems: [] as string[] };
  for (const [index, step] of steps.entries()) {
    model.take(step);
    if (step.kind === 'mark') {
      for (const told of step.told) {
        if (told.acknowledged) acknowledged.set(told.acknowledged.key, told.acknowledged);
        if (told.soldMl !== undefined && told.number !== undefined)
          sold = { soldMl: told.soldMl, number: told.number };
      }
    }
    for (let n = cutsAfter.get(index) ?? 0; n > 0; n--) {
      lay(model.cut(), directory);
      const truth: Truth = { acknowledged: [...acknowledged.values()], ...sold };
      const verdict = await judge(station, directory, truth);
      sum.cuts++;
      sum.acknowledged += truth.acknowledged.length;
      sum.lost += verdict.lost;
      sum.doubled += verdict.doubled;
      sum.problems.push(...verdict.problems.map((text) => `cut after step ${index}: ${text}`));
    }
  }
  return sum;
}

function lay(files: ReadonlyMap<string, Buffer>, directory: string): void {
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(directory);
  for (const [name, bytes] of files) writeFileSync(join(directory, name), bytes);
}
