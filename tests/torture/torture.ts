/** `npm run torture`: the real daemon, killed again and again; in the end every sale is where it belongs, or this fails. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { optionsOf } from '../support/options.ts';
import { endChildrenWithUs } from './children.ts';
import { differencesOf, reportOf } from './report.ts';
import { torture } from './run.ts';

const usage = `npm run torture -- [options]
  --kills N    SIGKILLs of the daemon (default 50)
  --seed S     the same seed gives the same drivers, faults and orders (default: from the clock); when the processes
               run is not in it
  --dir DIR    where the run's folder is made (default: the system's temporary folder)
  --json FILE  all figures
  --keep       keep the folder: database, feed, logs, truth. It is kept anyway when anything differs
  --help`;

const values = optionsOf(usage, {
  kills: { type: 'string', default: '50' },
  seed: { type: 'string' },
  dir: { type: 'string', default: tmpdir() },
  json: { type: 'string' },
  keep: { type: 'boolean', default: false },
});
const kills = Number(values.kills);
const seed = Number(values.seed ?? Date.now() % 1_000_000);
if (!Number.isInteger(kills) || kills < 1 || !Number.isInteger(seed)) {
  console.error(usage);
  process.exit(2);
}

endChildrenWithUs();
const directory = mkdtempSync(join(values.dir, 'forecourt-torture-'));
console.log(`seed ${seed}, ${kills} kills, folder ${directory}`);
const live = process.stdout.isTTY;
let shown = 0;
const progress = (text: string): void => {
  if (live) process.stdout.write(`\r\x1b[K${text}`);
  else if (Date.now() - shown > 10_000) console.log(text);
  else return;
  shown = Date.now();
};

const run = await torture({ kills, seed, directory, progress }).catch((error: unknown) => {
  console.error(error);
  console.error(`seed ${seed}; everything is kept in ${directory}`);
  process.exit(3);
});
if (live) console.log();
console.log(reportOf(run));
const differences = differencesOf(run);
const atStep = Object.fromEntries(run.kills.atStep);
const figures = { seed, ...run, kills: { ...run.kills, atStep }, differences };
if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(figures, null, 2)}\n`);
if (differences.length > 0 || values.keep) {
  writeFileSync(join(directory, 'figures.json'), `${JSON.stringify(figures, null, 2)}\n`);
  console.log(`seed ${seed}; everything is kept in ${directory}`);
} else rmSync(directory, { recursive: true, force: true });
process.exit(differences.length === 0 ? 0 : 1);
