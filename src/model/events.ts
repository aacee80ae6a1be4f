/**
 * The feed's contract: the data of every event type, as head office reads it. AsyncAPI and JSON Schema are made from here.
 * Units in field names: Ml millilitres, minor currency units, thousandths per litre; instants are RFC 3339 UTC.
 */
import { z } from 'zod';

const at = z.iso.datetime();
const saleFields = {
  sale: z.string().describe("sale key: made from the device's own counters, the same at every retry"),
  fuellingPoint: z.string(),
  nozzle: z.string(),
};
const attribution = z.enum(['attributed', 'unclaimed', 'ambiguous']);
const postings = z
  .array(z.strictObject({ account: z.string(), points: z.int() }))
  .describe('double entry: the points sum to zero');

/** business: never dropped. telemetry: decimated and expired. */
export const eventSchemas = {
  'station.started': {
    stream: 'business',
    data: z.strictObject({ version: z.string(), bootedAt: at, program: z.string(), programVersion: z.int() }),
  },
  'station.stopped': { stream: 'business', data: z.strictObject({ reason: z.string() }) },
  'card.scanned': {
    stream: 'business',
    data: z.strictObject({
      claim: z.string(),
      card: z.string().describe('HMAC of the card number'),
      member: z.string().nullable(),
      refusal: z.string().nullable(),
      reader: z.string(),
      fuellingPoints: z.array(z.string()),
      at,
    }),
  },
  'sale.completed': {
    stream: 'business',
    data: z.strictObject({
      ...saleFields,
      grade: z.string(),
      tank: z.string().nullable(),
      volumeMl: z.int(),
      amount: z.int().nullable(),
      currency: z.string(),
      price: z.int().nullable(),
      liftedAt: at.nullable(),
      startedAt: at.nullable(),
      endedAt: at,
      businessDate: z.string(),
      totalizerStartMl: z.int(),
      totalizerEndMl: z.int(),
      saleNumber: z.int().nullable(),
      endCode: z.int().nullable(),
      quality: z.enum(['seen', 'recovered']),
      flags: z.array(z.string()),
      attribution,
      reason: z.string(),
    }),
  },
  'sale.attributed': {
    stream: 'business',
    data: z.strictObject({
      ...saleFields,
      member: z.string(),
      card: z.string(),
      claim: z.string(),
      reason: z.string(),
    }),
  },
  'credit.posted': {
    stream: 'business',
    data: z.strictObject({
      ...saleFields,
      member: z.string(),
      card: z.string(),
      program: z.string(),
      programVersion: z.int(),
      tier: z.string(),
      points: z.int(),
      balance: z.int(),
      postings,
      discounts: z.array(z.strictObject({ rule: z.string(), amount: z.int(), text: z.string() })),
      coupons: z.array(
        z.strictObject({ coupon: z.string(), status: z.enum(['redeemed', 'refused']), reason: z.string() }),
      ),
      campaigns: z.array(z.string()),
    }),
  },
  'fuelling-point.alarm-raised': {
    stream: 'business',
    data: z.strictObject({
      fuellingPoint: z.string(),
      nozzle: z.string().nullable(),
      alarm: z.string(),
      text: z.string(),
      at,
    }),
  },
  'fuelling-point.state-changed': {
    stream: 'telemetry',
    data: z.strictObject({ fuellingPoint: z.string(), nozzle: z.string().nullable(), state: z.string(), at }),
  },
  'device.health-changed': {
    stream: 'business',
    data: z.strictObject({
      device: z.string(),
      line: z.string(),
      online: z.boolean(),
      reason: z.string(),
      at,
    }),
  },
} as const;

export type EventType = keyof typeof eventSchemas;
export type EventData<T extends EventType> = z.infer<(typeof eventSchemas)[T]['data']>;
export type Stream = 'business' | 'telemetry';
export const streams: readonly Stream[] = ['business', 'telemetry'];

/** One row of the journal. `site/epoch/stream/seq` is its identity everywhere. */
export interface JournalRow {
  readonly stream: Stream;
  readonly seq: number;
  readonly type: EventType;
  /** RFC 3339 UTC. */
  readonly at: string;
  readonly businessDate: string;
  readonly subject: string;
  /** JSON text. */
  readonly data: string;
}
