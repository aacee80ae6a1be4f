/** What zod found wrong, in words: where, what was found, how to mend it. */
import type { z } from 'zod';
import { knownKeys, nearest } from './knownKeys.ts';
import type { MakeProblem, Path, Problem } from './problem.ts';

const longestShown = 60;
const short = (text: string): string =>
  text.length > longestShown ? `${text.slice(0, longestShown - 3)}...` : text;

/** Of one place; more would be read by nobody. */
const mostKeys = 50;

/** One issue; of a union the branch that was meant, and an issue for each unknown key. */
export function issueProblems(
  issue: z.core.$ZodIssue,
  schema: z.ZodType,
  plain: unknown,
  problem: MakeProblem,
): Problem[] {
  const path = issue.path.filter((part) => typeof part !== 'symbol');
  if (issue.code === 'unrecognized_keys') {
    const known = knownKeys(schema, path, plain);
    return issue.keys.slice(0, mostKeys).map((key) => {
      const guess = nearest(key, known);
      const hint = guess
        ? `Did you mean \`${guess}\`?`
        : known.length > 0
          ? `Known here: ${known.join(', ')}.`
          : 'Take it out.';
      return problem([...path, key], `unknown key \`${short(key)}\``, hint);
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

/** A value as it may be shown in one line; of a list or an object only what it is. */
function shown(value: unknown): string {
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === 'object' && value !== null)
    return short(`an object with ${Object.keys(value).join(', ') || 'no keys'}`);
  return short(JSON.stringify(value) ?? 'nothing');
}
