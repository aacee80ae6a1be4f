/** A JSON Schema's type and default in a few words, for a cell of a table. */
import type { JsonSchema } from './jsonSchema.ts';

const code = (value: unknown): string => `\`${typeof value === 'string' ? value : JSON.stringify(value)}\``;

/** The shared definition that this schema stands for. */
export function reference(schema: JsonSchema): string | null {
  const target = schema.$ref ?? (schema.allOf?.length === 1 ? schema.allOf[0]?.$ref : undefined);
  return target?.split('/').at(-1) ?? null;
}

export function typeText(schema: JsonSchema): string {
  const shared = reference(schema);
  if (shared !== null) return `[${shared}](#${shared})`;
  if (schema.const !== undefined) return code(schema.const);
  if (schema.enum) return schema.enum.map(code).join(', ');
  if (schema.anyOf) return schema.anyOf.map(alternativeText).join(' or ');
  if (schema.oneOf) return `keys by \`kind\` (see below): ${kinds(schema.oneOf).map(code).join(', ')}`;
  if (schema.type === 'array') return `list of ${typeText(schema.items ?? {})}`;
  if (schema.type === 'object') return 'keys (see below)';
  if (Array.isArray(schema.type)) return schema.type.map(plain).join(' or ');
  return plain(schema.type ?? '') + rangeText(schema);
}

/** Required without a default: empty. */
export function defaultText(schema: JsonSchema, required: boolean): string {
  if (required) return '';
  const hasKeys = schema.type === 'object' && schema.properties !== undefined;
  return schema.default === undefined || hasKeys ? '*optional*' : code(schema.default);
}

/** Values of `kind` in a union that is told apart by it. */
export const kinds = (variants: readonly JsonSchema[]): unknown[] =>
  variants.map((variant) => variant.properties?.kind?.const);

/** A branch of a small union; an object is written as its keys: `env: text`. */
function alternativeText(schema: JsonSchema): string {
  if (schema.properties === undefined) return typeText(schema);
  return Object.entries(schema.properties)
    .map(
      ([key, property]) =>
        `\`${key}:\` ${property.description ?? typeText(property)}${schema.description ? ` (${schema.description})` : ''}`,
    )
    .join(', ');
}

function plain(type: string): string {
  return { string: 'text', integer: 'whole number', boolean: '`true` or `false`' }[type] ?? type;
}

function rangeText({ minimum, maximum, maxLength }: JsonSchema): string {
  if (maxLength !== undefined) return `, at most ${maxLength} characters`;
  if (minimum !== undefined && maximum !== undefined) return ` ${minimum}-${maximum}`;
  if (minimum !== undefined) return ` from ${minimum}`;
  return '';
}
