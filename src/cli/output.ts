/** How commands speak: one line of JSON for machines, plain words and a mend for people. */
import type { ForecourtError } from '../model/errors.ts';

export const exitCodes = { done: 0, failed: 1, usage: 2, noDaemon: 3 } as const;

/** Prints an error to stderr and tells the exit code for it. */
export function printError(error: ForecourtError, json: boolean): number {
  if (json)
    process.stderr.write(
      `${JSON.stringify({ error: { code: error.code, message: error.message, hint: error.hint } })}\n`,
    );
  else process.stderr.write(`${error.code}: ${error.message}\n    mend: ${error.hint}\n`);
  if (error.code === 'API_UNREACHABLE') return exitCodes.noDaemon;
  return error.code === 'USAGE' ? exitCodes.usage : exitCodes.failed;
}

export function printJson(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value, null, process.stdout.isTTY ? 2 : 0)}\n`);
}

export function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
