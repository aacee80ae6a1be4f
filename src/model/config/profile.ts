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
    table: z
      .enum(['holding', 'input', 'coil', 'discrete'])
      .default('holding')
      .describe('function 03, 04, 01 or 02'),
    address: address.describe('as printed in the map; `addressBase` is taken off before it goes on the wire'),
    type: z
      .enum(['u16', 'i16', 'u32', 'i32', 'u64', 'i64', 'f32', 'f64', 'bcd', 'ascii', 'bit'])
      .default('u16'),
    registers: z
      .int()
      .min(1)
      .max(16)
      .optional()
      .describe('length of bcd and ascii fields in 16-bit registers'),
    order: z
      .enum(['ABCD', 'CDAB', 'BADC', 'DCBA'])
      .optional()
      .describe(
        "word and byte order; default: the profile's `order`; text keeps its registers in order and swaps bytes only",
      ),
    decimals: z
      .int()
      .min(0)
      .max(9)
      .default(0)
      .describe('implied decimal places of an integer, BCD or text field'),
    mask: z
      .int()
      .min(1)
      .max(0xffffffff)
      .optional()
      .describe('applied to the raw integer before it is used; what is left has no sign'),
    shift: z.int().min(0).max(31).default(0).describe('the masked integer is shifted right by this'),
    bit: z
      .int()
      .min(0)
      .max(15)
      .optional()
      .describe('for `type: bit` in a register: 0 is the least significant'),
    absent: z
      .array(z.int())
      .default([])
      .describe(
        'raw values that mean "no value" (full scale when a probe is lost): integers after mask and shift, BCD and floats as their bits (0xffffffff)',
      ),
    hoseStride: z.int().min(0).max(4096).default(0).describe('added to the address for each further hose'),
  })
  .superRefine((field, context) => {
    if ((field.type === 'bcd' || field.type === 'ascii') && field.registers === undefined) {
      context.addIssue({
        code: 'custom',
        path: ['registers'],
        message: `a ${field.type} field needs \`registers\``,
      });
    }
    if (
      field.type === 'bit' &&
      field.bit === undefined &&
      (field.table === 'holding' || field.table === 'input')
    ) {
      context.addIssue({ code: 'custom', path: ['bit'], message: 'a bit of a register needs `bit`' });
    }
    const refuse = (key: string, message: string) =>
      context.addIssue({ code: 'custom', path: [key], message });
    const float = field.type === 'f32' || field.type === 'f64';
    if (field.type !== 'bit' && (field.table === 'coil' || field.table === 'discrete')) {
      refuse('type', `a ${field.table} holds one bit: write \`type: bit\``);
    }
    if (field.registers !== undefined && field.type !== 'bcd' && field.type !== 'ascii') {
      refuse('registers', `the length of a ${field.type} field is fixed: leave \`registers\` out`);
    }
    if (float && field.decimals !== 0)
      refuse('decimals', 'a float carries its own decimal point: leave `decimals` out');
    if (
      (float || field.type === 'ascii' || field.type === 'bit') &&
      (field.mask !== undefined || field.shift !== 0)
    ) {
      refuse(field.mask === undefined ? 'shift' : 'mask', `a ${field.type} field has no mask or shift`);
    }
  });
export type Field = z.infer<typeof fieldSchema>;

/** How many registers a field takes (for coils and discrete inputs: how many bits). */
export function registersOf(field: Field): number {
  switch (field.type) {
    case 'u16':
    case 'i16':
    case 'bit':
      return 1;
    case 'u32':
    case 'i32':
    case 'f32':
      return 2;
    case 'u64':
    case 'i64':
    case 'f64':
      return 4;
    default:
      return field.registers ?? 1;
  }
}

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
  order: z.enum(['ABCD', 'CDAB', 'BADC', 'DCBA']).default('ABCD'),
  volumeUnit: z.enum(['litre', 'us-gallon', 'imperial-gallon']).default('litre'),
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

const readerShape = z.strictObject({
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
      awayMs: z
        .int()
        .min(0)
        .max(60_000)
        .default(1_000)
        .describe('a tag not seen for so long was taken away: the same tag then is a new read'),
    })
    .prefault({}),
  format: z
    .enum(['em40', 'em32', 'wiegand26', 'uid', 'number'])
    .describe('how the tag field is to be understood as a card number'),
  presence: fieldSchema
    .optional()
    .describe('a bit or coil that tells of a new tag; without it a tag that is not zero is one'),
  tag: z.strictObject({
    table: z.enum(['holding', 'input']).default('holding'),
    address,
    registers: z.int().min(1).max(16),
    order: z.enum(['ABCD', 'CDAB', 'BADC', 'DCBA']).optional(),
    encoding: z
      .enum(['binary', 'low-bytes', 'ascii'])
      .default('binary')
      .describe(
        'binary: two bytes a register; low-bytes: one byte a register, in its low half; ascii: text in the registers',
      ),
    lengths: z
      .array(z.int().min(1).max(32))
      .min(1)
      .optional()
      .describe(
        'bytes a tag may have, where the field is longer and filled up with zeros: the shortest that holds every byte is taken',
      ),
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

export const readerProfileSchema = readerShape.superRefine((profile, context) => {
  const refuse = (path: string[], message: string) => context.addIssue({ code: 'custom', path, message });
  const { addressBase, tag, presence, clear } = profile;
  const place = (path: string[], first: number, count: number): void => {
    if (first < addressBase)
      refuse([...path, 'address'], `the map starts at ${addressBase} (\`addressBase\`)`);
    if (first - addressBase + count > 65536) refuse([...path, 'address'], 'ends beyond address 65535');
  };
  place(['tag'], tag.address, tag.registers);
  if (presence) place(['presence'], presence.address, registersOf(presence));
  if (!clear) return;
  place(['clear'], clear.address, clear.values.length);
  if (clear.function !== 'write-registers' && clear.values.length > 1) {
    refuse(['clear', 'values'], `${clear.function} writes one value: use write-registers for more`);
  }
  if (clear.function === 'write-coil' && (clear.values[0] ?? 0) > 1)
    refuse(['clear', 'values'], 'a coil takes 0 or 1');
});
export type ReaderProfile = z.infer<typeof readerProfileSchema>;

export const profileSchema = z.discriminatedUnion('kind', [dispenserProfileSchema, readerProfileSchema]);
export type Profile = z.infer<typeof profileSchema>;
