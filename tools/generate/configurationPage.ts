/** `docs/configuration.md`: every key of every file that people write. */
import { configFiles } from './configSchemas.ts';
import { type JsonSchema, jsonSchemaOf } from './jsonSchema.ts';
import { cell, generatedNote } from './markdown.ts';
import type { Output } from './output.ts';
import { defaultText, kinds, typeText } from './typeText.ts';

const introduction = [
  '# Configuration',
  '',
  generatedNote('src/model/config/'),
  '',
  'Every key of the files that people write. Unknown keys are errors. `forecourt check STATION.yaml` checks a station with all its files and names the line of each mistake. Complete, commented examples are in `config/`; their first line gives editors the JSON Schema in `config/schemas/`.',
  '',
  'A key with an empty default must be there. `[]` stands for each entry of a list.',
  '',
];

export function configurationPage(): Output {
  const lines = [...introduction];
  const definitions: Record<string, JsonSchema> = {};
  for (const { name, title, schema } of configFiles) {
    const json = jsonSchemaOf(schema, 'input');
    Object.assign(definitions, json.definitions);
    lines.push(`## ${title}`, '', `Schema: \`config/schemas/${name}.schema.json\``, '', ...tables(json, ''));
  }
  lines.push('## Shared kinds of value', '');
  for (const id of Object.keys(definitions).sort()) lines.push(...sharedKind(id, definitions[id] ?? {}));
  return { path: 'docs/configuration.md', text: `${lines.join('\n').trimEnd()}\n` };
}

function sharedKind(id: string, definition: JsonSchema): string[] {
  const words = [`### ${id}`, '', sentence(definition.description ?? ''), ''];
  if (definition.properties) return [...words, ...tables(definition, '')];
  return [...words, `${typeText(definition)}, ${patternText(definition)}`, ''];
}

/**
 * The tables of an object, or of each kind of a union, and below them those of the objects inside; one that several
 * kinds share stands once.
 */
function tables(schema: JsonSchema, path: string): string[] {
  if (schema.oneOf === undefined) return table(schema, path, path === '' ? '' : `\`${path}\``);
  const names = kinds(schema.oneOf);
  const perKind = schema.oneOf.flatMap((variant, i) => {
    const kind = `\`kind: ${names[i]}\``;
    return table(variant, path, path === '' ? kind : `\`${path}\` of ${kind}`);
  });
  return [...new Set(perKind)];
}

/** Each table with its heading is one text. */
function table(schema: JsonSchema, path: string, heading: string): string[] {
  const lines: string[] = [];
  if (heading !== '') lines.push(`### ${heading}`, '');
  if (heading !== '' && schema.description) lines.push(sentence(schema.description), '');
  lines.push('| key | type | default | meaning |', '|---|---|---|---|');
  const deeper: string[] = [];
  for (const [key, property] of Object.entries(schema.properties ?? {})) {
    const required = schema.required?.includes(key) ?? false;
    const words = [property.description, patternText(property)].filter(Boolean).join(', ');
    const cells = [`\`${key}\``, typeText(property), defaultText(property, required), words].map(cell);
    lines.push(`| ${cells.join(' | ')} |`);
    const inner = nested(property);
    if (inner) deeper.push(...tables(inner.schema, `${path === '' ? '' : `${path}.`}${key}${inner.suffix}`));
  }
  return [`${lines.join('\n')}\n`, ...deeper];
}

/** The object, or list of objects, that gets its own table; null for plain values, references and small unions. */
function nested(property: JsonSchema): { schema: JsonSchema; suffix: string } | null {
  if (property.type === 'array' && property.items) {
    const inner = nested(property.items);
    return inner && { schema: inner.schema, suffix: `[]${inner.suffix}` };
  }
  return property.oneOf || property.properties ? { schema: property, suffix: '' } : null;
}

const patternText = ({ pattern }: JsonSchema): string => (pattern === undefined ? '' : `as \`${pattern}\``);

const sentence = (text: string): string =>
  `${text.charAt(0).toUpperCase()}${text.slice(1)}${text.endsWith('.') ? '' : '.'}`;
