/**
 * `npm run bench:wetstock [-- --seeds 11,12,13 --days 90 --chart 0.1 --json FILE --picture FILE]`: six tanks with known truth; deliveries,
 * a leak, a theft and meters that err. docs/wet-stock.md tells what is measured.
 */
import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { drawWetStock } from './wetstockPicture.ts';
import { runTank, type TankRun } from './wetstockRun.ts';
import { scoreRuns } from './wetstockScore.ts';
import type { Troubles } from './wetstockWorld.ts';

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '11,12,13' },
    days: { type: 'string', default: '90' },
    chart: { type: 'string', default: '0.1' },
    json: { type: 'string' },
    picture: { type: 'string' },
  },
});
const days = Number(values.days);
const seeds = values.seeds.split(',').map(Number);

/** Of six tanks: one leaks, one is stolen from, two meters err, two are tight. */
const troubled = (tank: number): Troubles => {
  switch (tank) {
    case 1:
      return { leak: { litresPerHour: 0.76, fromDay: Math.floor(days / 4) } };
    case 2:
      return { theft: { litres: 100, day: Math.floor(days / 2) } };
    case 3:
      return { meterFactor: 1.005 };
    case 4:
      return { meterFactor: 0.995 };
    default:
      return {};
  }
};

const runs: TankRun[] = [];
for (const seed of seeds) {
  for (let tank = 0; tank < 6; tank++) {
    const trouble = troubled(tank);
    // each tank tight, and each that has a trouble once more with it
    for (const troubles of Object.keys(trouble).length === 0 ? [{}] : [{}, trouble]) {
      process.stderr.write(`\rseed ${seed}, tank ${tank}: ${runs.length + 1} runs  `);
      runs.push(
        runTank({
          seed,
          tank,
          days,
          troubles,
          reports: tank % 2 === 0,
          chartError: Number(values.chart) / 100,
        }),
      );
    }
  }
}
process.stderr.write('\n');

const score = scoreRuns(runs);
console.log(
  `${days} days, tables of the gauges wrong by up to ${values.chart} %, seeds ${seeds.join(', ')}, ${runs.length} tanks; ${cpus()[0]?.model ?? 'unknown'}, ${cpus().length} cores, Node ${process.version}\n`,
);
for (const line of score.lines) console.log(line);
for (const { name, target, measured, pass } of score.targets)
  console.log(
    `${name.padEnd(58)} ${target.padStart(14)} ${measured.padStart(22)}  ${pass ? 'PASS' : 'MISS'}`,
  );
if (values.json) writeFileSync(values.json, `${JSON.stringify({ days, seeds, ...score }, null, 2)}\n`);
if (values.picture)
  writeFileSync(values.picture, drawWetStock(runs.filter(({ options }) => options.seed === seeds[0])));
if (score.targets.some(({ pass }) => !pass)) process.exitCode = 1;
