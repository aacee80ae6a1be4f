/**
 * The acceptance suite by mission row: runs the tests that name rows in their titles ("M52: ...", "M27-M28: ...") and
 * tells for each row which tests speak for it. `npm run acceptance` for all rows, `npm run acceptance -- M20 M52` for some.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import Table from 'cli-table3';
import { z } from 'zod';
import { rowsOf } from './acceptance/rows.ts';

const usage = `npm run acceptance -- [options] [ROW...]
  ROW...        mission rows such as M20 M52; default: every row that a test names
  --tests       list the tests of each row
  --json        the same as JSON
  --help
Exit code 1 when a test fails or a named row has no test.
Example: npm run acceptance -- --tests M52 M187`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    tests: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});
const isRow = (text: string): boolean => /^M\d{1,3}$/.test(text);
if (values.help || !positionals.every(isRow)) {
  console.log(usage);
  process.exit(values.help ? 0 : 2);
}

const reportSchema = z.object({
  testResults: z.array(
    z.object({
      message: z.string().optional(),
      status: z.string(),
      assertionResults: z.array(z.object({ fullName: z.string(), title: z.string(), status: z.string() })),
    }),
  ),
});

interface Row {
  readonly row: string;
  readonly tests: { readonly title: string; readonly status: string }[];
}

function run(): { rows: Row[]; broken: string[] } {
  const directory = mkdtempSync(join(tmpdir(), 'forecourt-acceptance-'));
  try {
    const file = join(directory, 'report.json');
    const spans = 'M[0-9]+-M[0-9]+';
    const pattern =
      positionals.length === 0 ? '\\bM[0-9]{1,3}\\b' : `\\b(${[...positionals, spans].join('|')})\\b`;
    const args = ['run', '-t', pattern, '--reporter=default', '--reporter=json', `--outputFile.json=${file}`];
    spawnSync('vitest', args, { stdio: ['ignore', values.json ? 'ignore' : 'inherit', 'inherit'] });
    const report = reportSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
    const rows = new Map<string, Row>();
    for (const { title, fullName, status } of report.testResults.flatMap((each) => each.assertionResults)) {
      // Tests of other titles are reported as skipped by the pattern.
      if (status === 'skipped' || status === 'pending') continue;
      for (const row of rowsOf(fullName)) {
        const entry = rows.get(row) ?? { row, tests: [] };
        entry.tests.push({ title, status });
        rows.set(row, entry);
      }
    }
    const broken = report.testResults.flatMap(({ status, message, assertionResults }) =>
      status === 'failed' && assertionResults.length === 0 ? [message ?? 'a test file did not load'] : [],
    );
    return {
      rows: [...rows.values()].sort((a, b) => Number(a.row.slice(1)) - Number(b.row.slice(1))),
      broken,
    };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

const { rows: all, broken } = run();
const wanted = positionals.length === 0 ? all.map((each) => each.row) : positionals;
const rows = wanted.map((row) => all.find((each) => each.row === row) ?? { row, tests: [] });
const failed = (row: Row): number => row.tests.filter((test) => test.status !== 'passed').length;
const bad = rows.filter((row) => row.tests.length === 0 || failed(row) > 0);

if (values.json) console.log(JSON.stringify({ rows, broken }, null, 2));
else {
  const table = new Table({ head: ['row', 'tests', 'failed'], style: { head: [], border: [] } });
  for (const row of rows) table.push([row.row, row.tests.length || 'no test', failed(row)]);
  console.log(table.toString());
  for (const row of values.tests ? rows : bad) {
    for (const { title, status } of row.tests) {
      if (values.tests || status !== 'passed') console.log(`${row.row} ${status}: ${title}`);
    }
  }
  for (const message of broken) console.log(message);
}
process.exitCode = bad.length > 0 || broken.length > 0 ? 1 : 0;
