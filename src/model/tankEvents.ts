/** Events of tanks and wet stock; `events.ts` has them in the feed's one list. Units as there. */
import { z } from 'zod';
import { tankAlarmKinds, tankQualities } from './tank.ts';

const at = z.iso.datetime();
const ml = z.int();
const alarmFields = {
  alarm: z.int().describe('number of the alarm, rising at this station'),
  tank: z.string().nullable().describe('null: of a manifold or of a gauge as a whole'),
  subject: z.string().describe('the tank, manifold or gauge that it is about'),
  kind: z.enum(tankAlarmKinds),
} as const;

const source = z
  .enum(['history'])
  .optional()
  .describe('history: told by the gauge afterwards, with its times, of a time when nobody asked');

/** The levels at which a balance is judged. */
export const verdicts = ['within', 'investigate', 'escalate', 'unknown'] as const;
export type Verdict = (typeof verdicts)[number];

export const tankEventSchemas = {
  'tank.measured': {
    stream: 'telemetry',
    data: z
      .strictObject({
        tank: z.string(),
        grade: z.string(),
        quality: z.enum(tankQualities),
        reason: z.string(),
        volumeMl: ml.nullable(),
        volumeAt15Ml: ml.nullable(),
        ullageMl: ml.nullable(),
        heightTenthMm: z.int().nullable(),
        waterTenthMm: z.int().nullable(),
        waterMl: ml.nullable(),
        temperatureCentiC: z.int().nullable(),
        at,
      })
      .describe('a level, told when it changed and now and then'),
  },
  'delivery.completed': {
    stream: 'business',
    data: z
      .strictObject({
        delivery: z.int().describe('number of the delivery, rising at this station'),
        key: z.string(),
        stock: z.string().describe('tank, or manifold'),
        tanks: z.array(z.string()),
        grade: z.string(),
        source: z.enum(['gauge', 'rise']).describe("the gauge's own report, or the rise of the level"),
        startedAt: at,
        endedAt: at,
        startMl: ml,
        endMl: ml,
        dispensedMl: ml.describe('went out through nozzles meanwhile'),
        volumeMl: ml.describe('endMl - startMl + dispensedMl'),
        volumeAt15Ml: ml.nullable(),
        temperatureCentiC: z.int().nullable(),
        flags: z.array(z.string()),
      })
      .describe('fuel came into the ground'),
  },
  'tank.alarm-raised': {
    stream: 'business',
    data: z.strictObject({ ...alarmFields, text: z.string(), at, source }),
  },
  'tank.alarm-acknowledged': {
    stream: 'business',
    data: z.strictObject({ ...alarmFields, by: z.string(), note: z.string(), at }),
  },
  'tank.alarm-cleared': {
    stream: 'business',
    data: z.strictObject({ ...alarmFields, raisedAt: at, at, source }),
  },
  'reconciliation.closed': {
    stream: 'business',
    data: z
      .strictObject({
        stock: z.string(),
        grade: z.string(),
        period: z.enum(['day', 'month']),
        from: z.iso.date().describe('first business date'),
        to: z.iso.date().describe('last business date'),
        openingMl: ml.nullable(),
        deliveriesMl: ml,
        salesMl: ml,
        bookMl: ml.nullable().describe('openingMl + deliveriesMl - salesMl'),
        gaugeMl: ml.nullable().describe('what was measured at the end'),
        varianceMl: ml.nullable().describe('gaugeMl - bookMl'),
        variancePpm: z.int().nullable().describe('of the throughput, millionths: 5000 is 0.5 %'),
        verdict: z.enum(verdicts),
        reasons: z.array(z.string()),
      })
      .describe('the balance of a business day or month: gauge against book'),
  },
  'incident.recorded': {
    stream: 'business',
    data: z
      .strictObject({
        incident: z.int(),
        kind: z.enum(['spill', 'other']),
        sale: z.string().nullable().describe("the sale's key"),
        fuellingPoint: z.string().nullable(),
        tank: z.string().nullable(),
        litres: z.number().nullable().describe('as somebody estimated'),
        text: z.string(),
        action: z.string(),
        by: z.string(),
        at,
      })
      .describe('fuel where it does not belong, or another incident that a person recorded'),
  },
} as const;
