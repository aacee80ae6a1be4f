/** A profile of a Modbus card reader. */
import { z } from 'zod';
import { nameSchema } from '../ids.ts';
import { address, fieldSchema, registersOf, wordOrders } from './field.ts';

const readerShape = z.strictObject({
  kind: z.literal('reader'),
  profile: nameSchema,
  title: z.string().min(1),
  source: z.string().min(1),
  assumptions: z.array(z.string()).default([]),
  addressBase: z.union([z.literal(0), z.literal(1)]).default(0),
  order: z.enum(wordOrders).default('ABCD'),
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
    order: z.enum(wordOrders).optional(),
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
