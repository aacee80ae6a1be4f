import { Command } from 'commander';
import { verifyFile } from '../../store/verify/file.ts';
import { type Progress, type Verification, verifyBooks } from '../../store/verify/verify.ts';
import { exitCodes, print, printJson } from '../output.ts';
import { type Proved, prove } from '../provers.ts';
import { table } from '../render/table.ts';

export const verifyCommand = (): Command =>
  new Command('verify')
    .description(
      'Prove that no row of the journal, the sales, the credits or the ledger was changed, removed or put in.',
    )
    .argument('<path>', "the station file, the store's directory, or a database file")
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      '\nExample:\n  forecourt verify station.yaml\n\nA running daemon is asked; else a copy of the database is read. Nothing is changed.\nExit code 0: sound, 1: something was found.',
    )
    .action(async (path: string, options: { json?: boolean }) => {
      const proved = await prove(path, '/v1/books/verify', work);
      const { result } = proved;
      if (options.json) printJson({ by: proved.by, ...result });
      else print(describe(proved));
      process.exitCode = result.sound ? exitCodes.done : exitCodes.failed;
    });

function* work(db: Parameters<typeof verifyBooks>[0]): Generator<Progress, Verification> {
  const found = verifyFile(db);
  const books = yield* verifyBooks(db);
  const findings = [...found, ...books.findings];
  return {
    ...books,
    sound: findings.length === 0,
    findings,
    findingCount: found.length + books.findingCount,
  };
}

function describe({ by, result }: Proved<Verification>): string {
  const { site, epoch, findings, findingCount, chains } = result;
  const ends = table(
    ['Chain', 'Last>', 'SHA-256'],
    chains.map(({ name, number, chain }) => [name, String(number), chain]),
  );
  const from = by === 'daemon' ? 'told by the running daemon' : 'read from a copy of the database';
  const heading = `Site ${site}, epoch ${epoch}: about ${result.rows} rows, ${from}.`;
  if (result.sound) return `${heading}\n\n${ends}\n\nSound: nothing was changed, removed or put in.`;
  const more = findingCount - findings.length;
  return [
    heading,
    ends,
    table(
      ['Table', 'Row', 'Found'],
      findings.map((finding) => [finding.table, finding.row, finding.problem]),
    ),
    `${findingCount} finding(s)${more > 0 ? `, ${more} of them not shown` : ''}. The books were changed from outside, or the disk is failing.`,
    "    mend: keep the database as it is; compare it with a backup and with head office's copy of the feed; `forecourt salvage` reads what can be read.",
  ].join('\n\n');
}
