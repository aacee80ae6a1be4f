/** `npm run soak`: simulated days of a station at the speed of the machine. */
import { writeFileSync } from 'node:fs';
import { optionsOf } from '../support/options.ts';
import { type Sample, soak } from './soak.ts';

const usage = `npm run soak -- [options]
  --days D          simulated days (default 30)
  --points P        fuelling points (default 16)
  --sales N         of each point and day (default 1000)
  --retention DAYS  of the journal (default 7)
  --telemetry DAYS  of telemetry (default 2)
  --no-prune        let everything grow, as a control
  --seed S          other sales (default 1)
  --json FILE       all figures
  --help
Exit code 1: memory, handles or files grow beyond their bounds, or the books differ from what was sold.`;

const values = optionsOf(usage, {
  days: { type: 'string', default: '30' },
  points: { type: 'string', default: '16' },
  sales: { type: 'string', default: '1000' },
  retention: { type: 'string', default: '7' },
  telemetry: { type: 'string', default: '2' },
  'no-prune': { type: 'boolean', default: false },
  seed: { type: 'string', default: '1' },
  json: { type: 'string' },
});

const mb = (bytes: number): string => (bytes / 2 ** 20).toFixed(1);
const row = (cells: readonly (string | number)[]): string =>
  cells.map((cell) => String(cell).padStart(10)).join('');
console.log(row(['day', 'sales', 'rss MB', 'heap MB', 'handles', 'files', 'db MB', 'wal MB', 'ms/sale']));
const show = (sample: Sample): void =>
  console.log(
    row([
      ...[sample.day.toFixed(1), sample.sales, mb(sample.rss), mb(sample.heap), sample.handles, sample.files],
      ...[mb(sample.file), mb(sample.wal), sample.msPerSale.toFixed(2)],
    ]),
  );

const report = await soak(
  {
    days: Number(values.days),
    points: Number(values.points),
    salesPerPointADay: Number(values.sales),
    retentionDays: Number(values.retention),
    telemetryDays: Number(values.telemetry),
    prune: !values['no-prune'],
    seed: Number(values.seed),
    samples: 40,
  },
  show,
);
const { slopes, bytesPerSale, problems } = report;
console.log(
  `${report.sales} sales in ${report.seconds.toFixed(0)} s; for each thousand sales: heap ${slopes.heap.toFixed(0)} bytes, rss ${slopes.rss.toFixed(0)} bytes, handles ${slopes.handles.toFixed(3)}, files ${slopes.files.toFixed(3)}`,
);
console.log(
  `database: ${bytesPerSale.early.toFixed(0)} bytes a sale before anything is old, ${bytesPerSale.late.toFixed(0)} in the last quarter`,
);
for (const problem of problems) console.log(problem);
if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(report, null, 2)}\n`);
process.exitCode = problems.length === 0 ? 0 : 1;
