/** `npm run faults`: the storage-fault run. */
import { cpus, release } from 'node:os';
import { table } from '../bench/busTables.ts';
import { optionsOf } from '../support/options.ts';
import { type FaultReport, faultsFound, fullPlan, quickPlan, runFaults } from './faults.ts';

const usage = `npm run faults -- [options]
  --quick  fewer steps and cuts, for a first look
  --help
Exit code 1: an acknowledged sale was lost or doubled, a store was unsound, or a control saw nothing.`;

const values = optionsOf(usage, { quick: { type: 'boolean', default: false } });
const plan = values.quick ? quickPlan : fullPlan;
const startedAt = performance.now();
const report = await runFaults(plan, (text) => process.stderr.write(`${text}\n`));
const found = faultsFound(report);

console.log(
  `${cpus()[0]?.model ?? 'unknown CPU'}, ${cpus().length} cores, Linux ${release()}, Node ${process.version}; seed ${plan.seed}`,
);
console.log(
  `\nInjected faults: each of ${report.injection.steps} steps of three sales, every ${plan.stride}.\n`,
);
console.log(injected(report));
console.log(`\nPower cuts: ${plan.sales} sales, a restart after each ${plan.restartEvery}.\n`);
console.log(powerCuts(report));
console.log(
  `\n${found.length === 0 ? 'All is as it must be' : `${found.length} problem(s)`}; ${Math.round((performance.now() - startedAt) / 1000)} s.`,
);
for (const problem of found.slice(0, 50)) console.log(`  ${problem}`);
process.exitCode = found.length === 0 ? 0 : 1;

function injected({ injection }: FaultReport): string {
  return table(
    ['fault', 'when', 'injected', 'acknowledged sales', 'lost', 'doubled', 'problems'],
    injection.rows.map(({ error, onwards, injected, acknowledged, lost, doubled, problems }) => [
      error,
      onwards ? 'from the step on' : 'at the step only',
      ...[injected, acknowledged, lost, doubled, problems.length].map(String),
    ]),
    2,
  );
}

function powerCuts({ cuts, cutsAfterFailedSync, controls }: FaultReport): string {
  const rows = [
    { name: 'FULL', result: cuts },
    { name: 'FULL, after a failed sync', result: cutsAfterFailedSync },
    ...controls,
  ];
  return table(
    ['run', 'steps', 'cuts', 'acknowledged sales', 'lost', 'doubled', 'problems'],
    rows.map(({ name, result }) => [
      name,
      ...[result.steps, result.cuts, result.acknowledged, result.lost, result.doubled].map(String),
      String(result.problems.length),
    ]),
  );
}
