/** What dispensers and tanks keep when the simulation is switched off, in one small file. */
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
const dispensersSchema = z.record(z.string(), z.record(z.string(), pointSchema));
export type Memory = z.infer<typeof dispensersSchema>;
const fileSchema = z.union([
  z.strictObject({ dispensers: dispensersSchema, tanks: z.unknown() }),
  dispensersSchema.transform((dispensers) => ({ dispensers, tanks: null })), // as it was before there were tanks
]);

/** What was kept; a file that is not there or makes no sense is as good as new dispensers. `tanks` is the tanks' own matter. */
export function readMemory(path: string, log: Log): { dispensers: Memory; tanks: unknown } {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    return { dispensers: {}, tanks: null };
  }
  try {
    return fileSchema.parse(JSON.parse(text));
  } catch (error) {
    log.warn({ err: error, path }, 'the dispensers have lost their memory and start anew');
    return { dispensers: {}, tanks: null };
  }
}

/** Throws SIMULATOR_REFUSED when the file cannot be written. */
export function writeMemory(path: string, dispensers: Iterable<Dispenser>, tanks: unknown = null): void {
  const memory: Record<string, Record<string, PointMemory>> = {};
  for (const { config, points } of dispensers) {
    memory[config.id] = Object.fromEntries([...points].map(([number, point]) => [number, point.memory]));
  }
  try {
    writeFileSync(`${path}.new`, JSON.stringify({ dispensers: memory, tanks }));
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
