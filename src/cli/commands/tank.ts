import { Command } from 'commander';
import type { TankDetailView } from '../../station/tanks/view.ts';
import { get, socketOf } from '../client.ts';
import { print, printJson } from '../output.ts';
import { tankDetail } from '../render/tank.ts';
import { type DaemonOptions, daemonCommand } from './daemonOptions.ts';
import { screenWidth } from './tankOptions.ts';

export const tankCommand = (): Command =>
  new Command('tank')
    .description('One tank: its level over the last day, limits, deliveries, alarms.')
    .addCommand(
      daemonCommand('show')
        .description('Everything that is known of a tank.')
        .argument('<tank>', 'the tank as the station file names it')
        .addHelpText('after', '\nExample:\n  forecourt tank show T1\n\nExit code 1: there is no such tank.')
        .action(async (id: string, options: DaemonOptions) => {
          const path = `/v1/tanks/${encodeURIComponent(id)}`;
          const tank = await get<TankDetailView>(socketOf(options, process.env), path);
          if (options.json) printJson(tank);
          else print(tankDetail(tank, screenWidth()));
        }),
    );
