/** What a person may correct, and what the station looks at after each sale. */
import { z } from 'zod';

export const correctionsSchema = z
  .strictObject({
    hours: z
      .int()
      .min(1)
      .max(2160)
      .default(72)
      .describe('how long after its end a sale may be assigned, reassigned or voided'),
  })
  .describe('`forecourt sale assign`, `reassign` and `void`');
export type CorrectionsPolicy = z.infer<typeof correctionsSchema>;

export const checksSchema = z
  .strictObject({
    wrongFuel: z
      .boolean()
      .default(true)
      .describe("warn when the lifted nozzle's grade is not that of the scanned member's vehicle"),
    tankNormalPercent: z
      .int()
      .min(100)
      .max(200)
      .default(106)
      .describe("a fill up to this part of the vehicle's tank is normal: filler neck and reserve"),
    tankExplainPercent: z
      .int()
      .min(100)
      .max(1000)
      .default(130)
      .describe('a fill up to this is to be explained, a larger one is to be verified'),
    abnormalLitres: z
      .int()
      .min(1)
      .max(10_000)
      .default(500)
      .describe("a larger sale is abnormal, whose it may be; a vehicle's own tank may allow more"),
    usualFactor: z
      .int()
      .min(2)
      .max(100)
      .default(3)
      .describe("a fill larger than so many times the member's average is abnormal"),
    usualFills: z
      .int()
      .min(2)
      .max(100)
      .default(5)
      .describe('fills that a member must have before there is an average'),
    selfClaimsPerDay: z
      .int()
      .min(0)
      .max(1000)
      .default(2)
      .describe("credits of an employee's own card in one business day that are not flagged"),
    answerWithinHours: z
      .int()
      .min(1)
      .max(720)
      .default(24)
      .describe('deadline of an alert, from when it is raised'),
  })
  .refine((checks) => checks.tankExplainPercent >= checks.tankNormalPercent, {
    path: ['tankExplainPercent'],
    message: 'must not be below tankNormalPercent',
  })
  .describe('what is looked at after each sale, and told as an alert; nothing is ever blocked');
export type ChecksPolicy = z.infer<typeof checksSchema>;
