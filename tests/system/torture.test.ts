/** The short torture of every CI run; `npm run torture -- --kills 1000` is the long one. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it, onTestFinished } from 'vitest';
import { tempDirectory } from '../support/tempStore.ts';

const kills = 50;
const script = fileURLToPath(new URL('../torture/torture.ts', import.meta.url));

interface Figures {
  readonly differences: readonly string[];
  readonly kills: { readonly atStep: Record<string, number>; readonly atRandom: number };
  readonly lives: readonly unknown[];
  readonly comparison: { readonly outcomes: Record<string, number> };
  readonly broker: { readonly killed: number; readonly paused: number };
  readonly duplicates: number;
}

it('M187, M203: 50 kills at the steps of a sale and at random: truth, database and feed agree exactly', {
  timeout: 900_000,
}, async () => {
  const directory = tempDirectory();
  const json = join(directory, 'figures.json');
  const child = spawn(process.execPath, [script, '--kills', String(kills), '--json', json], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  onTestFinished(() => void child.kill('SIGTERM'));
  let said = '';
  for (const output of [child.stdout, child.stderr])
    output.on('data', (chunk: Buffer) => {
      said += chunk.toString();
    });
  const [code] = (await once(child, 'close')) as [number | null];
  expect(code, said).toBe(0);

  const run = JSON.parse(readFileSync(json, 'utf8')) as Figures;
  expect(run.differences).toEqual([]);
  expect(run.lives).toHaveLength(kills + 1);
  const atStep = Object.values(run.kills.atStep);
  expect(atStep.reduce((sum, count) => sum + count, 0) + run.kills.atRandom).toBe(kills);
  // It was a torture: deaths at many different steps, a broker that failed, members that were credited all the same.
  expect(atStep.filter((count) => count > 0).length).toBeGreaterThan(10);
  expect(run.broker.killed + run.broker.paused).toBeGreaterThan(3);
  expect(run.comparison.outcomes.attributed).toBeGreaterThan(10);
  expect(run.duplicates).toBeGreaterThan(0);
});
