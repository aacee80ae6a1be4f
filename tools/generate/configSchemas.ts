/** `config/schemas/*.schema.json`: what an editor needs to help with each kind of file. */
import type { z } from 'zod';
import { membersFileSchema } from '../../src/model/config/members.ts';
import { profileSchema } from '../../src/model/config/profile.ts';
import { programSchema } from '../../src/model/config/program.ts';
import { stationSchema } from '../../src/model/config/station.ts';
import { jsonSchemaOf } from './jsonSchema.ts';
import { jsonText, type Output } from './output.ts';

interface ConfigFile {
  readonly name: string;
  readonly title: string;
  readonly schema: z.ZodType;
}

export const configFiles: readonly ConfigFile[] = [
  { name: 'station', title: 'Station file', schema: stationSchema },
  { name: 'profile', title: 'Device profile', schema: profileSchema },
  { name: 'program', title: 'Loyalty program', schema: programSchema },
  { name: 'members', title: 'Members file', schema: membersFileSchema },
];

export function configSchemas(): Output[] {
  return configFiles.map(({ name, title, schema }) => {
    const { $schema, ...rest } = jsonSchemaOf(schema, 'input');
    return { path: `config/schemas/${name}.schema.json`, text: jsonText({ $schema, title, ...rest }) };
  });
}
