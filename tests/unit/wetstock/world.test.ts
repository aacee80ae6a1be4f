/** The short form of `npm run bench:wetstock`. */
import { describe, expect, it } from 'vitest';
import { runTank } from '../../bench/wetstockRun.ts';
import { scoreRuns } from '../../bench/wetstockScore.ts';

describe('two weeks of two tanks with known truth', () => {
  const common = { seed: 77, days: 14, chartError: 0.001 };
  const runs = [
    runTank({ ...common, tank: 0, troubles: {}, reports: true }),
    runTank({ ...common, tank: 2, troubles: { theft: { litres: 100, day: 9 } }, reports: false }),
  ];
  const { targets } = scoreRuns(runs);

  it.each([
    'deliveries over 500 L missed',
    'deliveries invented',
    'alarms on tight tanks',
    'theft of 100 L overnight found the next morning',
  ])('%s', (name) => {
    expect(runs[0]?.truth.length).toBeGreaterThan(2);
    expect(targets.find((target) => target.name === name)).toMatchObject({ pass: true });
  });
});
