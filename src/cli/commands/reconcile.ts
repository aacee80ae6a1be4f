import { type Command, Option } from 'commander';
import { ForecourtError } from '../../model/errors.ts';
import { loadStation } from '../../station/configuration/load.ts';
import { type Reconciliation, reconcile } from '../../store/reconcile/reconcile.ts';
import { exitCodes, print, printJson } from '../output.ts';
import { prove } from '../provers.ts';
import { amount, litres } from '../render/format.ts';
import { block } from '../render/station.ts';
import { table } from '../render/table.ts';
import { daemonCommand } from './daemonOptions.ts';
import { dateOf } from './range.ts';
import { reconcileWetStock, type WetStockOptions } from './wetStock.ts';

interface Options extends Omit<WetStockOptions, 'period'> {
  readonly period?: WetStockOptions['period'];
}

export const reconcileCommand = (): Command =>
  daemonCommand('reconcile')
    .description(
      'Compare sales, credits, ledger, totalizers and journal by business date, and list every difference. With --period: gauge against book, of each stock and grade.',
    )
    .argument('[path]', "the station file, the store's directory, or a database file")
    .addOption(new Option('--period <period>', 'balance the wet stock by').choices(['day', 'month']))
    .option('--from <date>', 'first business date (YYYY-MM-DD)')
    .option('--to <date>', 'last business date (YYYY-MM-DD)')
    .option('--stock <id>', 'with --period: only this tank or manifold')
    .addHelpText(
      'after',
      '\nExamples:\n  forecourt reconcile station.yaml --from 2026-11-01 --to 2026-11-30\n  forecourt reconcile --period day --stock T1\n\nThe books: a running daemon is asked; else a copy of the database is read. Nothing is changed.\nThe wet stock: the daemon is asked, for 30 business days or 12 months unless --from says otherwise.\nExit code 0: all agree, 1: there are differences; with --period, a stock is to be escalated.',
    )
    .action((path: string | undefined, { period, ...options }: Options) =>
      period === undefined ? reconcileBooks(path, options) : reconcileWetStock(path, { ...options, period }),
    );

async function reconcileBooks(path: string | undefined, options: Options): Promise<void> {
  if (path === undefined)
    throw new ForecourtError(
      'USAGE',
      'name what to reconcile: the station file, the store or a database; or --period day for the wet stock',
    );
  for (const name of ['stock', 'socket', 'station'] as const)
    if (options[name] !== undefined)
      throw new ForecourtError('USAGE', `--${name} belongs to --period; the books are named by ${path}`);
  const range = { from: dateOf('--from', options.from), to: dateOf('--to', options.to) };
  const query = new URLSearchParams();
  for (const [name, date] of Object.entries(range)) if (date !== null) query.set(name, date);
  const { by, result } = await prove(path, `/v1/books/reconcile?${query}`, (db) => reconcile(db, range));
  if (options.json) printJson({ by, ...result });
  else print(describe(result, decimalsOf(path)));
  process.exitCode = result.agrees ? exitCodes.done : exitCodes.failed;
}

/** Only the station's file knows the currency; without it amounts are shown in minor units. */
function decimalsOf(path: string): number {
  return /\.ya?ml$/i.test(path) ? (loadStation(path).station?.config.site.currencyDecimals ?? 0) : 0;
}

function describe(result: Reconciliation, decimals: number): string {
  const days = table(
    [
      'Date',
      'Sales>',
      'Litres>',
      'Amount>',
      'Points>',
      'Unclaimed>',
      'Ambiguous>',
      'Recovered>',
      'Differences>',
    ],
    result.days.map((day) => [
      day.businessDate,
      String(day.sales),
      litres(day.volumeMl),
      amount(day.amount, decimals),
      ...[day.points, day.unclaimed, day.ambiguous, day.recovered, day.differences].map(String),
    ]),
  );
  const nozzles = table(
    ['Nozzle', 'Sales>', 'Litres>', 'Totalizer>', 'Untold>', 'Twice>', 'Generations>'],
    result.nozzles.map((each) => [
      `${each.fuellingPoint}/${each.nozzle}`,
      String(each.sales),
      litres(each.volumeMl),
      litres(each.spansMl),
      litres(each.gapsMl),
      litres(each.overlapsMl),
      String(each.generations),
    ]),
  );
  const more = result.differenceCount - result.differences.length;
  const differences = result.differences.map(
    ({ businessDate, what, problem, mend }) =>
      ` ${businessDate === null ? '' : `${businessDate} `}${what}: ${problem}\n    mend: ${mend}`,
  );
  return [
    block('Business dates', days),
    block('Nozzles', nozzles),
    ...(result.agrees
      ? [
          'Everything agrees: each eligible sale has one credit, and ledger, totalizers and journal tell the same.',
        ]
      : [
          block('Differences', differences.join('\n')),
          `${result.differenceCount} difference(s)${more > 0 ? `, ${more} of them not shown` : ''}.`,
        ]),
  ].join('\n\n');
}
