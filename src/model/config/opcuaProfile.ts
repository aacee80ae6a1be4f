/**
 * A profile of an OPC UA server: which nodes hold a tank's and a fuelling point's values. The server is read, never written.
 * Node ids and browse paths are templates: `{tank}`, `{point}` and `{hose}` are numbers from 1, `{tank-1}` counts from 0.
 */
import { z } from 'zod';
import { nameSchema } from '../ids.ts';
import { dispenserStates } from '../readings.ts';
import { tankAlarmKinds } from '../tank.ts';

const nodeText = z
  .string()
  .min(2)
  .max(500)
  .regex(
    /^(\/[^/]|(ns=\d{1,5};|nsu=[^;]{1,250};)?[isgb]=.)/,
    'a node id such as ns=2;s=Tank{tank}.Volume, or a browse path such as /Tanks/Tank{tank}/Volume',
  )
  .refine(
    (text) => /^(\{(tank|point|hose)([+-]\d{1,3})?\}|[^{}])*$/.test(text),
    'templates are {tank}, {point}, {hose}, each with a number added or taken off: {tank-1}',
  )
  .describe(
    'node id (ns=2;s=..., nsu=URI;i=...) or browse path below Objects (/Tanks/2:Volume); templates {tank}, {point}, {hose}',
  );

const fieldSchema = z.strictObject({
  node: nodeText,
  decimals: z.int().min(0).max(9).default(0).describe('implied decimal places of an integer'),
  absent: z.array(z.number()).max(16).default([]).describe('values that mean "no value"'),
});
export type OpcuaField = z.infer<typeof fieldSchema>;

const flagSchema = z.strictObject({
  node: nodeText,
  mask: z.int().min(1).max(0xffffffff).optional().describe('bits of an integer; set when one of them is'),
  equals: z.int().optional().describe('set when the integer, after the mask, is this'),
  inverted: z.boolean().default(false).describe('set means no'),
});
export type OpcuaFlag = z.infer<typeof flagSchema>;

const tankShape = z
  .strictObject({
    volume: fieldSchema.optional(),
    correctedVolume: fieldSchema.optional(),
    referenceC: z
      .number()
      .min(-20)
      .max(40)
      .optional()
      .describe('temperature that the gauge corrects volumes to; left out: not known'),
    ullage: fieldSchema.optional(),
    height: fieldSchema.optional(),
    water: fieldSchema.optional(),
    waterVolume: fieldSchema.optional(),
    temperature: fieldSchema.optional(),
    density: fieldSchema.optional(),
    volumeIncludesWater: z.boolean().default(false),
    probeLost: flagSchema
      .optional()
      .describe('the gauge says that its probe is lost: nothing of the tank counts'),
    deliveryInProgress: flagSchema.optional(),
    leakTestInProgress: flagSchema.optional(),
    alarms: z
      .array(
        z.strictObject({
          ...flagSchema.shape,
          code: z.string().min(1).max(40).describe('for the technician; one of its own for each alarm'),
          alarm: z.enum(tankAlarmKinds).default('gauge-alarm'),
          text: z.string().min(1).max(200),
        }),
      )
      .max(32)
      .default([]),
  })
  .refine((tank) => tank.volume || tank.height, 'a tank has a volume or a height');
export type OpcuaTankFields = z.infer<typeof tankShape>;

const stateSchema = z.strictObject({
  node: nodeText,
  map: z
    .array(
      z.strictObject({
        mask: z.int().min(1).max(0xffffffff).default(0xffffffff),
        equals: z.union([z.int(), z.string().max(64), z.boolean()]),
        state: z.enum(dispenserStates),
      }),
    )
    .min(1)
    .max(64)
    .describe('first match wins; integers after the mask, texts and booleans as they are'),
  otherwise: z.enum(dispenserStates).default('inoperative'),
});

const dispenserShape = z
  .strictObject({
    hoses: z.int().min(1).max(8).default(1),
    live: z.strictObject({
      state: stateSchema,
      hose: fieldSchema.optional().describe('which hose is lifted, 1-based; 0: none'),
      volume: fieldSchema.optional(),
      amount: fieldSchema.optional(),
      price: fieldSchema.optional(),
    }),
    totals: z.strictObject({
      volume: fieldSchema,
      amount: fieldSchema.optional(),
      rollover: z
        .int()
        .min(1)
        .optional()
        .describe('count, before its decimals, at which the volume totalizer starts again; left out: never'),
    }),
    lastSale: z
      .strictObject({
        number: fieldSchema.optional(),
        hose: fieldSchema.optional(),
        volume: fieldSchema,
        amount: fieldSchema.optional(),
        price: fieldSchema.optional(),
        endCode: fieldSchema.optional(),
      })
      .optional(),
    price: z.strictObject({ price: fieldSchema }).optional(),
    saleNumber: z
      .strictObject({ first: z.int().min(0).default(1), last: z.int().min(1) })
      .optional()
      .describe('needed when lastSale.number is there; after `last` comes `first` again'),
    volumeStep: z
      .number()
      .min(0.000001)
      .max(10)
      .default(0.01)
      .describe('smallest step of volumes and totalizers, in the volume unit'),
    timing: z
      .strictObject({
        fastMs: z.int().min(50).max(60_000).default(250),
        normalMs: z.int().min(50).max(60_000).default(1_000),
        slowMs: z.int().min(100).max(3_600_000).default(30_000),
        settleMs: z.int().min(0).max(60_000).default(3_000),
      })
      .prefault({}),
  })
  .superRefine((dispenser, context) => {
    const { hoses, totals, price, lastSale, saleNumber } = dispenser;
    const refuse = (path: string[], message: string) => context.addIssue({ code: 'custom', path, message });
    if (lastSale?.number && !saleNumber)
      refuse(['saleNumber'], 'a sale number needs its range: saleNumber: { first: 1, last: 9999 }');
    if (saleNumber && saleNumber.first >= saleNumber.last)
      refuse(['saleNumber', 'last'], '`last` is greater than `first`');
    const perHose = [
      [['totals', 'volume'], totals.volume],
      [['totals', 'amount'], totals.amount],
      [['price', 'price'], price?.price],
    ] as const;
    for (const [path, field] of perHose) {
      if (field && hoses > 1 && !field.node.includes('{hose'))
        refuse([...path, 'node'], 'of several hoses each has its own node: use {hose}');
    }
  });
export type OpcuaDispenserFields = z.infer<typeof dispenserShape>;

const profileShape = z.strictObject({
  kind: z.literal('opcua'),
  profile: nameSchema,
  title: z.string().min(1),
  source: z.string().min(1),
  assumptions: z.array(z.string()).default([]),
  namespace: z
    .union([z.int().min(0).max(65535), z.string().min(1).max(250)])
    .default(0)
    .describe('of node ids and path segments that name none: its URI, which stays the same, or its index'),
  units: z
    .strictObject({
      volume: z.enum(['litre', 'us-gallon', 'imperial-gallon', 'cubic-metre', 'millilitre']).default('litre'),
      length: z.enum(['mm', 'cm', 'm', 'inch']).default('mm'),
      temperature: z.enum(['celsius', 'fahrenheit', 'kelvin']).default('celsius'),
      density: z.enum(['kg/m3', 'g/cm3']).default('kg/m3'),
    })
    .prefault({}),
  sourceTime: z
    .enum(['change', 'sample'])
    .default('change')
    .describe(
      "what the server's source timestamp tells. change: when the value last changed, so an old one is still true; sample: when it was measured",
    ),
  staleAfterS: z
    .number()
    .min(1)
    .max(86_400)
    .optional()
    .describe('with `sourceTime: sample`: a value measured longer ago is bad'),
  tank: tankShape.optional(),
  dispenser: dispenserShape.optional(),
});

/** Every template of a part of a profile, with its path. */
function templatesOf(part: unknown, path: string[] = []): [path: string[], text: string][] {
  if (typeof part !== 'object' || part === null) return [];
  return Object.entries(part).flatMap(([key, value]): [string[], string][] =>
    key === 'node' && typeof value === 'string'
      ? [[[...path, key], value]]
      : templatesOf(value, [...path, key]),
  );
}

export const opcuaProfileSchema = profileShape.superRefine((profile, context) => {
  const refuse = (path: string[], message: string) => context.addIssue({ code: 'custom', path, message });
  if (!profile.tank && !profile.dispenser) refuse(['tank'], 'a profile has a `tank` or a `dispenser`');
  if (profile.staleAfterS !== undefined && profile.sourceTime !== 'sample')
    refuse(['staleAfterS'], 'only `sourceTime: sample` tells how old a value is');
  for (const [path, text] of templatesOf(profile.tank, ['tank'])) {
    if (/\{(point|hose)/.test(text)) refuse(path, 'nodes of tanks have {tank} only');
  }
  for (const [path, text] of templatesOf(profile.dispenser, ['dispenser'])) {
    const perHose = path[1] === 'totals' || path[1] === 'price';
    if (text.includes('{tank')) refuse(path, 'nodes of fuelling points have {point} and {hose} only');
    if (!perHose && text.includes('{hose'))
      refuse(path, 'only totals and price are read for each hose; this field is one for the fuelling point');
  }
});
export type OpcuaProfile = z.infer<typeof opcuaProfileSchema>;
