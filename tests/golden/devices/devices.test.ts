/** Real RTU frames of every shipped profile of a Modbus device: what is asked, and what the answer means. */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, it } from 'vitest';
import {
  checkDispenser,
  checkGauge,
  checkReader,
  dispenserCase,
  gaugeCase,
  readerCase,
} from '../../support/goldenFrames.ts';
import { shippedProfiles } from '../../support/profiles.ts';

const here = fileURLToPath(new URL('.', import.meta.url));

function cases(profile: string): unknown[] {
  const names = readdirSync(here + profile).sort();
  return names.map((name) => JSON.parse(readFileSync(`${here}${profile}/${name}`, 'utf8')));
}

const modbus = shippedProfiles.filter((profile) => profile.kind !== 'opcua');
describe.each(modbus.map((profile) => [profile.profile, profile] as const))('%s', (name, profile) => {
  it.each(cases(name).map((golden) => [(golden as { title: string }).title, golden]))('%s', (_, golden) => {
    if (profile.kind === 'dispenser') checkDispenser(profile, dispenserCase.parse(golden));
    else if (profile.kind === 'reader') checkReader(profile, readerCase.parse(golden));
    else checkGauge(profile, gaugeCase.parse(golden));
  });
});
