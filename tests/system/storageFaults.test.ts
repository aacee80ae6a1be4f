/** The storage-fault run in its quick form; `npm run faults` is the full one. */
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { faultsFound, quickPlan, runFaults } from '../faults/faults.ts';
import { recordRun } from '../faults/powerCut.ts';
import { tempDirectory } from '../support/tempStore.ts';

it('M187 M195: no fault of the disk and no power cut loses or doubles an acknowledged sale', {
  timeout: 300_000,
}, async () => {
  const report = await runFaults(quickPlan);
  expect(faultsFound(report)).toEqual([]);
  expect(report.injection.rows.map(({ lost, doubled }) => lost + doubled)).toEqual([0, 0, 0, 0, 0, 0]);
  expect(report.cuts).toMatchObject({ cuts: quickPlan.cuts, lost: 0, doubled: 0 });
  // The instrument can see: without a sync at each commit sales are lost.
  expect(report.controls[0]?.result.lost).toBeGreaterThan(0);
});

it('the name of the log is on the disk, and seen to be, before the database is written over', async () => {
  const steps = await recordRun(join(tempDirectory(), 'run'), { sales: 1, restartEvery: 0 }, null);
  const created = (name: string) => steps.findIndex((step) => step.kind === 'create' && step.name === name);
  const [database, log] = [created('forecourt.db'), created('forecourt.db-wal')];
  const file = (index: number) => {
    const step = steps[index];
    return step?.kind === 'create' ? step.file : null;
  };
  const over = steps.findIndex(
    (step, index) => index > log && step.kind === 'write' && step.file === file(database),
  );
  expect(log).toBeGreaterThan(database);
  expect(over).toBeGreaterThan(log);
  // SQLite's own sync, whose failure it keeps to itself, and the station's.
  const syncs = steps.slice(log, over).filter(({ kind }) => kind === 'sync-directory');
  expect(syncs.length).toBeGreaterThanOrEqual(2);
});
