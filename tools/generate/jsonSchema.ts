/** JSON Schema (draft 7, which editors and AsyncAPI both know) of a zod schema. */
import { z } from 'zod';
import { fieldSchema } from '../../src/model/config/field.ts';
import { decimalSchema } from '../../src/model/config/program.ts';
import { nameSchema } from '../../src/model/ids.ts';

/** The part of JSON Schema that our zod schemas become. */
export interface JsonSchema {
  $schema?: string;
  $id?: string;
  $ref?: string;
  title?: string;
  description?: string;
  type?: string | string[];
  format?: string;
  pattern?: string;
  const?: unknown;
  enum?: unknown[];
  default?: unknown;
  minimum?: number;
  maximum?: number;
  minLength?: number;
  maxLength?: number;
  minItems?: number;
  maxItems?: number;
  properties?: Record<string, JsonSchema>;
  required?: string[];
  additionalProperties?: boolean | JsonSchema;
  items?: JsonSchema;
  anyOf?: JsonSchema[];
  oneOf?: JsonSchema[];
  allOf?: JsonSchema[];
  definitions?: Record<string, JsonSchema>;
}

/** Schemas that are used in many places stand once, under these names. */
const shared = {
  name: { schema: nameSchema, words: 'a name: 1-40 letters, digits, ".", "_" or "-"' },
  decimal: { schema: decimalSchema, words: 'an exact decimal such as 1.5' },
  field: { schema: fieldSchema, words: 'where a value stands in the device and how it is written there' },
};
for (const [id, { schema, words }] of Object.entries(shared)) {
  z.globalRegistry.add(schema, { description: words, ...z.globalRegistry.get(schema), id });
}

/** What a person may write (`input`: defaults left out) or what the program gives (`output`: everything there). */
export function jsonSchemaOf(schema: z.ZodType, io: 'input' | 'output'): JsonSchema {
  const made = z.toJSONSchema(schema, {
    io,
    target: 'draft-7',
    override: ({ zodSchema, jsonSchema }) => tidy(zodSchema, jsonSchema as JsonSchema, io),
  }) as JsonSchema;
  const decimal = made.definitions?.decimal;
  if (decimal) Object.assign(decimal, { pattern: '^\\d{1,9}(\\.\\d{1,6})?$', minimum: 0 });
  return made;
}

function tidy(zodSchema: z.core.$ZodTypes, json: JsonSchema, io: 'input' | 'output'): void {
  // A default of a schema with a transformation inside is left out by zod; as written in our schemas it holds.
  const { def } = zodSchema._zod;
  if (io === 'input' && def.type === 'default' && json.default === undefined) json.default = def.defaultValue;
  if (json.maximum === Number.MAX_SAFE_INTEGER) delete json.maximum;
  if (json.minimum === Number.MIN_SAFE_INTEGER) delete json.minimum;
  // `format` says it; the pattern that zod adds is a page long.
  if (json.format === 'date-time' || json.format === 'date') delete json.pattern;
  if (json.anyOf?.every((each) => each.const !== undefined)) {
    json.enum = json.anyOf.map((each) => each.const);
    delete json.anyOf;
  }
}
