/**
 * The feed's retained topics: the newest state of each thing, for whoever connects now. Never a source of sums;
 * facts are events (`events.ts`). Units as there: Ml millilitres, minor currency units, thousandths per litre, RFC 3339 UTC.
 */
import { z } from 'zod';
import { nameSchema } from './ids.ts';
import { dispenserStates } from './readings.ts';
import { tankAlarmKinds, tankQualities } from './tank.ts';

const at = z.iso.datetime();
const count = z.int().min(0);
const milliseconds = z.number().min(0).nullable();

/** Topic `{root}/{site}/status`. The last will is the same shape with `state: offline`, prepared at connection. */
export const stationStatusSchema = z
  .strictObject({
    state: z.enum(['online', 'offline']),
    at: at.describe('online: when this was written; offline by last will: when the lost connection was made'),
    version: z.string(),
    epoch: z.string().describe('changes only when the database is born anew'),
    backlog: z
      .strictObject({ business: count, telemetry: count })
      .describe('events of each stream that the broker does not have yet'),
  })
  .describe('birth, death and backlog of the station');
export type StationStatus = z.infer<typeof stationStatusSchema>;

/** Topic `{root}/{site}/state/fuelling-points/{fuellingPoint}`. */
export const fuellingPointStateSchema = z
  .strictObject({
    fuellingPoint: nameSchema,
    state: z
      .enum([...dispenserStates, 'lost', 'unknown'])
      .describe('IFSF; lost: the device does not answer; unknown: not read yet'),
    nozzle: nameSchema.nullable().describe('the nozzle lifted or in use; null: none'),
    grade: nameSchema.nullable(),
    volumeMl: count
      .nullable()
      .describe('of the running fuelling; null: none runs or the device does not tell'),
    amount: count.nullable(),
    price: count.nullable(),
    card: z
      .boolean()
      .describe('a card that can be credited waits here; whose it is is never told on this topic'),
    at,
  })
  .describe('what one fuelling point does now');
export type FuellingPointState = z.infer<typeof fuellingPointStateSchema>;

/** Topic `{root}/{site}/state/devices/{device}`. Counters since the daemon's start. */
export const deviceStateSchema = z
  .strictObject({
    device: nameSchema,
    line: nameSchema,
    profile: nameSchema,
    online: z.boolean(),
    reason: z.string().describe('why it is offline or held; empty when all is well'),
    lastGoodAt: at.nullable().describe('null: never since the start'),
    requests: count,
    timeouts: count,
    badFrames: count,
    exceptions: count,
    rttP50Ms: milliseconds,
    rttP99Ms: milliseconds,
    at,
  })
  .describe('health of one device on a line');
export type DeviceState = z.infer<typeof deviceStateSchema>;

const measured = z.int().nullable().describe('null: not measured');

/** Topic `{root}/{site}/state/tanks/{tank}`. */
export const tankStateSchema = z
  .strictObject({
    tank: nameSchema,
    grade: nameSchema,
    quality: z.enum([...tankQualities, 'unknown']).describe('unknown: not read yet'),
    reason: z.string(),
    volumeMl: measured,
    volumeAt15Ml: measured,
    capacityMl: z.int().nullable(),
    ullageMl: measured.describe('up to the safe fill, where the capacity is known'),
    waterTenthMm: measured,
    temperatureCentiC: measured,
    coverHours: z.int().nullable().describe('until it is empty at the usual demand; null: not known'),
    delivery: z.boolean().describe('a delivery is going on'),
    alarms: z.array(z.enum(tankAlarmKinds)).describe('that stand now'),
    at: at.nullable(),
  })
  .describe('what is in one tank');
export type TankState = z.infer<typeof tankStateSchema>;

/** Retained topics below `{root}/{site}/`, with the shape of what they hold. */
export const stateTopics = {
  status: stationStatusSchema,
  'state/fuelling-points/{id}': fuellingPointStateSchema,
  'state/devices/{id}': deviceStateSchema,
  'state/tanks/{id}': tankStateSchema,
} as const;
