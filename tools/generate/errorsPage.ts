/** `docs/errors.md`: every error code with its meaning and its mend. */
import { errorCatalogue } from '../../src/model/error-catalogue.ts';
import { cell, generatedNote } from './markdown.ts';
import type { Output } from './output.ts';

export function errorsPage(): Output {
  const rows = Object.entries(errorCatalogue)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([code, { meaning, hint }]) => `| \`${code}\` | ${cell(meaning)} | ${cell(hint)} |`);
  const text = [
    '# Errors',
    '',
    generatedNote('src/model/error-catalogue.ts'),
    '',
    'Codes stay as they are from version to version: they are never renamed, only added. Each stands in the log line and in `--json` output as `code`.',
    '',
    '| code | what happened | what to do |',
    '|---|---|---|',
    ...rows,
    '',
  ].join('\n');
  return { path: 'docs/errors.md', text };
}
