/** What dispensers keep when they are switched off, in one small file. */
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { z } from 'zod';
import type { Log } from '../../core/ports.ts';
import { ForecourtError } from '../../model/errors.ts';
import type { Millilitres, Money, UnitPrice } from '../../model/units.ts';
import type { Dispenser } from './dispenser.ts';
import type { PointMemory } from './point.ts';

const count = z.int().min(0);
const pointSchema = z.strictObject({
  hoses: z.array(z.strictObject({ volume: count, amount: count })),
  last: z.strictObject({
    number: count.nullable(),
    hose: count,
    volume: count.transform((ml) => ml as Millilitres),
    amount: count.transform((minor) => minor as Money),
    price: count.transform((thousandths) => thousandths as UnitPrice),
    endCode: count,
  }),
  held: z.boolean(),
});
const memorySchema = z.record(z.string(), z.record(z.string(), pointSchema));
export type Memory = z.infer<typeof memorySchema>;

/** What was kept; a file that is not there or makes no sense is as good as new dispensers. */
export function readMemory(path: string, log: Log): Memory {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    return {};
  }
  try {
    return memorySchema.parse(JSON.parse(text));
  } catch (error) {
    log.warn({ err: error, path }, 'the dispensers have lost their memory and start anew');
    return {};
  }
}

/** Throws SIMULATOR_REFUSED when the file cannot be written. */
export function writeMemory(path: string, dispensers: Iterable<Dispenser>): void {
  const memory: Record<string, Record<string, PointMemory>> = {};
  for (const { config, points } of dispensers) {
    memory[config.id] = Object.fromEntries([...points].map(([number, point]) => [number, point.memory]));
  }
  try {
    writeFileSync(`${path}.new`, JSON.stringify(memory));
    renameSync(`${path}.new`, path);
  } catch (error) {
    throw new ForecourtError(
      'SIMULATOR_REFUSED',
      `the dispensers' memory ${path} cannot be written`,
      { path },
      error,
    );
  }
}
