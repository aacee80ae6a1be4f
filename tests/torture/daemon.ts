/** The daemon under torture: one life after the other, each with an order when to die. */
import { appendFileSync, existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { isOver, startChild, until } from './children.ts';
import type { KillOrder } from './killAtStep.ts';
import type { TorturedStation } from './station.ts';

const main = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));
const preload = new URL('./killAtStep.ts', import.meta.url).href;

/** Milliseconds since the epoch, as the daemon and the simulator tell time. */
export interface Life {
  readonly bornAt: number;
  /** It said that the station runs; null: it did not live so long. */
  readonly readyAt: number | null;
  readonly diedAt: number;
  /** The step at which it killed itself; null: it was killed from outside. */
  readonly step: string | null;
  /** Steps that it passed, in the order of their first passing. */
  readonly steps: readonly string[];
}

export interface Daemon {
  /** It said that the station runs. */
  readonly isReady: boolean;
  readonly isOver: boolean;
  /** Fulfilled when it is over. Rejected when it ended by itself: with an exit code, or by a signal that nobody sent. */
  readonly over: Promise<Life>;
  signal(signal: NodeJS.Signals): void;
}

export function startDaemon(station: TorturedStation, order: Omit<KillOrder, 'file'> | null): Daemon {
  const file = join(station.directory, 'steps.txt');
  const log = join(station.directory, 'daemon.log');
  rmSync(file, { force: true });
  const bornAt = Date.now();
  appendFileSync(log, `=== ${new Date(bornAt).toISOString()} ${JSON.stringify(order)}\n`);
  const command: KillOrder = { step: null, passes: 0, graceMs: 0, ...order, file };
  const child = startChild(process.execPath, ['--import', preload, main, 'run', station.file], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { FORECOURT_TORTURE: JSON.stringify(command) },
  });
  let readyAt: number | null = null;
  let sent: NodeJS.Signals | null = null;
  for (const output of [child.stdout, child.stderr])
    if (output)
      createInterface({ input: output }).on('line', (line) => {
        appendFileSync(log, `${line}\n`);
        if (readyAt !== null || !line.includes('"station runs"')) return;
        readyAt = Date.now();
      });

  function lived(code: number | null): Life {
    const diedAt = Date.now();
    const lines = existsSync(file) ? readFileSync(file, 'utf8').split('\n') : [];
    const of = (word: string): string[] =>
      lines.filter((line) => line.startsWith(`${word} `)).map((line) => line.slice(word.length + 1));
    const step = of('killed')[0] ?? null;
    const asTold = sent === 'SIGTERM' ? code === 0 : step !== null || sent !== null;
    if (!asTold) throw new Error(`the daemon ended by itself with ${code ?? child.signalCode}; see ${log}`);
    return { bornAt, readyAt, diedAt, step, steps: of('seen') };
  }
  const over = new Promise<number | null>((resolve) => child.once('close', resolve)).then(lived);
  over.catch(() => {}); // told to whoever waits

  return {
    get isReady() {
      return readyAt !== null;
    },
    get isOver() {
      return isOver(child);
    },
    over,
    signal(signal) {
      sent = signal;
      child.kill(signal);
    },
  };
}

/** Waits until the daemon runs, or is over. */
export const untilReady = (daemon: Daemon): Promise<void> =>
  until('the daemon runs', () => daemon.isReady || daemon.isOver, 120_000, 5);

/** Waits until the daemon has killed itself, at most so long after its birth or after it was ready; then kills it. */
export async function untilKilled(daemon: Daemon, after: 'birth' | 'ready', ms: number): Promise<Life> {
  if (after === 'ready') await untilReady(daemon);
  const ending = new AbortController();
  const late = sleep(ms, undefined, { signal: ending.signal }).then(
    () => daemon.isOver || daemon.signal('SIGKILL'),
    () => {},
  );
  const life = await daemon.over.finally(() => ending.abort());
  await late;
  return life;
}

/** A life that has read its dispensers since it began. */
export const hasSeen = ({ readyAt, diedAt }: Life): boolean =>
  readyAt !== null && diedAt - readyAt >= firstReadingsMs;

/** From `station runs` until each dispenser has been read. */
export const firstReadingsMs = 700;
