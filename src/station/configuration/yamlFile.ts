/** A YAML file read against a zod schema, every problem with its line and column. */
import { readFileSync, statSync } from 'node:fs';
import { type Document, isMap, isNode, isScalar, LineCounter, parseDocument } from 'yaml';
import type { z } from 'zod';
import { knownKeys, nearest } from './knownKeys.ts';
import type { Problem } from './problem.ts';

export type Path = readonly (string | number)[];

const maximumBytes = 64 * 1024 * 1024;

/** A parsed file that can still tell where each of its keys stands. */
export interface Located<T> {
  readonly file: string;
  readonly value: T;
  problem(path: Path, message: string, hint: string, severity?: Problem['severity']): Problem;
}

export interface Read<T> {
  /** null when the file cannot be taken as what it should be. One that only has unknown keys can, for further checks. */
  readonly located: Located<T> | null;
  readonly problems: readonly Problem[];
  /** What the file holds as plain data, valid or not; undefined when it cannot be read. */
  readonly plain: unknown;
}

/** Reads and validates one file; all errors are told at once. */
export function readYaml<S extends z.ZodType>(file: string, schema: S): Read<z.output<S>> {
  const whole = (message: string, hint: string): Read<never> => ({
    located: null,
    plain: undefined,
    problems: [{ severity: 'error', file, line: 0, column: 0, path: '', message, hint }],
  });
  let text: string;
  try {
    if (statSync(file).size > maximumBytes) return whole('is larger than 64 MiB', 'Is it the right file?');
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
  return file.endsWith('.json')
    ? (fastJson(file, text, schema) ?? parseYaml(file, text, schema))
    : parseYaml(file, text, schema);
}

/** JSON is read many times faster than YAML; on any error the YAML reader tells where it is. */
function fastJson<S extends z.ZodType>(file: string, text: string, schema: S): Read<z.output<S>> | null {
  try {
    const plain: unknown = JSON.parse(text);
    const parsed = schema.safeParse(plain);
    if (!parsed.success) return null;
    let located: MakeProblem | null = null;
    const problem: MakeProblem = (...args) => {
      const lines = new LineCounter();
      located ??= problemMaker(file, parseDocument(text, { lineCounter: lines }), lines);
      return located(...args);
    };
    return { located: { file, value: parsed.data, problem }, problems: [], plain };
  } catch {
    return null;
  }
}

/** Parses `text` as if it were `file`: see {@link readYaml}. */
export function parseYaml<S extends z.ZodType>(file: string, text: string, schema: S): Read<z.output<S>> {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: true });
  const syntax = [...document.errors, ...document.warnings].map((error): Problem => {
    const { line, col } = lines.linePos(error.pos[0]);
    return {
      severity: 'error',
      file,
      line,
      column: col,
      path: '',
      message: error.message.split('\n')[0] ?? 'not valid YAML',
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
  const parsed = schema.safeParse(plain ?? {}, { reportInput: true });
  if (parsed.success) return { located: { file, value: parsed.data, problem }, problems: [], plain };
  const { issues } = parsed.error;
  const known = schema.safeParse(withoutUnknownKeys(plain, issues));
  return {
    located: known.success ? { file, value: known.data, problem } : null,
    problems: issues.flatMap((issue) => issueProblems(issue, schema, plain, problem)),
    plain,
  };
}

function withoutUnknownKeys(plain: unknown, issues: readonly z.core.$ZodIssue[]): unknown {
  const copy: unknown = structuredClone(plain);
  for (const issue of issues) {
    if (issue.code !== 'unrecognized_keys') continue;
    let parent = copy as Record<PropertyKey, unknown>;
    for (const part of issue.path) parent = parent[part] as Record<PropertyKey, unknown>;
    for (const key of issue.keys) delete parent[key];
  }
  return copy;
}

type MakeProblem = Located<unknown>['problem'];

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

function issueProblems(
  issue: z.core.$ZodIssue,
  schema: z.ZodType,
  plain: unknown,
  problem: MakeProblem,
): Problem[] {
  const path = issue.path.filter((part) => typeof part !== 'symbol');
  if (issue.code === 'unrecognized_keys') {
    const known = knownKeys(schema, path, plain);
    return issue.keys.map((key) => {
      const guess = nearest(key, known);
      const hint = guess
        ? `Did you mean \`${guess}\`?`
        : known.length > 0
          ? `Known here: ${known.join(', ')}.`
          : 'Take it out.';
      return problem([...path, key], `unknown key \`${key}\``, hint);
    });
  }
  if (issue.code === 'invalid_union' && issue.errors.length > 0) {
    // The branch that went deepest is the one that was meant.
    const depth = (issues: readonly z.core.$ZodIssue[]) =>
      Math.max(...issues.map((inner) => inner.path.length));
    const meant = [...issue.errors].sort((a, b) => depth(b) - depth(a) || a.length - b.length)[0] ?? [];
    const inner = meant.flatMap((part) =>
      issueProblems({ ...part, path: [...issue.path, ...part.path] }, schema, plain, problem),
    );
    if (inner.length > 0) return inner;
  }
  if (issue.code === 'invalid_union') {
    const known = allowedValues(schema, path, plain);
    return [
      problem(
        path,
        'is none of the kinds known here',
        known ? `One of: ${known}.` : 'See docs/configuration.md for what may stand here.',
      ),
    ];
  }
  if (issue.code === 'invalid_type' && issue.input === undefined) {
    const key = String(path.at(-1) ?? '');
    return [
      problem(
        path,
        `\`${key}\` is missing (${issue.expected})`,
        `Add \`${key}:\` here; docs/configuration.md describes it.`,
      ),
    ];
  }
  return [problem(path, `${plainWords(issue)}, found ${shown(issue.input)}`, mendOf(issue))];
}

function allowedValues(schema: z.ZodType, path: Path, plain: unknown): string | null {
  const last = path.at(-1);
  if (typeof last !== 'string') return null;
  const values = knownKeys(schema, path.slice(0, -1), plain, last);
  return values.length > 0 ? values.join(', ') : null;
}

function plainWords(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return `must be ${/^[aeiou]/.test(issue.expected) ? 'an' : 'a'} ${issue.expected}`;
    case 'invalid_value':
      return `must be one of ${issue.values.map(String).join(', ')}`;
    case 'too_small':
      return `must be at least ${issue.minimum}${issue.origin === 'array' ? ' items' : issue.origin === 'string' ? ' characters' : ''}`;
    case 'too_big':
      return `must be at most ${issue.maximum}${issue.origin === 'array' ? ' items' : issue.origin === 'string' ? ' characters' : ''}`;
    default:
      return issue.message;
  }
}

function mendOf(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return issue.expected === 'string' ? 'Put it in quotes.' : `Write a ${issue.expected}.`;
    case 'invalid_value':
      return `Use one of: ${issue.values.map(String).join(', ')}.`;
    default:
      return 'Change it so; docs/configuration.md gives the range and the default.';
  }
}

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
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
