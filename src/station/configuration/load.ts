/** A whole station from its file: profiles, program and members with it, every problem of all files at once. */
import { dirname, join, resolve } from 'node:path';
import { z } from 'zod';
import { checkProgram } from '../../core/loyalty/checkProgram.ts';
import { buildDirectory } from '../../core/members/directory.ts';
import { type Member, membersFileSchema } from '../../model/config/members.ts';
import type { Profile } from '../../model/config/profile.ts';
import { type Program, programSchema } from '../../model/config/program.ts';
import { type StationConfig, stationSchema } from '../../model/config/station.ts';
import { cardKey } from '../../model/ids.ts';
import { crossCheck } from './crossCheck.ts';
import { inOrder, isError, type Problem } from './problem.ts';
import { readProfiles } from './profiles.ts';
import type { StrappingRow } from './strapping.ts';
import { readStrappings } from './strappings.ts';
import { readYaml } from './yamlFile.ts';

export interface LoadedStation {
  readonly file: string;
  readonly config: StationConfig;
  /** By profile name: all that were found, not only those in use. */
  readonly profiles: ReadonlyMap<string, Profile>;
  /** By tank: those that have a strapping table, from the empty to the full tank. */
  readonly strappings: ReadonlyMap<string, readonly StrappingRow[]>;
  readonly program: Program;
  readonly members: readonly Member[];
  /** Absolute. */
  readonly storeDirectory: string;
  readonly socket: string;
}

export interface LoadResult {
  /** null when there is any error. */
  readonly station: LoadedStation | null;
  readonly problems: readonly Problem[];
}

/** So that devices and readers can be checked while the site is not yet right. */
const standIn = { site: { id: 'site', zone: 'UTC' }, store: { directory: '.' }, program: '-' };

/** A hundred thousand members are some 30 MiB. */
const large = { mostMebibytes: 64 };

/** Reads `file` and everything it names. Never throws for what stands in the files. */
export function loadStation(file: string): LoadResult {
  const problems: Problem[] = [];
  const read = readYaml(resolve(file), stationSchema, { standIn });
  problems.push(...read.problems);
  if (!read.located) {
    return { station: null, problems: inOrder([...problems, ...namedFiles(resolve(file), read.plain)]) };
  }
  const station = read.located;
  const beside = (path: string) => resolve(dirname(station.file), path);

  const { profiles, problems: profileProblems } = readProfiles(station.value.profiles.map(beside));
  const { strappings, problems: strappingProblems } = readStrappings(station, beside);
  problems.push(...profileProblems, ...crossCheck(station, profiles), ...strappingProblems);

  const grades = [...station.value.grades.map((grade) => grade.id), ...station.leftOut];
  const program = station.leftOut.has('program')
    ? null
    : readYaml(beside(station.value.program), programSchema);
  if (program) problems.push(...program.problems);
  const sound = program?.located?.leftOut.size === 0 ? program.located.value : null;
  if (program?.located && sound) {
    const { located } = program;
    problems.push(
      ...checkProgram(sound, grades).map((each) =>
        located.problem(each.path, each.message, each.hint, each.severity),
      ),
    );
  }

  const members =
    station.value.members === undefined
      ? null
      : readYaml(beside(station.value.members), membersFileSchema, large);
  if (members) problems.push(...members.problems);
  if (members?.located) {
    const { located } = members;
    const { problems: found } = buildDirectory(located.value.members, (text) => cardKey(text));
    problems.push(...found.map((each) => located.problem(each.path, each.message, each.hint, each.severity)));
    problems.push(...checkMembers(located.value.members, sound, located.problem));
  }

  if (problems.some(isError) || !sound) return { station: null, problems: inOrder(problems) };
  const storeDirectory = beside(station.value.store.directory);
  return {
    station: {
      file: station.file,
      config: station.value,
      profiles,
      strappings,
      program: sound,
      members: members?.located?.value.members ?? [],
      storeDirectory,
      socket:
        station.value.api.socket === undefined
          ? join(storeDirectory, 'forecourt.sock')
          : beside(station.value.api.socket),
    },
    problems: inOrder(problems),
  };
}

const namedSchema = z.object({ program: z.string(), members: z.string().optional() });

/** What is wrong inside the files that a station file names, when it is too wrong itself to be checked against them. */
function namedFiles(file: string, plain: unknown): readonly Problem[] {
  const named = namedSchema.safeParse(plain);
  if (!named.success) return [];
  const { program, members } = named.data;
  const beside = (path: string) => resolve(dirname(file), path);
  return [
    ...readYaml(beside(program), programSchema).problems,
    ...(members === undefined ? [] : readYaml(beside(members), membersFileSchema, large).problems),
  ];
}

function checkMembers(
  members: readonly Member[],
  program: Program | null,
  problem: (path: (string | number)[], message: string, hint: string, severity: 'warning') => Problem,
): Problem[] {
  const problems: Problem[] = [];
  const tiers = program?.tiers.map((tier) => tier.id);
  members.forEach((member, index) => {
    if (tiers && !tiers.includes(member.tier)) {
      problems.push(
        problem(
          ['members', index, 'tier'],
          `the program has no tier "${member.tier}": it earns as with multiplier 1`,
          `Known: ${tiers.join(', ')}.`,
          'warning',
        ),
      );
    }
  });
  return problems;
}
