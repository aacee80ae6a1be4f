/** Options that commands of the tank side share. */
import { writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { InvalidArgumentError } from 'commander';
import { ForecourtError } from '../../model/errors.ts';
import { print } from '../output.ts';

/** Who does it: as named, else the user of the operating system. */
export const personOf = (by: string | undefined): string => by ?? userInfo().username;

/** Columns that a picture may take. */
export const screenWidth = (): number => process.stdout.columns ?? (Number(process.env.COLUMNS) || 100);

/** A count for a list. */
export function countOf(text: string): number {
  const count = Number(text);
  if (!Number.isInteger(count) || count < 1 || count > 1000)
    throw new InvalidArgumentError('it is a whole number from 1 to 1000.');
  return count;
}

/** Writes `text` as it is to `file`, else to standard output. Throws USAGE for a file that cannot be written. */
export function deliver(text: string, file: string | undefined): void {
  if (file === undefined) {
    process.stdout.write(text.endsWith('\n') ? text : `${text}\n`);
    return;
  }
  try {
    writeFileSync(file, text.endsWith('\n') ? text : `${text}\n`);
  } catch (error) {
    throw new ForecourtError(
      'USAGE',
      `${file} cannot be written: ${(error as Error).message}`,
      { file },
      error,
    );
  }
  print(`Written: ${file}`);
}
