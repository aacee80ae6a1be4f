/**
 * The feed's contract: the data of every event type, as head office reads it. AsyncAPI and JSON Schema are made from here.
 * Units in field names: Ml millilitres, minor currency units, thousandths per litre; instants are RFC 3339 UTC.
 */
import { z } from 'zod';
import { alertKinds, alertLevels } from './alert.ts';
import { tankEventSchemas } from './tankEvents.ts';

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

/** Who corrected a sale, why, and whose it was before. */
const correctionFields = {
  correction: z.int().describe('number of the correction, rising at this station'),
  by: z.string().describe('who decided'),
  user: z.string().nullable().describe("the operating system's user who asked; null: not told"),
  reason: z.string(),
  before: z.strictObject({ attribution, member: z.string().nullable(), reason: z.string() }),
};
const assignedFields = {
  ...saleFields,
  member: z.string(),
  card: z.string().describe('HMAC of the card number; where a member was named, of that'),
  claim: z.string(),
  ...correctionFields,
};

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
      attendant: z.string().optional().describe('member whose attendant card was read; absent: none was'),
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
  'sale.assigned': {
    stream: 'business',
    data: z
      .strictObject(assignedFields)
      .describe('a person gave a sale of nobody its member; `credit.posted` follows'),
  },
  'sale.reassigned': {
    stream: 'business',
    data: z
      .strictObject(assignedFields)
      .describe('a person gave the sale to another member; `credit.reversed` and `credit.posted` follow'),
  },
  'sale.voided': {
    stream: 'business',
    data: z
      .strictObject({ ...saleFields, ...correctionFields })
      .describe(
        "a person decided that the sale is nobody's; `credit.reversed` follows where it had a credit",
      ),
  },
  'credit.reversed': {
    stream: 'business',
    data: z
      .strictObject({
        ...saleFields,
        correction: z.int(),
        member: z.string(),
        program: z.string(),
        programVersion: z.int(),
        points: z.int().describe('taken back; what `credit.posted` had given'),
        balance: z.int().describe("the member's, after it"),
        postings,
        coupons: z.array(z.string()).describe('may be used again'),
      })
      .describe(
        "the last `credit.posted` of this sale is taken back by posted legs; the dispenser's facts stay",
      ),
  },
  'sale.alert-raised': {
    stream: 'business',
    data: z
      .strictObject({
        ...saleFields,
        alert: z.int().describe('number of the alert, rising at this station'),
        kind: z.enum(alertKinds),
        level: z.enum(alertLevels),
        member: z.string().nullable(),
        text: z.string(),
        dueAt: at.describe('to be answered by then'),
      })
      .describe('a check of the sale has something to say; nothing was blocked, and the credit stands'),
  },
  'fuelling-point.warning-raised': {
    stream: 'business',
    data: z
      .strictObject({
        fuellingPoint: z.string(),
        nozzle: z.string(),
        grade: z.string(),
        warning: z.enum(['wrong-fuel']),
        member: z.string().nullable().describe('null: cards of several members wait here'),
        expected: z.array(z.string()).describe('grades that the vehicles take'),
        text: z.string(),
        at,
      })
      .describe('before fuel flows: the nozzle lifted is not for the vehicle; nothing is blocked'),
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
  'store.replaced': {
    stream: 'business',
    data: z
      .strictObject({ keptAs: z.string(), reason: z.string(), at })
      .describe('the database was damaged: it was set aside and a new one, with a new epoch, begun'),
  },
  'store.space-low': {
    stream: 'business',
    data: z.strictObject({ freeBytes: z.int(), markBytes: z.int(), at }),
  },
  'store.space-recovered': {
    stream: 'business',
    data: z.strictObject({ freeBytes: z.int(), since: at, at }),
  },
  'store.writing-resumed': {
    stream: 'business',
    data: z
      .strictObject({ code: z.string(), text: z.string(), failedAt: at, refused: z.int(), at })
      .describe('nothing could be stored from failedAt on; told when it could be again'),
  },
  'feed.event-set-aside': {
    stream: 'business',
    data: z
      .strictObject({ stream: z.enum(['business', 'telemetry']), seq: z.int(), reason: z.string(), at })
      .describe(
        'the broker refused this event for good, or broke the connection at it each time: its sequence will be missing; it stays in the journal',
      ),
  },
  'clock.stepped': {
    stream: 'business',
    data: z
      .strictObject({
        from: at,
        to: at,
        deltaMs: z.int().describe('positive: the clock was moved forward'),
        reason: z.enum(['stepped', 'synchronised', 'settled', 'while-stopped']),
      })
      .describe(
        'the clock was set; times of events with a lower sequence are by the clock before: add deltaMs to compare them with later ones',
      ),
  },
  'clock.not-synchronised': {
    stream: 'business',
    data: z
      .strictObject({
        at,
        systemClock: at.describe('what the system says, and what cannot be'),
        reason: z.enum(['implausible', 'before-books']),
      })
      .describe(
        'nobody knows the time; the station counts on from the newest time it knew, and marks its sales, until `clock.stepped`',
      ),
  },
  ...tankEventSchemas,
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
  /** SHA-256, hex, of the newest seal of the books when the row was written. */
  readonly seal: string;
  /** SHA-256, hex, over the chain of the row before and all of this row. */
  readonly chain: string;
}
