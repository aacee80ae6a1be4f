/** Tanks, gauges and the policy of wet stock in a station's file. */
import { z } from 'zod';
import { nameSchema } from '../ids.ts';
import { host, path, port, secret, serialSettings } from './common.ts';

const litres = z.number().min(0).max(10_000_000);

export const gradeSchema = z.strictObject({
  id: nameSchema,
  name: z.string().optional(),
  densityKgPerM3: z
    .number()
    .min(500)
    .max(1200)
    .optional()
    .describe(
      'at 15 degC; without it volumes are not corrected for temperature unless the gauge measures density. Petrol about 735-745, diesel 835-845',
    ),
});

export type GradeConfigs = readonly z.infer<typeof gradeSchema>[];

export const tankLimitsSchema = z
  .strictObject({
    overfillLitres: litres.optional().describe('default: 98 % of the capacity'),
    highLitres: litres.optional().describe('default: `safeFillPercent` of the capacity'),
    lowLitres: litres.optional().describe('default: 10 % of the capacity'),
    criticalLitres: litres.optional().describe('pumps run dry soon; default: 5 % of the capacity'),
    waterWarningMm: z.number().min(0).max(1000).default(20),
    waterMm: z.number().min(0).max(1000).default(50),
  })
  .prefault({})
  .describe('where an alarm is raised; each clears by itself a little beyond its limit');

export const tankSchema = z.strictObject({
  id: nameSchema,
  grade: nameSchema,
  capacityLitres: z.int().min(1).optional(),
  safeFillPercent: z.number().min(50).max(100).default(95).describe('how full a delivery may make it'),
  gauge: z
    .strictObject({
      gauge: nameSchema,
      tank: z.int().min(1).max(99).default(1).describe("the gauge's own number of the tank"),
    })
    .optional()
    .describe('which gauge measures it; without one it has no level'),
  strapping: path
    .optional()
    .describe(
      'CSV of height in mm and volume in litres, relative to this file; for gauges that give only a height',
    ),
  manifold: nameSchema
    .optional()
    .describe('tanks that are connected below carry the same name: their stock is one'),
  limits: tankLimitsSchema,
});
export type TankConfig = z.infer<typeof tankSchema>;

const gaugeConnection = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('serial'), ...serialSettings }),
  z.strictObject({ kind: z.literal('tcp'), host, port: port.default(10001) }),
]);

export const gaugeSchema = z.discriminatedUnion('kind', [
  z
    .strictObject({
      id: nameSchema,
      kind: z.literal('tls'),
      connection: gaugeConnection,
      format: z
        .enum(['auto', 'computer', 'display'])
        .default('auto')
        .describe('auto: computer format, and display format where the gauge knows no other'),
      securityCode: secret.optional().describe('six characters; a gauge that has one is silent without it'),
      units: z
        .enum(['auto', 'metric', 'us', 'imperial'])
        .default('auto')
        .describe('auto: as the gauge says (i517)'),
      heightUnit: z
        .enum(['default', 'mm', 'cm', 'inch'])
        .default('default')
        .describe('default: mm for metric, inches otherwise'),
      referenceC: z
        .number()
        .min(-20)
        .max(40)
        .optional()
        .describe('temperature that the gauge corrects volumes to; default: 15.56 (60 degF), as gauges come'),
      volumeIncludesWater: z.boolean().default(false),
      commandGapMs: z
        .int()
        .min(0)
        .max(10_000)
        .default(50)
        .describe('silence that the gauge needs between commands'),
      timeoutMs: z.int().min(100).max(60_000).default(5_000),
      pollS: z.number().min(1).max(3600).default(10).describe('inventory of all tanks, again after so long'),
      clock: z
        .enum(['station', 'utc'])
        .default('station')
        .describe("what the gauge's clock shows: the station's local time, or UTC"),
    })
    .describe('Veeder-Root TLS-300/350/4xx and gauges that speak like them'),
  z
    .strictObject({
      id: nameSchema,
      kind: z.literal('modbus'),
      device: nameSchema.describe('a device whose profile is of kind gauge'),
    })
    .describe('Franklin, Pneumercator and others, by profile'),
  z
    .strictObject({
      id: nameSchema,
      kind: z.literal('opcua'),
      server: nameSchema.describe('an entry of `opcua`'),
    })
    .describe('a gauge or PLC behind an OPC UA server, by profile'),
]);
export type GaugeConfig = z.infer<typeof gaugeSchema>;
export type TlsGaugeConfig = Extract<GaugeConfig, { kind: 'tls' }>;

export const wetStockSchema = z
  .strictObject({
    measureS: z
      .int()
      .min(10)
      .max(3600)
      .default(60)
      .describe('a level is kept at least so often, and whenever it changed'),
    changeLitres: z.number().min(0.1).max(1000).default(20).describe('a change that is told at once'),
    deliveryMinLitres: z.int().min(50).max(10_000).default(300).describe('a smaller rise is no delivery'),
    deliverySettleMinutes: z
      .number()
      .min(0.05)
      .max(120)
      .default(20)
      .describe('the surface is quiet so long after the last rise'),
    suddenLossLitres: z
      .number()
      .min(1)
      .max(10_000)
      .default(40)
      .describe('more than this missing while no nozzle was active'),
    leakLitresPerHour: z
      .number()
      .min(0.1)
      .max(100)
      .default(0.76)
      .describe('the smallest leak that is to be found; 0.76 L/h is the usual certification figure'),
    investigatePercent: z
      .number()
      .min(0.01)
      .max(100)
      .default(0.5)
      .describe('variance in percent of throughput'),
    escalatePercent: z.number().min(0.01).max(100).default(1),
    meterPercent: z
      .number()
      .min(0.05)
      .max(10)
      .default(0.3)
      .describe('meters that give so much more or less than they show are to be found'),
    usRule: z
      .boolean()
      .default(false)
      .describe("also judge by 40 CFR 280.43(a): 1 % of the month's flow-through + 130 US gallons"),
    leadTimeHours: z.int().min(0).max(720).default(24).describe('from an order to the fuel in the tank'),
    reserveDays: z.number().min(0).max(60).default(1).describe('days of cover that are kept in hand'),
    truckLitres: z.int().min(100).max(100_000).default(5_000).describe('orders are in steps of this'),
    clockToleranceS: z
      .int()
      .min(30)
      .max(86_400)
      .default(300)
      .describe("the gauge's clock may differ so much"),
  })
  .describe('deliveries, losses and the balance between gauge and sales');
export type WetStockPolicy = z.infer<typeof wetStockSchema>;
