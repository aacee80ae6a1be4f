/** `npm run bench:matching`: drivers of all sorts at stations of all sorts, and whose sale it became. */
import { writeFileSync } from 'node:fs';
import { cpus, release, totalmem } from 'node:os';
import { type MatchingPolicy, matchingSchema } from '../../src/model/config/station.ts';
import { optionsOf } from '../support/options.ts';
import { verdictTable } from './busTables.ts';
import { type LayoutName, layoutNames } from './matchingLayouts.ts';
import { matchingPicture } from './matchingPicture.ts';
import { hostile, moreOften, ordinary } from './matchingProfiles.ts';
import { type Score, score } from './matchingScore.ts';
import { scratchDirectory } from './matchingStation.ts';
import { type CurvePoint, curveTable, legend, scoreTable, verdicts, wrongTable } from './matchingTables.ts';

const usage = `npm run bench:matching -- [options]
  --sales N      sales for each layout, default policy and ordinary drivers (default 2000)
  --others N     sales of each further policy and of hostile drivers (default a quarter of --sales, at most 5000)
  --curve N      sales for each point of the curve, a reader per side and per island (default as --others; 0: none)
  --seed S       another seed, other drivers (default 1)
  --rare F       the slips that come to wrong credits F times as often: walk-aways, moves to another point, wrong readers
                 (default 1); errors too rare to be counted are then seen, and are to be divided by F
  --windows LIST of beforeS,afterS,lateS,promptS: the curve of these only (default all)
  --layout L,... of nozzle, side, island, station (default all)
  --dir DIR      where the stores are made (default: /dev/shm where there is one, for nothing is to survive)
  --json FILE    all figures
  --svg FILE     the curve as a picture
  --help
Exit code 1: a target was missed.`;

const values = optionsOf(usage, {
  sales: { type: 'string', default: '2000' },
  others: { type: 'string' },
  curve: { type: 'string' },
  seed: { type: 'string', default: '1' },
  rare: { type: 'string', default: '1' },
  windows: { type: 'string', default: 'beforeS,afterS,lateS,promptS' },
  layout: { type: 'string', default: layoutNames.join(',') },
  dir: { type: 'string', default: scratchDirectory() },
  json: { type: 'string' },
  svg: { type: 'string' },
});

const layouts = layoutNames.filter((name) => values.layout.split(',').includes(name));
const sales = Number(values.sales);
const others = Number(values.others ?? Math.min(5000, Math.round(sales / 4)));
const curveSales = Number(values.curve ?? others);
const seed = Number(values.seed);
const rare = Number(values.rare);
const isWhole = [sales, others, curveSales, seed, rare].every(Number.isSafeInteger);
if (layouts.length === 0 || !isWhole || sales < 1 || rare < 1) {
  console.error(usage);
  process.exit(2);
}

const byDefault = matchingSchema.parse({});
/** Every scan within three minutes, decided at once. */
const wide: MatchingPolicy = {
  ...byDefault,
  ...{ beforeS: 180, oldS: 180, lateS: 30, promptS: 0, waitS: 0, sharedWaitS: 0 },
};
/** Only a scan that is promptly followed by the lift. */
const strict: MatchingPolicy = { ...byDefault, beforeS: 20, afterS: 0, slowS: 0 };
const policies = [
  { name: 'wide', matching: wide, islands: false },
  { name: 'strict', matching: strict },
];

const machine = {
  cpu: cpus()[0]?.model ?? 'unknown',
  cores: cpus().length,
  memoryGb: Math.round(totalmem() / 2 ** 30),
  kernel: release(),
  node: process.version,
  at: new Date().toISOString(),
};
const run = (
  name: LayoutName,
  policy: { name: string; matching: MatchingPolicy; islands?: boolean },
  count: number,
  behaviour = ordinary,
): Score =>
  score({
    ...{ layout: name, behaviour: moreOften(behaviour, rare), policy },
    ...{ sales: count, seed, directory: values.dir },
  });

console.log(
  `${machine.cpu}, ${machine.cores} cores, ${machine.memoryGb} GB, Linux ${machine.kernel}, Node ${machine.node}; seed ${seed}${rare === 1 ? '' : `; walk-aways, moves and wrong readers ${rare} times as often`}`,
);
console.log(
  'Eight fuelling points on four islands; recordFuelling, recordScan and settleSales over a real store, in virtual time.\n',
);

const scores: Score[] = [];
for (const name of layouts) {
  scores.push(run(name, { name: 'default', matching: byDefault }, sales));
  if (others === 0) continue;
  scores.push(run(name, { name: 'default', matching: byDefault }, others, hostile));
  for (const policy of policies) scores.push(run(name, policy, others));
}
console.log(`${scoreTable(scores)}\n\n${legend}\n`);
console.log(`Credited wrongly:\n${wrongTable(scores)}\n`);

const windows: { key: keyof MatchingPolicy; seconds: readonly number[] }[] = [
  { key: 'beforeS', seconds: [15, 30, 40, 60, 120, 300] },
  { key: 'afterS', seconds: [0, 10, 20, 30, 60, 120] },
  { key: 'lateS', seconds: [30, 60, 120, 180, 300] },
  { key: 'promptS', seconds: [0, 10, 15, 30, 60] },
];
const curve: CurvePoint[] = [];
if (curveSales > 0) {
  for (const name of layouts.filter((each) => each === 'side' || each === 'island'))
    for (const { key, seconds } of windows.filter((each) => values.windows.split(',').includes(each.key)))
      for (const value of seconds) {
        const matching = { ...byDefault, [key]: value };
        curve.push({
          window: key,
          seconds: value,
          score: run(name, { name: `${key} ${value}`, matching }, curveSales),
        });
      }
  console.log(`One window changed, the rest as by default, ordinary drivers:\n${curveTable(curve)}\n`);
}

const found = verdicts(scores);
console.log(verdictTable(found));
const note = `${machine.cpu}, Node ${machine.node}; ordinary drivers, ${curveSales} sales a dot, seed ${seed}; npm run bench:matching`;
if (values.json)
  writeFileSync(
    values.json,
    `${JSON.stringify({ machine, seed, scores, curve, verdicts: found }, null, 2)}\n`,
  );
if (values.svg) writeFileSync(values.svg, matchingPicture(curve, note));
process.exitCode = found.every(({ pass }) => pass) ? 0 : 1;
