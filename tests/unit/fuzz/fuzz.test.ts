/** A short fuzz run over every parser, and every input that once broke one. The long run is `npm run fuzz`. */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { fuzz } from '../../fuzz/engine.ts';
import { targets } from '../../fuzz/targets.ts';

const inputs = 20_000;
const seed = 7;
const shares = targets.reduce((sum, { share }) => sum + share, 0);

describe.each(targets.map((target) => [target.name, target] as const))('%s', (_, target) => {
  it('neither crashes, nor takes nonsense, nor takes long', { timeout: 60_000 }, async () => {
    const report = await fuzz(target, Math.max(20, Math.round((inputs * target.share) / shares)), seed);
    expect(report.findings).toEqual([]);
    expect(report.inputs).toBeGreaterThanOrEqual(20);
  });
});

interface Case {
  readonly target: string;
  /** What it broke. */
  readonly was: string;
  /** Base64. */
  readonly input: string;
}

const corpus = fileURLToPath(new URL('../../fuzz/corpus/', import.meta.url));
const cases = readdirSync(corpus)
  .filter((name) => name.endsWith('.json'))
  .map((name) => [name, JSON.parse(readFileSync(corpus + name, 'utf8')) as Case] as const);

it.each(cases)('%s does not break it again', async (_, { target: name, input }) => {
  const target = targets.find((each) => each.name === name);
  if (!target) throw new Error(`no target ${name}`);
  await target.begin?.();
  try {
    // A rejection or an exception outside of the call ends the worker.
    await target.run(Buffer.from(input, 'base64'));
  } finally {
    await target.end?.();
  }
});
