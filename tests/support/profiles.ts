/** The shipped device profiles, read as the daemon reads them. */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import type { GaugeProfile } from '../../src/model/config/gaugeProfile.ts';
import { type DispenserProfile, type Profile, profileSchema } from '../../src/model/config/profile.ts';
import type { ReaderProfile } from '../../src/model/config/readerProfile.ts';

const folder = fileURLToPath(new URL('../../config/devices/', import.meta.url));

export const shippedProfiles: readonly Profile[] = readdirSync(folder)
  .filter((name) => name.endsWith('.yaml'))
  .sort()
  .map((name) => profileSchema.parse(parse(readFileSync(folder + name, 'utf8'))));

export const shippedDispensers = shippedProfiles.filter((profile) => profile.kind === 'dispenser');

export function dispenserProfile(name: string): DispenserProfile {
  const found = shippedDispensers.find((profile) => profile.profile === name);
  if (found === undefined) throw new Error(`no dispenser profile ${name}`);
  return found;
}

export function readerProfile(name: string): ReaderProfile {
  const found = shippedProfiles.find((profile) => profile.kind === 'reader' && profile.profile === name);
  if (found?.kind !== 'reader') throw new Error(`no reader profile ${name}`);
  return found;
}

export const shippedGauges = shippedProfiles.filter((profile) => profile.kind === 'gauge');

export function gaugeProfile(name: string): GaugeProfile {
  const found = shippedGauges.find((profile) => profile.profile === name);
  if (found === undefined) throw new Error(`no gauge profile ${name}`);
  return found;
}
