/** `npm run fuzz`: hostile bytes into every parser. */
import { writeFileSync } from 'node:fs';
import { optionsOf } from '../support/options.ts';
import { type Finding, fuzz, type TargetReport } from './engine.ts';
import { targets } from './targets.ts';

const usage = `npm run fuzz -- [options]
  --inputs N     of all targets together (default 1000000)
  --seed S       other inputs (default 1)
  --target NAME  one of ${targets.map(({ name }) => name).join(', ')}
  --json FILE    all figures
  --help
Exit code 1: a law does not hold; the input is printed.`;

const values = optionsOf(usage, {
  inputs: { type: 'string', default: '1000000' },
  seed: { type: 'string', default: '1' },
  target: { type: 'string' },
  json: { type: 'string' },
});
const inputs = Number(values.inputs);
const seed = Number(values.seed);
const chosen = targets.filter(({ name }) => values.target === undefined || name === values.target);
if (chosen.length === 0 || !Number.isSafeInteger(inputs) || inputs < 1 || !Number.isSafeInteger(seed)) {
  console.error(usage);
  process.exit(2);
}

const columns = [18, 10, 10, 9, 9, 11, 14] as const;
const row = (cells: readonly (string | number)[]): string =>
  cells
    .map((cell, n) => (n === 0 ? String(cell).padEnd(columns[0]) : String(cell).padStart(columns[n] ?? 10)))
    .join('');

console.log(row(['target', 'inputs', 'accepted', 'seconds', 'per s', 'slowest ms', 'heap B/1000']));
const shares = chosen.reduce((sum, { share }) => sum + share, 0);
const reports: TargetReport[] = [];
for (const target of chosen) {
  const report = await fuzz(target, Math.max(1, Math.round((inputs * target.share) / shares)), seed);
  reports.push(report);
  const { accepted, seconds, perSecond, slowestMs, heapBytesPer1000 } = report;
  console.log(
    row([
      target.name,
      report.inputs,
      accepted,
      seconds.toFixed(1),
      perSecond,
      slowestMs.toFixed(1),
      heapBytesPer1000,
    ]),
  );
  for (const { index, problem, input } of report.findings)
    console.log(`  input ${index}: ${problem}\n  ${input.slice(0, 4_000)}`);
}
const findings: Finding[] = reports.flatMap((report) => report.findings);
const total = reports.reduce((sum, report) => sum + report.inputs, 0);
const seconds = reports.reduce((sum, report) => sum + report.seconds, 0);
console.log(`seed ${seed}: ${total} inputs in ${seconds.toFixed(0)} s, ${findings.length} findings`);
if (values.json !== undefined)
  writeFileSync(values.json, `${JSON.stringify({ seed, total, seconds, reports }, null, 2)}\n`);
process.exitCode = findings.length === 0 ? 0 : 1;
