/** Files that people write: device profiles, stations, programs, members; mutated as data and as text, read from real files. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse, stringify } from 'yaml';
import type { z } from 'zod';
import { checkProgram } from '../../../src/core/loyalty/checkProgram.ts';
import { buildDirectory } from '../../../src/core/members/directory.ts';
import { type Member, membersFileSchema } from '../../../src/model/config/members.ts';
import { type Profile, profileSchema } from '../../../src/model/config/profile.ts';
import { type Program, programSchema } from '../../../src/model/config/program.ts';
import { type StationConfig, stationSchema } from '../../../src/model/config/station.ts';
import { cardKey } from '../../../src/model/ids.ts';
import { crossCheck } from '../../../src/station/configuration/crossCheck.ts';
import { isError } from '../../../src/station/configuration/problem.ts';
import { readProfile } from '../../../src/station/configuration/profiles.ts';
import { type Located, readYaml } from '../../../src/station/configuration/yamlFile.ts';
import { shippedProfiles } from '../../support/profiles.ts';
import { damagedText } from '../mutateText.ts';
import { mutated } from '../mutateTree.ts';
import { holds, type Target, type Verdict } from '../target.ts';
import {
  checkMembersSound,
  checkPlain,
  checkProfileSound,
  checkProgramSound,
  checkStationSound,
} from './configurationOracle.ts';

const profiles = new Map(shippedProfiles.map((profile) => [profile.profile, profile]));

interface Kind<S extends z.ZodType> {
  readonly name: string;
  readonly share: number;
  readonly schema: S;
  readonly standIn?: Record<string, unknown>;
  /** Examples, in `config/`. */
  readonly examples: readonly string[];
  /** What the file's own schema cannot see; severities of all problems. */
  readonly problems: (
    located: Located<z.output<S>>,
    file: string,
  ) => readonly { readonly severity?: string }[];
  readonly sound: (value: z.output<S>) => void;
}

const config = fileURLToPath(new URL('../../../config/', import.meta.url));
const inFolder = (folder: string): string[] =>
  readdirSync(config + folder)
    .filter((name) => name.endsWith('.yaml'))
    .map((name) => `${folder}/${name}`);

function target<S extends z.ZodType>(kind: Kind<S>): Target {
  const texts = kind.examples.map((name) => readFileSync(config + name, 'utf8'));
  const trees: unknown[] = texts.map((text) => parse(text) as unknown);
  let folder = '';
  return {
    name: kind.name,
    share: kind.share,
    async begin() {
      folder = mkdtempSync(join(tmpdir(), 'forecourt-fuzz-'));
    },
    async end() {
      rmSync(folder, { recursive: true, force: true });
    },
    /** The first byte says whether the file is read as JSON. */
    make(rng) {
      const n = rng.below(texts.length);
      const json = rng.chance(0.5);
      if (rng.chance(0.25)) return Buffer.concat([Buffer.from([0]), damagedText(rng, texts[n] ?? '')]);
      const tree = mutated(rng, trees[n]);
      const text = json
        ? (JSON.stringify(tree) ?? '')
        : stringify(tree, { aliasDuplicateObjects: rng.chance(0.5) });
      return Buffer.concat([Buffer.from([json ? 1 : 0]), Buffer.from(text)]);
    },
    run(input): Verdict {
      const file = join(folder, input[0] === 1 ? 'input.json' : 'input.yaml');
      writeFileSync(file, input.subarray(1));
      const { located, problems } = readYaml(file, kind.schema, { standIn: kind.standIn ?? {} });
      for (const problem of problems) {
        holds(
          problem.message.length > 0 && problem.hint.length > 0 && problem.line >= 0 && problem.column >= 0,
          'a problem says what and how to mend it',
          { problem },
        );
        holds(problem.message.length < 2_000, 'a problem can be read', { length: problem.message.length });
      }
      holds(!('polluted' in {}), 'nothing reaches the prototype of all objects', {});
      const wrong = problems.some(isError);
      holds(located !== null || wrong, 'what is refused is told', {});
      if (!located) return 'refused';
      const further = kind.problems(located, file);
      if (wrong || further.some(({ severity }) => severity !== 'warning')) return 'refused';
      checkPlain(located.value);
      const written = JSON.stringify(located.value);
      const again = kind.schema.safeParse(JSON.parse(written));
      holds(
        again.success && JSON.stringify(again.data) === written,
        'what was accepted is the same when it is read again',
        {},
      );
      kind.sound(located.value);
      return 'accepted';
    },
  };
}

export const configurationTargets: readonly Target[] = [
  target<typeof profileSchema>({
    name: 'profile-file',
    share: 0.5,
    schema: profileSchema,
    examples: inFolder('devices'),
    problems: (_, file) => readProfile(file).problems,
    sound: (value: Profile) => checkProfileSound(value),
  }),
  target<typeof stationSchema>({
    name: 'station-file',
    share: 0.3,
    schema: stationSchema,
    standIn: { site: { id: 'site', zone: 'UTC' }, store: { directory: '.' }, program: '-' },
    examples: ['stations/example.yaml', 'stations/demo.yaml'],
    problems: (located) => crossCheck(located, profiles),
    sound: (value: StationConfig) => checkStationSound(value, profiles),
  }),
  target<typeof programSchema>({
    name: 'program-file',
    share: 0.3,
    schema: programSchema,
    examples: inFolder('programs'),
    problems: ({ value }: Located<Program>) => checkProgram(value, ['92', '95', '98', 'diesel']),
    sound: (value: Program) => checkProgramSound(value),
  }),
  target<typeof membersFileSchema>({
    name: 'members-file',
    share: 0.3,
    schema: membersFileSchema,
    examples: ['stations/members.example.yaml'],
    problems: ({ value }: Located<{ members: Member[] }>) => buildDirectory(value.members, cardKey).problems,
    sound: ({ members }: { members: Member[] }) => checkMembersSound(members),
  }),
];
