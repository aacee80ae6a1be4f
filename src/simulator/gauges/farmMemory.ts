/**
 * What is kept of the ground from one simulation to the next: the fuel, what a truck has yet to pour, and which errors the
 * gauges' tables have.
 */
import { z } from 'zod';

const memorySchema = z.strictObject({
  seed: z.number(),
  tanks: z.record(
    z.string(),
    z.strictObject({
      litres: z.number().min(0),
      celsius: z.number(),
      waterLitres: z.number().min(0),
      toCome: z
        .array(
          z.strictObject({
            litres: z.number().min(0),
            temperatureC: z.number(),
            litresPerMinute: z.number().positive(),
          }),
        )
        .default([]),
    }),
  ),
});
export type FarmMemory = z.infer<typeof memorySchema>;

/** What was kept; what makes no sense is as good as nothing. */
export const readFarmMemory = (kept: unknown): FarmMemory | null => memorySchema.safeParse(kept).data ?? null;
