/**
 * A device profile: everything needed to read one dispenser model. One file a model under `config/devices/`.
 * This schema is also the editors' JSON Schema and the reference page.
 */
import { z } from 'zod';
import { nameSchema } from '../ids.ts';
import { dispenserStates } from '../readings.ts';
import { address, type Field, fieldSchema, registersOf, volumeUnits, wordOrders } from './field.ts';
import { gaugeProfileSchema } from './gaugeProfile.ts';
import { opcuaProfileSchema } from './opcuaProfile.ts';
import { readerProfileSchema } from './readerProfile.ts';

const stateSchema = z.strictObject({
  field: fieldSchema,
  map: z
    .array(
      z.strictObject({
        mask: z.int().min(1).max(0xffffffff).default(0xffffffff),
        equals: z.int().min(0),
        state: z.enum(dispenserStates),
      }),
    )
    .min(1)
    .describe('first match wins: (raw & mask) == equals'),
  otherwise: z.enum(dispenserStates).default('inoperative').describe('when nothing matches'),
});

const groups = {
  live: z.strictObject({
    state: stateSchema,
    hose: fieldSchema
      .optional()
      .describe('which hose is lifted, 1-based; 0: none. Leave out on single-hose points.'),
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
      .describe(
        'raw count at which the volume totalizer starts again; default: from type and width (U32: 2^32, BCD8: 10^8)',
      ),
  }),
  lastSale: z.strictObject({
    number: fieldSchema.optional(),
    hose: fieldSchema.optional(),
    volume: fieldSchema,
    amount: fieldSchema.optional(),
    price: fieldSchema.optional(),
    endCode: fieldSchema.optional(),
  }),
  price: z.strictObject({ price: fieldSchema }),
};

const dispenserShape = z.strictObject({
  kind: z.literal('dispenser'),
  profile: nameSchema,
  title: z.string().min(1),
  source: z.string().min(1).describe('where the facts come from: manual, edition, page'),
  assumptions: z
    .array(z.string())
    .default([])
    .describe('what nobody could verify; shown by `forecourt devices`'),
  addressBase: z
    .union([z.literal(0), z.literal(1)])
    .default(0)
    .describe('number of the first register in the printed map'),
  order: z.enum(wordOrders).default('ABCD'),
  volumeUnit: z.enum(volumeUnits).default('litre'),
  timing: z
    .strictObject({
      timeoutMs: z.int().min(20).max(10_000).default(250).describe('no answer after this: quarantine'),
      lateReplyMs: z
        .int()
        .min(0)
        .max(30_000)
        .default(1_000)
        .describe('how long after a time-out a reply may still arrive'),
      minGapMs: z
        .number()
        .min(0)
        .max(1_000)
        .default(0)
        .describe('silence the device needs between requests, beside 3.5 characters'),
      fastMs: z.int().min(20).max(60_000).default(250).describe('live reading while lifted or fuelling'),
      normalMs: z.int().min(20).max(60_000).default(1_000).describe('live reading while idle'),
      slowMs: z.int().min(100).max(3_600_000).default(30_000).describe('totals and prices while idle'),
      settleMs: z
        .int()
        .min(0)
        .max(60_000)
        .default(3_000)
        .describe('how long after the end the totalizer may take to move'),
    })
    .prefault({}),
  limits: z
    .strictObject({
      maxRegisters: z.int().min(1).max(125).default(125).describe('longest block the device answers'),
      maxGap: z
        .int()
        .min(0)
        .max(124)
        .default(16)
        .describe('most unused registers read to join two ranges; 0: never'),
    })
    .prefault({}),
  points: z
    .strictObject({ count: z.int().min(1).max(16).default(1), stride: z.int().min(0).max(8192).default(0) })
    .prefault({})
    .describe('fuelling points on one unit, and the address distance between them'),
  hoses: z.int().min(1).max(8).default(1).describe('hoses of one fuelling point'),
  live: groups.live,
  totals: groups.totals,
  lastSale: groups.lastSale.optional(),
  price: groups.price.optional(),
  saleNumber: z
    .strictObject({
      first: z.int().min(0).default(1),
      last: z.int().min(1).describe('after this number comes `first` again'),
    })
    .optional()
    .describe('needed when lastSale.number is there'),
  acknowledge: z
    .strictObject({
      function: z.enum(['write-register', 'write-registers', 'write-coil']).default('write-register'),
      address,
      value: z.union([z.int().min(0).max(65535), z.literal('sale-number')]),
    })
    .optional()
    .describe(
      'releases the last sale at the dispenser; written only after the durable commit and where the device has `writes: true`',
    ),
});

/** Every field of a dispenser profile with its path. */
function dispenserFields(profile: z.infer<typeof dispenserShape>): [path: string[], field: Field][] {
  const { state, ...live } = profile.live;
  const { rollover: _, ...totals } = profile.totals;
  const groups = { live, totals, lastSale: profile.lastSale ?? {}, price: profile.price ?? {} };
  const fields: [string[], Field][] = [[['live', 'state', 'field'], state.field]];
  for (const [group, named] of Object.entries<Record<string, Field | undefined>>(groups)) {
    for (const [name, field] of Object.entries(named)) if (field) fields.push([[group, name], field]);
  }
  return fields;
}

export const dispenserProfileSchema = dispenserShape.superRefine((profile, context) => {
  const refuse = (path: string[], message: string) => context.addIssue({ code: 'custom', path, message });
  const { addressBase, points, hoses, limits, saleNumber, acknowledge } = profile;
  for (const [path, field] of dispenserFields(profile)) {
    const perHose = path[0] === 'totals' || path[0] === 'price';
    if (field.hoseStride !== 0 && !perHose) {
      refuse(
        [...path, 'hoseStride'],
        'only totals and price are read for each hose; this field is one for the fuelling point',
      );
    }
    const last =
      field.address + (points.count - 1) * points.stride + (perHose ? (hoses - 1) * field.hoseStride : 0);
    if (registersOf(field) > limits.maxRegisters) {
      refuse(
        [...path, 'type'],
        `longer than the longest block the device answers (limits.maxRegisters ${limits.maxRegisters})`,
      );
    }
    if (field.address < addressBase)
      refuse([...path, 'address'], `the map starts at ${addressBase} (\`addressBase\`)`);
    if (last - addressBase + registersOf(field) > 65536) {
      refuse([...path, 'address'], 'the field of the last fuelling point or hose lies beyond address 65535');
    }
  }
  if (['f32', 'f64', 'ascii'].includes(profile.live.state.field.type)) {
    refuse(['live', 'state', 'field', 'type'], 'a state is an integer, BCD or a bit');
  }
  if (saleNumber && saleNumber.first >= saleNumber.last)
    refuse(['saleNumber', 'last'], '`last` is greater than `first`');
  if (acknowledge && acknowledge.address < addressBase) {
    refuse(['acknowledge', 'address'], `the map starts at ${addressBase} (\`addressBase\`)`);
  }
  if (acknowledge && acknowledge.address - addressBase + (points.count - 1) * points.stride > 65535) {
    refuse(
      ['acknowledge', 'address'],
      'the acknowledge of the last fuelling point lies beyond address 65535',
    );
  }
  if (acknowledge?.function === 'write-coil' && acknowledge.value !== 0 && acknowledge.value !== 1) {
    refuse(['acknowledge', 'value'], 'a coil takes 0 or 1');
  }
});
export type DispenserProfile = z.infer<typeof dispenserProfileSchema>;

export const profileSchema = z.discriminatedUnion('kind', [
  dispenserProfileSchema,
  readerProfileSchema,
  gaugeProfileSchema,
  opcuaProfileSchema,
]);
export type Profile = z.infer<typeof profileSchema>;
