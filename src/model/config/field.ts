/** One value in a device's registers, as every kind of profile names it. */
import { z } from 'zod';

export const wordOrders = ['ABCD', 'CDAB', 'BADC', 'DCBA'] as const;

/** As printed in the map. */
export const address = z.int().min(0).max(65535);

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
      .enum(wordOrders)
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

export const volumeUnits = ['litre', 'us-gallon', 'imperial-gallon'] as const;
export type VolumeUnit = (typeof volumeUnits)[number];
