/** M174: `forecourt reconcile --period`: the balance of wet stock, asked of the daemon that measures it. */
import { ForecourtError } from '../../model/errors.ts';
import type { StockReportView } from '../../station/tanks/view.ts';
import { get, socketOf } from '../client.ts';
import { exitCodes, print, printJson } from '../output.ts';
import { placeOf } from '../provers.ts';
import { stockReport } from '../render/stock.ts';
import type { DaemonOptions } from './daemonOptions.ts';
import { rangeOf } from './range.ts';
import { screenWidth } from './tankOptions.ts';

export interface WetStockOptions extends DaemonOptions {
  readonly period: 'day' | 'month';
  readonly from?: string;
  readonly to?: string;
  readonly stock?: string;
}

/** Exit code 1 when the balance of a stock that is closed says `escalate`. */
export async function reconcileWetStock(path: string | undefined, options: WetStockOptions): Promise<void> {
  const socket = path === undefined ? socketOf(options, process.env) : socketAt(path);
  const range = await rangeOf(socket, options, options.period);
  const query = new URLSearchParams({ ...range, period: options.period });
  if (options.stock !== undefined) query.set('stock', options.stock);
  const report = await get<StockReportView>(socket, `/v1/reports/stock?${query}`);
  if (options.json) printJson(report);
  else print(stockReport(report, screenWidth()));
  const escalated = report.stocks.some(({ verdict, open }) => verdict === 'escalate' && !open);
  process.exitCode = escalated ? exitCodes.failed : exitCodes.done;
}

function socketAt(path: string): string {
  const { socket } = placeOf(path);
  if (socket === null)
    throw new ForecourtError(
      'USAGE',
      `--period asks the running daemon, not a database file: name the station file or leave ${path} out`,
    );
  return socket;
}
