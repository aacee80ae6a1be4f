/** The members' file: who has which card and which vehicle. Head office may replace it; the station reads it at start and on SIGHUP. */
import { z } from 'zod';
import { nameSchema } from '../ids.ts';
import { cardFormats } from '../readings.ts';

export const memberSchema = z.strictObject({
  id: nameSchema,
  name: z.string().max(100).optional(),
  tier: nameSchema.default('ordinary'),
  employee: z.boolean().default(false).describe('works here: credits of own cards are watched'),
  vehicles: z
    .array(
      z.strictObject({
        plate: z.string().min(1).max(20),
        grade: nameSchema.optional(),
        tankLitres: z.int().min(1).max(2000).optional(),
        model: z.string().max(60).optional(),
        colour: z.string().max(30).optional(),
      }),
    )
    .default([]),
  cards: z
    .array(
      z.strictObject({
        number: z.string().min(1).max(64),
        format: z.enum(cardFormats).default('number'),
        status: z.enum(['active', 'blocked', 'lost', 'expired']).default('active'),
        vehicle: z.string().optional().describe('plate of the vehicle the card belongs to'),
        role: z
          .enum(['customer', 'attendant'])
          .default('customer')
          .describe('an attendant card names who serves; it is never credited'),
      }),
    )
    .default([]),
});
export type Member = z.infer<typeof memberSchema>;

export const membersFileSchema = z.strictObject({ members: z.array(memberSchema).max(100_000) });
