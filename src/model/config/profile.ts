/**
 * A device profile: everything needed to read one dispenser model. One file a model under `config/devices/`.
 * This schema is also the editors' JSON Schema and the reference page.
 */
import { z } from 'zod';
import { nameSchema } from '../ids.ts';
import { dispenserStates } from '../readings.ts';

const address = z.int().min(0).max(65535);

export const fieldSchema = z
  .strictObject({
    table: z.enum(['holding', 'input', 'coil', 'discrete']).default('holding').describe('function 03, 04, 01 or 02'),
    address: address.describe('as printed in the map; `addressBase` is taken off before it goes on the wire'),
    type: z.enum(['u16', 'i16', 'u32', 'i32', 'u64', 'i64', 'f32', 'f64', 'bcd', 'ascii', 'bit']).default('u16'),
    registers: z.int().min(1).max(16).optional().describe('length of bcd and ascii fields in 16-bit registers'),
    order: z.enum(['ABCD', 'CDAB', 'BADC', 'DCBA']).optional().describe('word and byte order; default: the profile\'s `order`'),
    decimals: z.int().min(0).max(9).default(0).describe('implied decimal places of an integer or BCD field'),
    mask: z.int().min(1).max(0xffffffff).optional().describe('applied to the raw integer before it is used'),
    shift: z.int().min(0).max(31).default(0).describe('the masked integer is shifted right by this'),
    bit: z.int().min(0).max(15).optional().describe('for `type: bit` in a register: 0 is the least significant'),
    absent: z.array(z.int()).default([]).describe('raw values that mean "no value" (full scale when a probe is lost)'),
    hoseStride: z.int().min(0).max(4096).default(0).describe('added to the address for each further hose'),
  })
  .superRefine((field, context) => {
    if ((field.type === 'bcd' || field.type === 'ascii') && field.registers === undefined) {
      context.addIssue({ code: 'custom', path: ['registers'], message: `a ${field.type} field needs \`registers\`` });
    }
    if (field.type === 'bit' && field.bit === undefined && (field.table === 'holding' || field.table === 'input')) {
      context.addIssue({ code: 'custom', path: ['bit'], message: 'a bit of a register needs `bit`' });
    }
  });
export type Field = z.infer<typeof fieldSchema>;

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
    hose: fieldSchema.optional().describe('which hose is lifted, 1-based; 0: none. Leave out on single-hose points.'),
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
      .describe('raw count at which the volume totalizer starts again; default: from type and width (U32: 2^32, BCD8: 10^8)'),
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

export const dispenserProfileSchema = z.strictObject({
  kind: z.literal('dispenser'),
  profile: nameSchema,
  title: z.string().min(1),
  source: z.string().min(1).describe('where the facts come from: manual, edition, page'),
  assumptions: z.array(z.string()).default([]).describe('what nobody could verify; shown by `forecourt devices`'),
  addressBase: z.union([z.literal(0), z.literal(1)]).default(0).describe('number of the first register in the printed map'),
  order: z.enum(['ABCD', 'CDAB', 'BADC', 'DCBA']).default('ABCD'),
  volumeUnit: z.enum(['litre', 'us-gallon', 'imperial-gallon']).default('litre'),
  timing: z
    .strictObject({
      timeoutMs: z.int().min(20).max(10_000).default(250).describe('no answer after this: quarantine'),
      lateReplyMs: z.int().min(0).max(30_000).default(1_000).describe('how long after a time-out a reply may still arrive'),
      minGapMs: z.number().min(0).max(1_000).default(0).describe('silence the device needs between requests, beside 3.5 characters'),
      fastMs: z.int().min(20).max(60_000).default(250).describe('live reading while lifted or fuelling'),
      normalMs: z.int().min(20).max(60_000).default(1_000).describe('live reading while idle'),
      slowMs: z.int().min(100).max(3_600_000).default(30_000).describe('totals and prices while idle'),
      settleMs: z.int().min(0).max(60_000).default(3_000).describe('how long after the end the totalizer may take to move'),
    })
    .prefault({}),
  limits: z
    .strictObject({
      maxRegisters: z.int().min(1).max(125).default(125).describe('longest block the device answers'),
      maxGap: z.int().min(0).max(124).default(16).describe('most unused registers read to join two ranges; 0: never'),
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
    .describe('releases the last sale at the dispenser; written only after the durable commit and where the device has `writes: true`'),
});
export type DispenserProfile = z.infer<typeof dispenserProfileSchema>;

export const readerProfileSchema = z.strictObject({
  kind: z.literal('reader'),
  profile: nameSchema,
  title: z.string().min(1),
  source: z.string().min(1),
  assumptions: z.array(z.string()).default([]),
  addressBase: z.union([z.literal(0), z.literal(1)]).default(0),
  order: z.enum(['ABCD', 'CDAB', 'BADC', 'DCBA']).default('ABCD'),
  timing: z
    .strictObject({
      timeoutMs: z.int().min(20).max(10_000).default(250),
      lateReplyMs: z.int().min(0).max(30_000).default(1_000),
      minGapMs: z.number().min(0).max(1_000).default(0),
      pollMs: z.int().min(20).max(60_000).default(150),
    })
    .prefault({}),
  format: z.enum(['em40', 'em32', 'wiegand26', 'uid', 'number']).describe('how the tag field is to be understood as a card number'),
  presence: fieldSchema.optional().describe('a bit or coil that tells of a new tag; without it a tag that is not zero is one'),
  tag: z.strictObject({
    table: z.enum(['holding', 'input']).default('holding'),
    address,
    registers: z.int().min(1).max(16),
    order: z.enum(['ABCD', 'CDAB', 'BADC', 'DCBA']).optional(),
    encoding: z.enum(['binary', 'ascii']).default('binary').describe('binary: bytes shown as hex; ascii: text in the registers'),
  }),
  clear: z
    .strictObject({
      function: z.enum(['write-register', 'write-registers', 'write-coil']),
      address,
      values: z.array(z.int().min(0).max(65535)).min(1).max(16),
    })
    .optional()
    .describe('written after a tag was taken; readers that need it give nothing further without'),
});
export type ReaderProfile = z.infer<typeof readerProfileSchema>;

export const profileSchema = z.discriminatedUnion('kind', [dispenserProfileSchema, readerProfileSchema]);
export type Profile = z.infer<typeof profileSchema>;
