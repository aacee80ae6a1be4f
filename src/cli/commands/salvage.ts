import { Command } from 'commander';
import { type SalvageReport, salvage } from '../../store/salvage/salvage.ts';
import { exitCodes, print, printJson } from '../output.ts';
import { block } from '../render/station.ts';
import { table } from '../render/table.ts';

export const salvageCommand = (): Command =>
  new Command('salvage')
    .description('Read what can be read of a damaged database into JSON Lines, and say what is lost.')
    .argument('<file>', 'the database, for instance forecourt.db.corrupt-2026-11-22T08-00-00-000Z')
    .requiredOption('--to <dir>', 'a new directory for the copy, the rows and report.json')
    .option('--json', 'print the report as JSON')
    .addHelpText(
      'after',
      '\nExample:\n  forecourt salvage store/forecourt.db.corrupt-2026-11-22T08-00-00-000Z --to salvaged\n\nThe file itself is only read. Exit code 0: nothing is lost, 1: something is.',
    )
    .action((file: string, options: { to: string; json?: boolean }) => {
      const report = salvage(file, options.to);
      if (options.json) printJson(report);
      else print(describe(report, options.to));
      process.exitCode = report.complete ? exitCodes.done : exitCodes.failed;
    });

const some = (list: readonly string[]): string =>
  `${list.slice(0, 8).join(', ')}${list.length > 8 ? `, and ${list.length - 8} more` : ''}`;

const ranges = (list: readonly (readonly [number, number])[]): string =>
  some(list.map(([from, to]) => (from === to ? String(from) : `${from}-${to}`)));

function describe(report: SalvageReport, directory: string): string {
  const { tables, lostPages, doubts, proved } = report;
  return [
    block(
      'Rows',
      table(
        ['Table', 'Read>', 'Lost>', 'Which'],
        tables.map(({ table: name, rows, lostRows, lost, lostKeys }) => [
          name,
          String(rows),
          String(lostRows),
          lostKeys.length > 0 ? some(lostKeys) : ranges(lost),
        ]),
      ),
    ),
    block(
      'Proved by the chains',
      table(
        ['Chain', 'Rows'],
        Object.entries(proved).map(([name, list]) => [name, ranges(list)]),
      ),
    ),
    block(
      'Damaged pages',
      lostPages.length === 0
        ? ''
        : table(
            ['Page>', 'Table', 'It'],
            lostPages
              .slice(0, 20)
              .map(({ page, table: name, reason }) => [String(page), name ?? '-', reason]),
          ),
    ),
    block(
      'Read, but not what was written',
      doubts.length === 0
        ? ''
        : table(
            ['Table', 'Row>'],
            doubts.slice(0, 20).map(({ table: name, row }) => [name, String(row)]),
          ),
    ),
    report.complete
      ? `Nothing is lost. Everything is in ${directory}.`
      : `Not everything could be read. What could is in ${directory}; report.json there names all that is lost.\n    mend: head office has the published events; compare \`journal_business.jsonl\` with its copy.`,
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}
