/** Shapes that several parts of the station's file share. */
import { z } from 'zod';

export const port = z.int().min(1).max(65535);
export const host = z.string().min(1).max(253);
export const path = z.string().min(1);
export const secret = z
  .union([
    z.strictObject({ env: z.string().min(1) }).describe('name of an environment variable'),
    z.strictObject({ file: path }).describe('a file that holds only the secret'),
    z.strictObject({ credential: z.string().min(1) }).describe('a systemd credential'),
  ])
  .describe('secrets are never written into this file');
export type SecretRef = z.infer<typeof secret>;

export const serialSettings = {
  path: path.describe('use the stable name under /dev/serial/by-id'),
  baud: z.int().min(300).max(921600).default(9600),
  dataBits: z.union([z.literal(7), z.literal(8)]).default(8),
  parity: z.enum(['none', 'even', 'odd']).default('none'),
  stopBits: z.union([z.literal(1), z.literal(2)]).default(1),
};
