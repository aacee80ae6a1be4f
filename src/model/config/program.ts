/** A loyalty program: how a sale becomes points and discounts. Numbers that multiply are exact decimals, never floats. */
import { z } from 'zod';
import { nameSchema } from '../ids.ts';

/** An exact decimal such as 1.5; kept as text, computed as a fraction. */
export const decimalSchema = z
  .union([z.string(), z.number()])
  .transform(String)
  .pipe(z.string().regex(/^\d{1,9}(\.\d{1,6})?$/, 'a plain decimal such as 1.5'));

const date = z.string().regex(/^\d{4}-\d{2}-\d{2}$/, 'a date such as "2026-12-01"');
const grades = z.array(nameSchema).min(1).optional().describe('only these grades; default: all');
const tiers = z.array(nameSchema).min(1).optional().describe('only these tiers; default: all');

export const programSchema = z.strictObject({
  program: nameSchema,
  version: z.int().min(1),
  title: z.string().optional(),
  rounding: z.enum(['down', 'half-up', 'half-even']).default('down').describe('once, on the sum of a sale'),
  stacking: z
    .enum(['add', 'highest', 'multiply'])
    .default('add')
    .describe(
      'member day and campaign multipliers that fall on one sale: `add` each adds its own extra on the points after the tier (x2 and x1.5 give x2.5), `highest` only the greatest counts, `multiply` one on the other (x3)',
    ),
  minimum: z
    .strictObject({ litres: decimalSchema.optional(), amount: decimalSchema.optional() })
    .prefault({})
    .describe('smaller sales earn nothing'),
  earn: z
    .array(
      z.strictObject({
        id: nameSchema,
        per: z.enum(['litre', 'amount']).describe('for each litre, or for each currency unit'),
        points: decimalSchema,
        grades,
        tiers,
      }),
    )
    .min(1)
    .describe('all that fit are added'),
  tiers: z
    .array(
      z.strictObject({
        id: nameSchema,
        title: z.string().optional(),
        multiplier: decimalSchema.default('1'),
      }),
    )
    .min(1),
  memberDays: z
    .array(
      z.strictObject({
        id: nameSchema,
        weekdays: z
          .array(z.enum(['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun']))
          .min(1)
          .optional(),
        monthDays: z.array(z.int().min(1).max(31)).min(1).optional(),
        multiplier: decimalSchema,
        grades,
        tiers,
      }),
    )
    .default([])
    .describe('by business date; of several that fit the highest multiplier counts'),
  campaigns: z
    .array(
      z.strictObject({
        id: nameSchema,
        title: z.string().optional(),
        from: date,
        to: date.describe('last day, included'),
        grades,
        tiers,
        minimumLitres: decimalSchema.optional(),
        bonus: z.int().min(1).optional().describe('points for taking part, not multiplied'),
        multiplier: decimalSchema.optional(),
      }),
    )
    .default([]),
  discounts: z
    .array(
      z.strictObject({
        id: nameSchema,
        title: z.string().optional(),
        tiers,
        grades,
        perLitre: decimalSchema.optional().describe('currency units off each litre'),
        percent: decimalSchema.optional().describe('off the amount'),
      }),
    )
    .default([])
    .describe("lines on the sale's record; the one that is best for the member counts"),
  coupons: z
    .array(
      z.strictObject({
        id: nameSchema,
        code: z.string().min(4).max(64).describe('what the scanner reads'),
        from: date,
        to: date,
        bonus: z.int().min(1),
        minimumLitres: decimalSchema.optional(),
        grades,
        usesPerMember: z.int().min(1).max(1000).default(1),
      }),
    )
    .default([]),
  maximumPointsPerSale: z.int().min(1).max(10_000_000).default(100_000),
});
export type Program = z.infer<typeof programSchema>;
