/** The storage-fault run as a whole: what is tried, and what each try must show. */
import type { DiskError } from '../support/faultyDisk.ts';
import { type InjectionRow, runInjection } from './injection.ts';
import { type PowerCutOptions, type PowerCutResult, runPowerCuts } from './powerCut.ts';

export interface FaultPlan {
  readonly sales: number;
  readonly restartEvery: number;
  /** Every so many steps one is failed. */
  readonly stride: number;
  /** Power cuts of a run in which nothing else fails, and over the runs with a failed sync. */
  readonly cuts: number;
  readonly failedSyncs: number;
  readonly cutsAfterFailedSync: number;
  /** The same for the controls. */
  readonly controlCuts: number;
  readonly controlFailedSyncs: number;
  readonly seed: number;
}

export const fullPlan: FaultPlan = {
  sales: 12,
  restartEvery: 5,
  stride: 1,
  cuts: 3000,
  failedSyncs: 50,
  cutsAfterFailedSync: 2000,
  controlCuts: 600,
  controlFailedSyncs: 50,
  seed: 20261122,
};
/** Well under a minute: for CI. */
export const quickPlan: FaultPlan = {
  ...fullPlan,
  stride: 101,
  cuts: 120,
  failedSyncs: 3,
  cutsAfterFailedSync: 60,
  controlCuts: 40,
  controlFailedSyncs: 0,
};

const errors: readonly DiskError[] = ['ENOSPC', 'EIO', 'EROFS'];
/** The injected run is short: each of its steps is failed in six ways. */
const injectedRun = { sales: 3, restartEvery: 2 } as const;

export interface FaultReport {
  readonly injection: { readonly steps: number; readonly rows: readonly InjectionRow[] };
  readonly cuts: PowerCutResult;
  readonly cutsAfterFailedSync: PowerCutResult;
  /** With a safeguard taken away: these must lose acknowledged sales, or the instrument is blind. */
  readonly controls: readonly { readonly name: string; readonly result: PowerCutResult }[];
}

export async function runFaults(plan: FaultPlan, onProgress = (_text: string) => {}): Promise<FaultReport> {
  const { sales, restartEvery, seed, failedSyncs, controlFailedSyncs } = plan;
  const cutsOf = (options: Omit<PowerCutOptions, 'sales' | 'restartEvery' | 'seed'>) =>
    runPowerCuts({ sales, restartEvery, seed, ...options });
  const injection = await runInjection({ ...injectedRun, errors, stride: plan.stride, onProgress });
  onProgress('power cuts');
  const cuts = await cutsOf({ cuts: plan.cuts });
  onProgress('power cuts after a failed sync');
  const cutsAfterFailedSync = await cutsOf({ cuts: plan.cutsAfterFailedSync, failedSyncs });
  onProgress('controls');
  const controls = [
    {
      name: 'control: synchronous=NORMAL',
      result: await cutsOf({ cuts: plan.controlCuts, sabotage: 'normal' }),
    },
  ];
  if (controlFailedSyncs > 0) {
    const result = await cutsOf({
      cuts: plan.cutsAfterFailedSync,
      failedSyncs: controlFailedSyncs,
      sabotage: 'no-renewal',
    });
    controls.push({ name: 'control: a failed sync is forgotten', result });
  }
  return { injection, cuts, cutsAfterFailedSync, controls };
}

/** Everything that is not as it must be. */
export function faultsFound({ injection, cuts, cutsAfterFailedSync, controls }: FaultReport): string[] {
  return [
    ...injection.rows.flatMap((row) => [
      ...row.problems,
      ...(row.injected === 0 ? [`no ${row.error} was injected`] : []),
    ]),
    ...[cuts, cutsAfterFailedSync].flatMap((result) => [
      ...result.problems,
      ...(result.acknowledged === 0 ? ['no sale was acknowledged before a cut'] : []),
    ]),
    ...controls.flatMap(({ name, result }) =>
      result.lost > 0 ? [] : [`${name}: no sale was lost, so the instrument is blind`],
    ),
  ];
}
