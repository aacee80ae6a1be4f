import type { Command } from 'commander';
import type { SaleView, StatusView } from '../../station/view.ts';
import { get, socketOf } from '../client.ts';
import { print, printJson } from '../output.ts';
import * as render from '../render/station.ts';
import { type DaemonOptions, daemonCommand } from './daemonOptions.ts';

interface Options extends DaemonOptions {
  readonly limit: string;
  readonly point?: string;
  readonly before?: string;
}

export const salesCommand = (): Command =>
  daemonCommand('sales')
    .description('The last sales, newest first.')
    .option('-n, --limit <count>', 'how many (at most 1000)', '20')
    .option('--point <id>', 'only this fuelling point')
    .option('--before <sale>', 'only sales with a smaller number: the next page')
    .addHelpText('after', '\nExample:\n  forecourt sales --point FP1 -n 50')
    .action(async (options: Options) => {
      const socket = socketOf(options, process.env);
      const query = new URLSearchParams({ limit: options.limit });
      if (options.point !== undefined) query.set('fuellingPoint', options.point);
      if (options.before !== undefined) query.set('before', options.before);
      const sales = await get<SaleView[]>(socket, `/v1/sales?${query}`);
      if (options.json) return printJson(sales);
      const status = await get<StatusView>(socket, '/v1/status');
      print(render.sales(sales, status.site.currencyDecimals));
    });
