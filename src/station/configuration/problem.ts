/** One thing wrong in a file that a person wrote: where, what was found, how to mend it. */
export interface Problem {
  readonly severity: 'error' | 'warning';
  readonly file: string;
  /** 1-based; 0 when the file as a whole is meant. */
  readonly line: number;
  readonly column: number;
  /** Dotted path of the key, for machines. */
  readonly path: string;
  readonly message: string;
  readonly hint: string;
}

export const isError = (problem: Problem): boolean => problem.severity === 'error';

/** `file:line:column: error: message` with the mend on its own line, as editors and people read it. */
export function problemText(problem: Problem): string {
  const place = problem.line > 0 ? `${problem.file}:${problem.line}:${problem.column}` : problem.file;
  const where = problem.path === '' ? '' : `${problem.path}: `;
  return `${place}: ${problem.severity}: ${where}${problem.message}\n    mend: ${problem.hint}`;
}

/** By file, then by place. */
export function inOrder(problems: readonly Problem[]): Problem[] {
  return [...problems].sort(
    (a, b) =>
      a.file.localeCompare(b.file) || a.line - b.line || a.column - b.column || a.path.localeCompare(b.path),
  );
}

/** Keys and places in lists. */
export type Path = readonly (string | number)[];

/** Makes a problem of a place in one file. */
export type MakeProblem = (
  path: Path,
  message: string,
  hint: string,
  severity?: Problem['severity'],
) => Problem;
