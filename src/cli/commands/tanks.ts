import type { Command } from 'commander';
import type { TankView } from '../../station/tanks/view.ts';
import { get, socketOf } from '../client.ts';
import { print, printJson } from '../output.ts';
import { tankPictures } from '../render/tankPicture.ts';
import { tankTable } from '../render/tanks.ts';
import { type DaemonOptions, daemonCommand } from './daemonOptions.ts';
import { screenWidth } from './tankOptions.ts';

interface Options extends DaemonOptions {
  readonly table?: boolean;
  readonly picture?: boolean;
}

export const tanksCommand = (): Command =>
  daemonCommand('tanks')
    .description(
      'What is in the ground: fill, water, ullage, temperature, days of cover, what to order, alarms.',
    )
    .option('--table', 'a plain table, as without a terminal')
    .option('--picture', 'pictures also without a terminal, as wide as COLUMNS says')
    .addHelpText(
      'after',
      '\nExample:\n  forecourt tanks\n  forecourt tanks --json | jq \'.[] | select(.quality != "good") | .id\'\n\nA level that is not known or not to be relied on is hatched: it is no empty tank.',
    )
    .action(async (options: Options) => {
      const tanks = await get<TankView[]>(socketOf(options, process.env), '/v1/tanks');
      if (options.json) return printJson(tanks);
      const asTable = options.table ?? (process.stdout.isTTY !== true && options.picture !== true);
      print(asTable ? tankTable(tanks) : tankPictures(tanks, screenWidth()));
    });
