/**
 * How an event travels: CloudEvents 1.0, structured JSON, one on each message of `{root}/{site}/events/{type}`.
 * https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/spec.md
 */
import { z } from 'zod';
import { type EventType, eventSchemas } from './events.ts';

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

/** The whole message of one event type, `data` included. */
export function envelopeSchema<T extends EventType>(type: T) {
  const { stream, data } = eventSchemas[type];
  return z.strictObject({
    specversion: z.literal('1.0'),
    id: z
      .string()
      .describe(
        '`site/epoch/stream/seq`: the same at every repetition, so that a consumer removes duplicates',
      ),
    source: z.string().describe('the station: `/forecourt/{site}`'),
    type: z.literal(type),
    time: z.iso.datetime().describe('when it was recorded, UTC'),
    subject: z.string().describe('what it is about: a sale key, a fuelling point, a device'),
    datacontenttype: z.literal('application/json'),
    dataschema: z
      .string()
      .describe('`/forecourt/v1/schemas/{type}.schema.json`: the file of that name beside this contract'),
    stream: z.literal(stream).describe('each stream counts by itself'),
    sequence: z
      .string()
      .regex(/^\d+$/)
      .describe(
        'place in the stream, from 1 and without gaps within an epoch: a missing number is a missing event',
      ),
    epoch: z
      .string()
      .describe("changes only when the station's database is born anew; `sequence` then starts again"),
    businessdate: z.iso.date().describe("the station's business day"),
    seal: sha256.describe(
      "stands for the station's sales, credits and ledger as they were when it was recorded",
    ),
    chain: sha256.describe(
      'over the `chain` of the event before it in its stream and all of this event: docs/books.md tells how to check it',
    ),
    data,
  });
}
