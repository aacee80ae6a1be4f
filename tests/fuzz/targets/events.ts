/** Events of the journal into CloudEvents: whatever the texts in them are, the message is of its schema. */
import { z } from 'zod';
import { envelopeSchema } from '../../../src/model/envelope.ts';
import { type EventType, eventSchemas, type JournalRow } from '../../../src/model/events.ts';
import { eventEncoder } from '../../../src/sync/messages.ts';
import type { Rng } from '../random.ts';
import { holds, type Target, type Verdict } from '../target.ts';

interface JsonSchema {
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly JsonSchema[];
  readonly format?: string;
  readonly minimum?: number;
  readonly pattern?: string;
  readonly items?: JsonSchema;
  readonly properties?: Record<string, JsonSchema>;
}

const nasty = [
  '',
  '"',
  '\\',
  '\n',
  '\u0000',
  '\u2028',
  '\ud800',
  '</script>',
  'x'.repeat(5_000),
  '{"a":1}',
  '油',
];

/** Some data that a schema allows. */
function made(rng: Rng, schema: JsonSchema): unknown {
  if (schema.anyOf) return made(rng, rng.pick(schema.anyOf));
  if (schema.enum) return rng.pick(schema.enum);
  if (schema.const !== undefined) return schema.const;
  switch (schema.type) {
    case 'object':
      return Object.fromEntries(
        Object.entries(schema.properties ?? {}).map(([key, of]) => [key, made(rng, of)]),
      );
    case 'array':
      return Array.from({ length: rng.below(4) }, () => made(rng, schema.items ?? {}));
    case 'integer':
      return rng.pick([0, 1, Number.MAX_SAFE_INTEGER, rng.below(2 ** 31)]);
    case 'number':
      return rng.next() * 1e6;
    case 'boolean':
      return rng.chance(0.5);
    case 'null':
      return null;
    default:
      if (schema.format === 'date-time') return new Date(rng.below(2 ** 31) * 1_000).toISOString();
      return rng.chance(0.5) ? rng.pick(nasty) : rng.bytes(8).toString('latin1');
  }
}

const types = Object.keys(eventSchemas) as EventType[];
const schemas = new Map(types.map((type) => [type, z.toJSONSchema(eventSchemas[type].data) as JsonSchema]));
const envelopes = new Map(types.map((type) => [type, envelopeSchema(type)]));

/** An input is a row of the journal as JSON. */
export const eventsTarget: Target = {
  name: 'cloud-events',
  share: 5,
  make(rng) {
    const type = rng.pick(types);
    const row: JournalRow = {
      stream: eventSchemas[type].stream,
      seq: rng.pick([1, 2 ** 31, Number.MAX_SAFE_INTEGER]),
      type,
      at: new Date(rng.below(2 ** 31) * 1_000).toISOString(),
      businessDate: '2026-11-22',
      subject: rng.pick(nasty),
      seal: rng.bytes(32).toString('hex'),
      chain: rng.bytes(32).toString('hex'),
      data: JSON.stringify(made(rng, schemas.get(type) ?? {})),
    };
    return Buffer.from(JSON.stringify(row));
  },
  run(input): Verdict {
    const row = JSON.parse(input.toString()) as JournalRow;
    const valid = eventSchemas[row.type].data.safeParse(JSON.parse(row.data)).success;
    if (!valid) return 'refused';
    const { payload, topic } = eventEncoder('forecourt/v1', 'S1', 'ab12')(row);
    holds(topic === `forecourt/v1/S1/events/${row.type}`, 'a topic names its type', { topic });
    const parsed = envelopes.get(row.type)?.safeParse(JSON.parse(payload));
    holds(parsed?.success === true, 'a message is of its schema', { problem: parsed?.error?.message });
    return 'accepted';
  },
};
