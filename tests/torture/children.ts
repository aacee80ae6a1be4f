/** Child processes, none of which outlives this one. */
import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { once } from 'node:events';

const running = new Set<ChildProcess>();

export function startChild(command: string, args: readonly string[], options: SpawnOptions): ChildProcess {
  const child = spawn(command, args, {
    ...options,
    env: { ...process.env, PATH: `${process.env.PATH}:/usr/sbin`, ...options.env },
  });
  return adopt(child);
}

/** A child that was started otherwise. */
export function adopt(child: ChildProcess): ChildProcess {
  running.add(child);
  child.once('close', () => running.delete(child));
  return child;
}

export const isOver = (child: ChildProcess): boolean => child.exitCode !== null || child.signalCode !== null;

/** Sends the signal and waits for the end. */
export async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (isOver(child)) return;
  const closed = once(child, 'close');
  child.kill(signal);
  await closed;
}

/** From now on every way out of this process ends the children too. */
export function endChildrenWithUs(): void {
  process.once('exit', () => {
    for (const child of running) child.kill('SIGKILL');
  });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));
}

/** Looks every `everyMs` until `found` holds; throws with `what` after `withinMs`. */
export async function until(
  what: string,
  found: () => boolean | Promise<boolean>,
  withinMs: number,
  everyMs = 50,
): Promise<void> {
  const lateAt = performance.now() + withinMs;
  while (!(await found())) {
    if (performance.now() > lateAt) throw new Error(`${what}: not within ${withinMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
}
