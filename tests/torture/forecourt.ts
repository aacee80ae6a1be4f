/** The runner's handle on the simulator's process: orders, and the truth as it is told. */
import { fork } from 'node:child_process';
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { DispensedSale } from '../../src/simulator/options.ts';
import { adopt, end, until } from './children.ts';
import type { FromSimulator, ToSimulator } from './simulatorProcess.ts';
import type { TorturedStation } from './station.ts';

type Done = Extract<FromSimulator, { kind: 'done' }>;

export interface Forecourt {
  /** What was really dispensed, in the order of the ends. */
  readonly truth: readonly DispensedSale[];
  /** Lets the cars come. */
  open(): Promise<void>;
  /** No further car; fulfilled when every point is at rest. */
  lastCars(withinMs: number): Promise<Done>;
  stop(): Promise<void>;
}

export async function startForecourt(station: TorturedStation, seed: number): Promise<Forecourt> {
  const script = fileURLToPath(new URL('./simulatorProcess.ts', import.meta.url));
  const child = adopt(
    fork(script, [station.file, String(seed)], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] }),
  );
  const truth: DispensedSale[] = [];
  const file = join(station.directory, 'truth.jsonl');
  const told = new Set<FromSimulator['kind']>();
  let done: Done | null = null;
  child.on('message', (message: FromSimulator) => {
    told.add(message.kind);
    if (message.kind === 'dispensed') {
      truth.push(message.sale);
      appendFileSync(file, `${JSON.stringify(message.sale)}\n`);
    }
    if (message.kind === 'done') done = message;
  });
  const order = (kind: ToSimulator['kind']): void => void child.send({ kind } satisfies ToSimulator);
  const hears = (kind: FromSimulator['kind'], withinMs: number): Promise<void> =>
    until(`the simulator says ${kind}`, () => told.has(kind), withinMs);

  await hears('ready', 15_000);
  return {
    truth,
    async open() {
      order('open');
      await hears('open', 15_000);
    },
    async lastCars(withinMs) {
      order('last-cars');
      await hears('done', withinMs);
      if (done === null) throw new Error('the simulator told no totals');
      return done;
    },
    stop: () => end(child, 'SIGTERM'),
  };
}
