import type { Command } from 'commander';
import type { StatusView } from '../../station/view.ts';
import { get, socketOf } from '../client.ts';
import { print, printJson } from '../output.ts';
import { amount, litres } from '../render/format.ts';
import * as render from '../render/station.ts';
import { type DaemonOptions, daemonCommand } from './daemonOptions.ts';

export const statusCommand = (): Command =>
  daemonCommand('status')
    .description(
      'How the station is: fuelling points, lines, readers, sales, backlog to head office, alarms.',
    )
    .addHelpText(
      'after',
      '\nExample:\n  forecourt status --json | jq .feed.backlog\n\nExit code 3: no daemon answers.',
    )
    .action(async (options: DaemonOptions) => {
      const status = await get<StatusView>(socketOf(options, process.env), '/v1/status');
      if (options.json) return printJson(status);
      const { sales, site } = status;
      print(
        [
          render.heading(status),
          ` ${sales.count} sales, ${litres(sales.volumeMl)} L, ${amount(sales.amount, site.currencyDecimals)} ${site.currency}; ${sales.today} of this business day; ledger sums to ${status.ledgerSum}`,
          render.block('Fuelling points', render.fuellingPoints(status)),
          render.block('Lines', render.lines(status)),
          render.block('Readers', render.readers(status)),
          render.block('Head office', render.feed(status.feed)),
          render.block('Alarms', render.alarms(status, 10)),
        ]
          .filter((part) => part !== '')
          .join('\n\n'),
      );
    });
