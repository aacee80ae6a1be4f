/** The storage-fault run in its quick form; `npm run faults` is the full one. */
import { expect, it } from 'vitest';
import { faultsFound, quickPlan, runFaults } from '../faults/faults.ts';

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
