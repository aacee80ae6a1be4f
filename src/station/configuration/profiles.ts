/** Finds and reads device profiles: the station's own folders first, then the shipped ones. */
import { existsSync, readdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Profile, profileSchema } from '../../model/config/profile.ts';
import type { Problem } from './problem.ts';
import { type Located, readYaml } from './yamlFile.ts';

/** The installation's own folder, found from here upwards: it holds `config/devices`. */
export function shippedFolder(name: 'devices' | 'stations' | 'programs'): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'config', name))) {
    const parent = dirname(folder);
    if (parent === folder) return resolve('config', name);
    folder = parent;
  }
  return join(folder, 'config', name);
}

export interface ProfileSet {
  readonly profiles: ReadonlyMap<string, Profile>;
  readonly problems: readonly Problem[];
}

/** Reads every profile of `folders` and the shipped ones; of two with one name the first folder's counts. */
export function readProfiles(folders: readonly string[]): ProfileSet {
  const profiles = new Map<string, Profile>();
  const problems: Problem[] = [];
  for (const folder of [...folders, shippedFolder('devices')]) {
    if (!existsSync(folder)) {
      problems.push({
        severity: 'error',
        file: folder,
        line: 0,
        column: 0,
        path: '',
        message: 'there is no such folder of profiles',
        hint: 'Check `profiles:` in the station file.',
      });
      continue;
    }
    for (const name of readdirSync(folder)
      .filter((each) => each.endsWith('.yaml'))
      .sort()) {
      const read = readProfile(join(folder, name));
      problems.push(...read.problems);
      if (read.profile && !profiles.has(read.profile.profile))
        profiles.set(read.profile.profile, read.profile);
    }
  }
  return { profiles, problems };
}

/** Reads one profile's file, with what its schema cannot see. */
export function readProfile(file: string): { profile: Profile | null; problems: readonly Problem[] } {
  const { located, problems } = readYaml(file, profileSchema);
  if (!located) return { profile: null, problems };
  return {
    profile: located.value,
    problems: [...problems, ...(located.leftOut.size === 0 ? inner(located) : [])],
  };
}

function inner(located: Located<Profile>): Problem[] {
  const profile = located.value;
  if (profile.kind !== 'dispenser') return [];
  const problems: Problem[] = [];
  if (profile.lastSale?.number && !profile.saleNumber) {
    problems.push(
      located.problem(
        ['lastSale', 'number'],
        'a sale number needs its range',
        'Add `saleNumber: { first: 1, last: 9999 }` with the number after which it starts again.',
      ),
    );
  }
  if (profile.acknowledge?.value === 'sale-number' && !profile.lastSale?.number) {
    problems.push(
      located.problem(
        ['acknowledge', 'value'],
        'acknowledges with a sale number, and there is none',
        'Add `lastSale.number` or write a fixed value.',
      ),
    );
  }
  if (profile.points.count > 1 && profile.points.stride === 0) {
    problems.push(
      located.problem(
        ['points', 'stride'],
        'several fuelling points need a stride',
        'Write the address distance between two fuelling points.',
      ),
    );
  }
  if (profile.hoses > 1 && profile.totals.volume.hoseStride === 0) {
    problems.push(
      located.problem(
        ['totals', 'volume'],
        'several hoses need a `hoseStride` here',
        'Write the address distance between the totalizers of two hoses.',
      ),
    );
  }
  return problems;
}
