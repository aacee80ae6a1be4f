import { expect, it } from 'vitest';
import { soak } from '../soak/soak.ts';

it('two days of a small station leave nothing behind but its books', { timeout: 120_000 }, async () => {
  const report = await soak({
    ...{ days: 2, points: 4, salesPerPointADay: 30, samples: 12, seed: 3 },
    ...{ retentionDays: 1, telemetryDays: 1, prune: true },
  });
  expect(report.problems).toEqual([]);
  expect(report.sales).toBe(240);
  expect(report.samples.length).toBeGreaterThanOrEqual(10);
});
