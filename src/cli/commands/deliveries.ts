import type { Command } from 'commander';
import { ForecourtError } from '../../model/errors.ts';
import type { DeliveryView } from '../../station/tanks/view.ts';
import { get, socketOf } from '../client.ts';
import { print, printJson } from '../output.ts';
import { deliveriesCsv, deliveryTable } from '../render/deliveries.ts';
import { type DaemonOptions, daemonCommand } from './daemonOptions.ts';
import { countOf, deliver } from './tankOptions.ts';

interface Options extends DaemonOptions {
  readonly stock?: string;
  readonly limit: number;
  readonly csv?: boolean;
}

export const deliveriesCommand = (): Command =>
  daemonCommand('deliveries')
    .description('Fuel that came into the ground, newest first.')
    .option('--stock <id>', 'only this tank or manifold')
    .option('-n, --limit <count>', 'how many (at most 1000)', countOf, 20)
    .option('--csv', 'print CSV')
    .addHelpText(
      'after',
      "\nExample:\n  forecourt deliveries --stock T1 -n 50 --csv > deliveries.csv\n\nBy gauge: the gauge's own report. By rise: found from the level; what was sold meanwhile is added.",
    )
    .action(async (options: Options) => {
      if (options.json && options.csv) throw new ForecourtError('USAGE', 'choose one of --json and --csv');
      const query = new URLSearchParams({ limit: String(options.limit) });
      if (options.stock !== undefined) query.set('stock', options.stock);
      const list = await get<DeliveryView[]>(socketOf(options, process.env), `/v1/deliveries?${query}`);
      if (options.json) printJson(list);
      else if (options.csv) deliver(deliveriesCsv(list), undefined);
      else print(deliveryTable(list));
    });
