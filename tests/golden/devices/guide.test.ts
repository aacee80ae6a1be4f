/** The worked example of docs/device-profiles.md is a profile, and its frames mean what the page says. */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { dispenserProfileSchema } from '../../../src/model/config/profile.ts';
import { checkDispenser, dispenserCase } from '../../support/goldenFrames.ts';

const page = readFileSync(new URL('../../../docs/device-profiles.md', import.meta.url), 'utf8');

function block(language: string): string {
  const found = new RegExp(`\`\`\`${language}\n([\\s\\S]*?)\`\`\``).exec(page)?.[1];
  if (found === undefined) throw new Error(`no ${language} block`);
  return found;
}

it('the example holds', () => {
  const profile = dispenserProfileSchema.parse(parse(block('yaml')));
  checkDispenser(profile, dispenserCase.parse(JSON.parse(block('json'))));
  expect(profile.saleNumber).toEqual({ first: 0, last: 65534 });
});
