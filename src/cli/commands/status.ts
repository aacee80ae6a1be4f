import type { Command } from 'commander';
import type { StatusView } from '../../station/view.ts';
import { get, socketOf } from '../client.ts';
import { print, printJson } from '../output.ts';
import { amount, litres } from '../render/format.ts';
import { gauges } from '../render/gauges.ts';
import * as render from '../render/station.ts';
import { tankAlarms } from '../render/tankAlarms.ts';
import { tankTable } from '../render/tanks.ts';
import { type DaemonOptions, daemonCommand } from './daemonOptions.ts';

export const statusCommand = (): Command =>
  daemonCommand('status')
    .description(
      'How the station is: fuelling points, lines, readers, tanks, sales, backlog to head office, alarms.',
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
          render.block('Tanks', status.tanks.length === 0 ? '' : tankTable(status.tanks)),
          render.block('Gauges', status.gauges.length === 0 ? '' : gauges(status.gauges)),
          render.block('Head office', render.feed(status.feed)),
          render.block('Alarms', render.alarms(status, 10)),
          render.block('Tank alarms', status.tankAlarms.length === 0 ? '' : tankAlarms(status.tankAlarms)),
        ]
          .filter((part) => part !== '')
          .join('\n\n'),
      );
    });
