/** One station's file. Cross-references are checked in `crossCheck.ts`; this is the shape and the defaults. */
import { z } from 'zod';
import { nameSchema } from '../ids.ts';
import { checksSchema, correctionsSchema } from './checks.ts';
import { host, path, port, secret, serialSettings } from './common.ts';
import { opcuaExportSchema, opcuaServerSchema } from './opcua.ts';
import { gaugeSchema, gradeSchema, tankSchema, wetStockSchema } from './tanks.ts';

export const lineSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    id: nameSchema,
    kind: z.literal('serial'),
    ...serialSettings,
    gapMs: z
      .number()
      .min(0)
      .max(1000)
      .optional()
      .describe('guard gap; default 3.5 characters, at least 1.75 ms'),
  }),
  z.strictObject({ id: nameSchema, kind: z.literal('modbus-tcp'), host, port: port.default(502) }),
  z.strictObject({
    id: nameSchema,
    kind: z.literal('rtu-over-tcp'),
    host,
    port,
    baud: z
      .int()
      .min(300)
      .max(921600)
      .default(9600)
      .describe('of the serial side behind the converter: it sets the guard gap'),
    gapMs: z.number().min(0).max(1000).optional(),
  }),
]);
export type LineConfig = z.infer<typeof lineSchema>;

export const deviceSchema = z.strictObject({
  id: nameSchema,
  profile: nameSchema,
  line: nameSchema,
  unit: z.int().min(0).max(255).describe('1-247 on serial lines'),
  writes: z.boolean().default(false).describe('allow acknowledge writes to this device'),
});
export type DeviceConfig = z.infer<typeof deviceSchema>;

export const nozzleSchema = z.strictObject({
  id: nameSchema.describe('the number painted on the nozzle'),
  hose: z.int().min(1).max(8).default(1).describe("the dispenser's own number of it"),
  grade: nameSchema,
  tank: nameSchema.optional(),
});

export const fuellingPointSchema = z.strictObject({
  id: nameSchema,
  device: nameSchema.describe('an entry of `devices`, or of `opcua`'),
  point: z.int().min(1).max(16).default(1).describe('which fuelling point of the device'),
  nozzles: z.array(nozzleSchema).min(1),
});
export type FuellingPointConfig = z.infer<typeof fuellingPointSchema>;

const readerConnection = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('serial'), ...serialSettings }),
  z.strictObject({ kind: z.literal('tcp'), host, port }),
]);

const byteReader = {
  id: nameSchema,
  fuellingPoints: z.array(nameSchema).describe('the fuelling points whose drivers scan here'),
  connection: readerConnection,
};
export const readerSchema = z.discriminatedUnion('kind', [
  z
    .strictObject({ ...byteReader, kind: z.literal('rdm6300') })
    .describe('RDM6300 / EM4100: STX, 10 hex, checksum, ETX'),
  z
    .strictObject({ ...byteReader, kind: z.literal('em-binary'), reverse: z.boolean().default(false) })
    .describe('02 0A 02 tag BCC 03'),
  z
    .strictObject({
      ...byteReader,
      kind: z.literal('line'),
      format: z.enum(['em40', 'em32', 'wiegand26', 'uid', 'number']).default('number'),
      interByteMs: z
        .int()
        .min(5)
        .max(2000)
        .default(100)
        .describe('text without an end is complete after this silence'),
      reverse: z.boolean().default(false).describe('bytes of the hex number come last first'),
    })
    .describe('one number a line: Wiegand converters, SP-D300 and kin'),
  z
    .strictObject({
      ...byteReader,
      kind: z.literal('scanner'),
      aimPrefix: z.boolean().default(false).describe('the scanner puts ]xN before the text'),
      noRead: z
        .array(z.string().min(1))
        .default(['%%NoRead', 'NOREAD', 'NR', 'ERROR'])
        .describe('texts that mean nothing was read'),
    })
    .describe('QR and bar-code scanners: text and CR'),
  z
    .strictObject({
      ...byteReader,
      kind: z.literal('stripe'),
      bins: z
        .array(z.string().regex(/^\d{4,12}$/))
        .min(1)
        .describe('only PANs that start so are taken; all others are dropped unread'),
    })
    .describe('magnetic stripe, loyalty cards only'),
  z
    .strictObject({
      id: nameSchema,
      kind: z.literal('modbus'),
      fuellingPoints: z.array(nameSchema),
      device: nameSchema.describe('a device whose profile is of kind reader'),
    })
    .describe('VRD-485, Inveo and others, by profile'),
]);
export type ReaderConfig = z.infer<typeof readerSchema>;

export const mqttSchema = z.strictObject({
  host,
  port: port.default(1883),
  protocol: z.enum(['mqtt-5', 'mqtt-3.1.1']).default('mqtt-5'),
  tls: z
    .strictObject({
      ca: path.optional().describe("PEM; default: the system's authorities"),
      certificate: path.optional(),
      key: path.optional(),
      serverName: z.string().optional(),
    })
    .optional(),
  clientId: z.string().max(64).optional().describe('default: forecourt-{site}'),
  username: z.string().optional(),
  password: secret.optional(),
  root: z
    .string()
    .regex(/^[^#+\s]+$/)
    .default('forecourt/v1')
    .describe('topics are {root}/{site}/...'),
  window: z
    .int()
    .min(1)
    .max(1000)
    .default(50)
    .describe("most unacknowledged events; never above the broker's Receive Maximum"),
  keepaliveS: z.int().min(5).max(3600).default(30),
});

const seconds = z.int().min(0).max(3600);
export const matchingSchema = z.strictObject({
  beforeS: seconds.default(40).describe('a scan counts for a fuelling that starts within this'),
  afterS: seconds.default(20).describe('a scan counts for a fuelling that ended within this'),
  slowS: seconds
    .default(30)
    .describe(
      'a scan up to so long after a fuelling of nobody leaves it to a person: the next driver may have come, and gone to another point',
    ),
  oldS: seconds
    .default(300)
    .describe(
      'a scan up to so long before a fuelling may be its: it credits nobody, and leaves the sale to a person',
    ),
  lateS: seconds
    .default(180)
    .describe(
      "a scan up to so long after a fuelling of nobody may be its: it is not the next one's for certain",
    ),
  promptS: seconds
    .default(15)
    .describe(
      "a lift so soon after a scan is its driver's, at a reader of one point: no car leaves and another comes in this time",
    ),
  waitS: seconds
    .default(300)
    .describe(
      'so long after a scan at a reader of one point its driver may lift; a sale that may be his too waits',
    ),
  sharedWaitS: seconds.default(300).describe('the same at a reader of several points'),
  islands: z
    .array(z.array(nameSchema).min(2))
    .default([])
    .describe(
      "fuelling points that stand together, each list one island: a driver may take another's reader for his own, and where that may be so the sale is left to a person",
    ),
});
export type MatchingPolicy = z.infer<typeof matchingSchema>;

const zones: ReadonlySet<string> = new Set([...Intl.supportedValuesOf('timeZone'), 'UTC']);

export const stationSchema = z.strictObject({
  site: z.strictObject({
    id: nameSchema,
    name: z.string().optional(),
    zone: z
      .string()
      .refine((zone) => zones.has(zone), 'not an IANA time zone such as Asia/Shanghai')
      .describe('IANA time zone'),
    businessDayStart: z
      .string()
      .regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'a time such as "06:00"')
      .default('00:00'),
    currency: z
      .string()
      .regex(/^[A-Z]{3}$/)
      .default('CNY'),
    currencyDecimals: z.int().min(0).max(3).default(2),
  }),
  store: z.strictObject({
    directory: path,
    retentionDays: z.int().min(1).max(3650).default(400),
    telemetryDays: z.int().min(1).max(3650).default(14),
    reserveMb: z
      .int()
      .min(0)
      .max(10_000)
      .default(16)
      .describe(
        'kept filled on the disk and given back when it runs full; 16 MB hold some 5,000 sales; 0: none',
      ),
    spaceLowMb: z
      .int()
      .min(0)
      .max(100_000_000)
      .default(256)
      .describe('less free space than this is alarmed, and no telemetry is stored; 0: never'),
  }),
  lines: z.array(lineSchema).default([]),
  devices: z.array(deviceSchema).default([]),
  opcua: z.array(opcuaServerSchema).default([]),
  grades: z.array(gradeSchema).default([]),
  gauges: z.array(gaugeSchema).default([]),
  tanks: z.array(tankSchema).default([]),
  fuellingPoints: z.array(fuellingPointSchema).default([]),
  readers: z.array(readerSchema).default([]),
  matching: matchingSchema.prefault({}),
  corrections: correctionsSchema.prefault({}),
  checks: checksSchema.prefault({}),
  wetStock: wetStockSchema.prefault({}),
  program: path.describe("the loyalty program's file, relative to this one"),
  members: path.optional().describe("the members' file, relative to this one"),
  cardSecret: secret
    .optional()
    .describe('key of the card HMAC; default: made once and kept in the store directory'),
  mqtt: mqttSchema.optional(),
  api: z
    .strictObject({ socket: path.optional().describe('default: forecourt.sock in the store directory') })
    .prefault({}),
  opcuaServer: opcuaExportSchema.optional(),
  profiles: z
    .array(path)
    .default([])
    .describe('further folders with device profiles, searched before the shipped ones'),
  log: z.strictObject({ level: z.enum(['debug', 'info', 'warn', 'error']).default('info') }).prefault({}),
});
export type StationConfig = z.infer<typeof stationSchema>;
