/** Generated files against those on the disk. Paths are relative to the repository. */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export interface Output {
  readonly path: string;
  /** Ends with a newline. */
  readonly text: string;
}

export const repository = fileURLToPath(new URL('../..', import.meta.url));

/** JSON as every generated file writes it. */
export const jsonText = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

/** Files that are missing, differ, or lie in a generated folder without being generated; sorted. */
export function drifted(outputs: readonly Output[], folders: readonly string[], root = repository): string[] {
  const stale = outputs.filter(({ path, text }) => {
    const file = join(root, path);
    return !existsSync(file) || readFileSync(file, 'utf8') !== text;
  });
  return [...stale.map(({ path }) => path), ...strays(outputs, folders, root)].sort();
}

/** Writes what differs and removes strays; returns the paths that it touched. */
export function bringUpToDate(
  outputs: readonly Output[],
  folders: readonly string[],
  root = repository,
): string[] {
  const touched = drifted(outputs, folders, root);
  for (const path of touched) {
    const file = join(root, path);
    const output = outputs.find((each) => each.path === path);
    if (output === undefined) {
      rmSync(file);
      continue;
    }
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, output.text);
  }
  return touched;
}

function strays(outputs: readonly Output[], folders: readonly string[], root: string): string[] {
  const generated = new Set(outputs.map(({ path }) => path));
  return folders
    .filter((folder) => existsSync(join(root, folder)))
    .flatMap((folder) =>
      readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name).slice(join(root, '/').length)),
    )
    .filter((path) => !generated.has(path));
}
