/** Reports as text, CSV, JSON or a picture, to the screen or into a file. */
import { Command, Option } from 'commander';
import { ForecourtError } from '../../model/errors.ts';
import type { LoadReportView, StockReportView } from '../../station/tanks/view.ts';
import { get, socketOf } from '../client.ts';
import { loadCsv, loadReport } from '../render/load.ts';
import { loadSvg } from '../render/loadSvg.ts';
import { stockCsv, stockReport } from '../render/stock.ts';
import { varianceSvg } from '../render/varianceSvg.ts';
import { type DaemonOptions, daemonCommand } from './daemonOptions.ts';
import { rangeOf } from './range.ts';
import { deliver, screenWidth } from './tankOptions.ts';

type Format = 'text' | 'csv' | 'json' | 'svg';

interface Options extends DaemonOptions {
  readonly from?: string;
  readonly to?: string;
  readonly format?: Format;
  readonly output?: string;
}

interface StockOptions extends Options {
  readonly period: 'day' | 'month';
  readonly stock?: string;
}

export const reportCommand = (): Command =>
  new Command('report')
    .description(
      'Reports of wet stock and of the load of the forecourt: text, CSV, JSON, or a picture (SVG).',
    )
    .addCommand(stockCommand())
    .addCommand(loadCommand());

const reporting = (name: string): Command =>
  daemonCommand(name)
    .option('--from <date>', 'first business date (YYYY-MM-DD)')
    .option('--to <date>', "last business date (default: the station's business date)")
    .addOption(new Option('--format <format>', 'how (default: text)').choices(['text', 'csv', 'json', 'svg']))
    .option('-o, --output <file>', 'write into this file');

const stockCommand = (): Command =>
  reporting('stock')
    .description('Gauge against book by day or month, and how the variance ran.')
    .addOption(new Option('--period <period>', 'balances of').choices(['day', 'month']).default('day'))
    .option('--stock <id>', 'only this tank or manifold')
    .addHelpText(
      'after',
      '\nExample:\n  forecourt report stock --from 2026-11-01 --format svg -o variance.svg\n\nWithout --from: the last 30 business days, or 12 months.',
    )
    .action(async (options: StockOptions) => {
      const format = formatOf(options);
      const socket = socketOf(options, process.env);
      const range = await rangeOf(socket, options, options.period);
      const query = new URLSearchParams({ ...range, period: options.period });
      if (options.stock !== undefined) query.set('stock', options.stock);
      const report = await get<StockReportView>(socket, `/v1/reports/stock?${query}`);
      deliver(
        written(report, format, { text: stockReport, csv: stockCsv, svg: varianceSvg }, options),
        options.output,
      );
    });

const loadCommand = (): Command =>
  reporting('load')
    .description('Fuellings and litres by pump, hour of the day and grade.')
    .addHelpText(
      'after',
      '\nExample:\n  forecourt report load --from 2026-11-01 --to 2026-11-30 --format csv -o load.csv\n\nWithout --from: the last 30 business days.',
    )
    .action(async (options: Options) => {
      const format = formatOf(options);
      const socket = socketOf(options, process.env);
      const range = await rangeOf(socket, options);
      const report = await get<LoadReportView>(socket, `/v1/reports/load?${new URLSearchParams(range)}`);
      deliver(
        written(report, format, { text: loadReport, csv: loadCsv, svg: loadSvg }, options),
        options.output,
      );
    });

function formatOf({ format, json }: Options): Format {
  if (json && format !== undefined && format !== 'json')
    throw new ForecourtError('USAGE', `choose one of --json and --format ${format}`);
  return json ? 'json' : (format ?? 'text');
}

interface Writers<Report> {
  readonly text: (report: Report, width: number) => string;
  readonly csv: (report: Report) => string;
  readonly svg: (report: Report) => string;
}

function written<Report>(
  report: Report,
  format: Format,
  writers: Writers<Report>,
  { output }: Options,
): string {
  if (format === 'text') return writers.text(report, screenWidth());
  if (format === 'json')
    return JSON.stringify(report, null, output === undefined && !process.stdout.isTTY ? 0 : 2);
  return writers[format](report);
}
