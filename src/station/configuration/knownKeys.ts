/** What may stand at a place of a file, found through the schema's JSON Schema, for "did you mean". */
import { distance as editDistance } from 'fastest-levenshtein';
import { z } from 'zod';

interface JsonSchema {
  readonly properties?: Record<string, JsonSchema>;
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly allOf?: readonly JsonSchema[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly $ref?: string;
  readonly $defs?: Record<string, JsonSchema>;
}

/** Keys known at `path`; with `valuesOf`, the constants that this key may have there. */
export function knownKeys(
  schema: z.ZodType,
  path: readonly (string | number)[],
  plain: unknown,
  valuesOf?: string,
): string[] {
  let candidates = variants(jsonSchemaOf(schema));
  let value = plain;
  for (const part of path) {
    value =
      typeof value === 'object' && value !== null
        ? (value as Record<string | number, unknown>)[part]
        : undefined;
    candidates = candidates.flatMap((candidate) => {
      const next = typeof part === 'number' ? candidate.items : candidate.properties?.[part];
      return next ? variants(next) : [];
    });
    candidates = fitting(candidates, value);
  }
  const names = valuesOf
    ? candidates.flatMap((candidate) => {
        const property = candidate.properties?.[valuesOf];
        return [property?.const, ...(property?.enum ?? [])]
          .filter((constant) => constant !== undefined)
          .map(String);
      })
    : candidates.flatMap((candidate) => Object.keys(candidate.properties ?? {}));
  return [...new Set(names)].sort();
}

/** A file with a thousand unknown keys asks a thousand times. */
const made = new WeakMap<z.ZodType, JsonSchema>();

function jsonSchemaOf(schema: z.ZodType): JsonSchema {
  const known = made.get(schema);
  if (known) return known;
  const fresh = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as JsonSchema;
  made.set(schema, fresh);
  return fresh;
}

function variants(schema: JsonSchema): JsonSchema[] {
  return [
    schema,
    ...[...(schema.anyOf ?? []), ...(schema.oneOf ?? []), ...(schema.allOf ?? [])].flatMap(variants),
  ];
}

/** Of a union, the branches whose constants (`kind`) agree with what is there; all when none does. */
function fitting(candidates: JsonSchema[], value: unknown): JsonSchema[] {
  if (typeof value !== 'object' || value === null) return candidates;
  const record = value as Record<string, unknown>;
  const agreeing = candidates.filter((candidate) =>
    Object.entries(candidate.properties ?? {}).every(
      ([key, property]) => property.const === undefined || property.const === record[key],
    ),
  );
  return agreeing.some((candidate) => candidate.properties) ? agreeing : candidates;
}

/** Nobody mistypes a longer one, and the distance of two long texts is costly. */
const longestWord = 60;

/** The known word within two typing mistakes of `word`, or null. */
export function nearest(word: string, known: readonly string[]): string | null {
  if (word.length > longestWord) return null;
  let best: string | null = null;
  let bestDistance = Math.min(3, Math.ceil(word.length / 2));
  for (const candidate of known) {
    const distance = editDistance(word.toLowerCase(), candidate.toLowerCase());
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}
