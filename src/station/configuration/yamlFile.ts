/** A YAML file read against a zod schema, every problem with its line and column. */
import { readFileSync, statSync } from 'node:fs';
import { type Document, isMap, isNode, isScalar, LineCounter, parseDocument } from 'yaml';
import type { z } from 'zod';
import { type Faultless, withoutFaults } from './faultless.ts';
import { issueProblems } from './issueProblems.ts';
import { findUnfit } from './plainData.ts';
import type { MakeProblem, Path, Problem } from './problem.ts';

/** A parsed file that can still tell where each of its keys stands. */
export interface Located<T> {
  readonly file: string;
  readonly value: T;
  readonly problem: MakeProblem;
  /** Names of entries that are in the file and not in `value`, because they are faulty; top-level keys likewise. */
  readonly leftOut: ReadonlySet<string>;
}

export interface Read<T> {
  /** For further checks, without what is faulty; the file is good only when there is no error. null: nothing can be made of it. */
  readonly located: Located<T> | null;
  readonly problems: readonly Problem[];
  /** What the file holds as plain data, valid or not; undefined when it cannot be read. */
  readonly plain: unknown;
}

export interface ReadOptions {
  /** Values for top-level keys that must be there, so that a file in which they are faulty can be checked further. */
  readonly standIn?: Readonly<Record<string, unknown>>;
  /** Default 1: a file written by hand is small. */
  readonly mostMebibytes?: number;
}

/** More would be read by nobody. */
const mostProblems = 200;
/** What follows the first few is mostly their consequence. */
const mostSyntaxProblems = 10;
const nothingLeftOut: ReadonlySet<string> = new Set();

/** Reads and validates one file; all errors are told at once. Never throws for what stands in it. */
export function readYaml<S extends z.ZodType>(
  file: string,
  schema: S,
  { standIn = {}, mostMebibytes = 1 }: ReadOptions = {},
): Read<z.output<S>> {
  const whole = (message: string, hint: string): Read<never> => ({
    located: null,
    plain: undefined,
    problems: [{ severity: 'error', file, line: 0, column: 0, path: '', message, hint }],
  });
  let text: string;
  try {
    const found = statSync(file);
    if (!found.isFile()) return whole('is not a file', 'Name the file itself.');
    if (found.size > mostMebibytes * 1024 * 1024)
      return whole(`is larger than ${mostMebibytes} MiB`, 'Is it the right file?');
    text = readFileSync(file, 'utf8');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT')
      return whole('does not exist', 'Check the path; paths in a file are relative to that file.');
    return whole(
      `cannot be read (${code ?? String(error)})`,
      'Check that it is a file and may be read by this user.',
    );
  }
  try {
    const fast = file.endsWith('.json') ? fastJson(file, text, schema) : null;
    return fast ?? parseYaml(file, text, schema, standIn);
  } catch (error) {
    // Only a stack that is used up: the reader of YAML goes down with the nesting.
    if (!(error instanceof RangeError)) throw error;
    return whole(
      'is nested too deeply',
      'Check brackets and dashes: one that is not closed nests all that follows.',
    );
  }
}

/** JSON is read many times faster than YAML; on any error the YAML reader tells where it is. */
function fastJson<S extends z.ZodType>(file: string, text: string, schema: S): Read<z.output<S>> | null {
  try {
    const plain: unknown = JSON.parse(text);
    if (findUnfit(plain)) return null;
    const parsed = schema.safeParse(plain);
    if (!parsed.success) return null;
    let located: MakeProblem | null = null;
    const problem: MakeProblem = (...args) => {
      const lines = new LineCounter();
      located ??= problemMaker(file, parseDocument(text, { lineCounter: lines }), lines);
      return located(...args);
    };
    return { located: { file, value: parsed.data, problem, leftOut: nothingLeftOut }, problems: [], plain };
  } catch {
    return null;
  }
}

function parseYaml<S extends z.ZodType>(
  file: string,
  text: string,
  schema: S,
  standIn: NonNullable<ReadOptions['standIn']>,
): Read<z.output<S>> {
  const lines = new LineCounter();
  const document = parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    uniqueKeys: true,
    logLevel: 'error',
  });
  const syntax = [...document.errors, ...document.warnings]
    .slice(0, mostSyntaxProblems)
    .map((error): Problem => {
      const { line, col } = lines.linePos(error.pos[0]);
      return {
        severity: 'error',
        file,
        line,
        column: col,
        path: '',
        message: error.message.split('\n')[0]?.slice(0, 200) ?? 'not valid YAML',
        hint: 'Check indentation, quotes and colons on this line.',
      };
    });
  if (syntax.length > 0) return { located: null, problems: syntax, plain: undefined };

  const problem = problemMaker(file, document, lines);
  let plain: unknown;
  try {
    plain = document.toJS();
  } catch (error) {
    return {
      located: null,
      problems: [problem([], String((error as Error).message), 'Use fewer aliases (&, *).')],
      plain: undefined,
    };
  }
  const unfit = findUnfit(plain);
  if (unfit)
    return { located: null, problems: [problem(unfit.path, unfit.message, unfit.hint)], plain: undefined };
  const parsed = schema.safeParse(plain ?? {}, { reportInput: true });
  if (parsed.success) {
    return { located: { file, value: parsed.data, problem, leftOut: nothingLeftOut }, problems: [], plain };
  }
  const { issues } = parsed.error;
  const rest = withoutFaults(plain ?? {}, issues, standIn);
  const known = schema.safeParse(rest.plain);
  const problems = issues
    .slice(0, mostProblems)
    .flatMap((issue) => issueProblems(issue, schema, plain, problem));
  return {
    located: known.success
      ? { file, value: known.data, problem: moved(problem, rest), leftOut: rest.leftOut }
      : null,
    problems:
      problems.length > mostProblems
        ? [...problems.slice(0, mostProblems), problem([], 'there are more errors', 'Mend these first.')]
        : problems,
    plain,
  };
}

/** Places as they are in the file. */
const moved =
  (problem: MakeProblem, { original }: Faultless): MakeProblem =>
  (path, ...rest) =>
    problem(original(path), ...rest);

function problemMaker(file: string, document: Document, lines: LineCounter): MakeProblem {
  return (path, message, hint, severity = 'error') => ({
    severity,
    file,
    ...positionOf(document, lines, path),
    path: path.join('.'),
    message,
    hint,
  });
}

/** The place of the key that `path` names, or of the nearest thing above it that is there. */
function positionOf(document: Document, lines: LineCounter, path: Path): { line: number; column: number } {
  for (let length = path.length; length >= 0; length -= 1) {
    const offset = offsetOf(document, path.slice(0, length));
    if (offset !== null) {
      const { line, col } = lines.linePos(offset);
      return { line, column: col };
    }
  }
  return { line: 1, column: 1 };
}

function offsetOf(document: Document, path: Path): number | null {
  if (path.length === 0) return isNode(document.contents) ? (document.contents.range?.[0] ?? null) : null;
  const parent = path.length === 1 ? document.contents : document.getIn(path.slice(0, -1), true);
  const last = path.at(-1);
  if (isMap(parent)) {
    const pair = parent.items.find((item) => isScalar(item.key) && item.key.value === last);
    return pair && isScalar(pair.key) ? (pair.key.range?.[0] ?? null) : null;
  }
  const node = document.getIn(path, true);
  return isNode(node) ? (node.range?.[0] ?? null) : null;
}
