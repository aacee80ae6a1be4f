import type { Command } from 'commander';
import { ForecourtError } from '../../model/errors.ts';
import type { TankAlarmView } from '../../station/tanks/view.ts';
import { get, post, socketOf } from '../client.ts';
import { print, printJson } from '../output.ts';
import { dim } from '../render/format.ts';
import { tankAlarms } from '../render/tankAlarms.ts';
import { type DaemonOptions, daemonCommand } from './daemonOptions.ts';
import { countOf, personOf } from './tankOptions.ts';

interface ListOptions extends DaemonOptions {
  readonly all?: boolean;
  readonly limit: number;
}

interface AcknowledgeOptions extends DaemonOptions {
  readonly by?: string;
  readonly note: string;
}

export const alarmsCommand = (): Command =>
  daemonCommand('alarms')
    .description(
      'Alarms of tanks, gauges and wet stock that stand; each is over by itself when its cause is.',
    )
    .option('--all', 'also those that are over, newest first')
    .option('-n, --limit <count>', 'how many (at most 1000)', countOf, 100)
    .addHelpText(
      'after',
      '\nExample:\n  forecourt alarms\n  forecourt alarms acknowledge 7 --note "driver called, water is being drawn off"',
    )
    .action(async (options: ListOptions) => {
      const query = new URLSearchParams({ all: String(options.all === true), limit: String(options.limit) });
      const list = await get<TankAlarmView[]>(socketOf(options, process.env), `/v1/tank-alarms?${query}`);
      if (options.json) return printJson(list);
      print(list.length === 0 ? dim(options.all ? ' no alarm yet' : ' no alarm stands') : tankAlarms(list));
    })
    .addCommand(acknowledgeCommand());

const acknowledgeCommand = (): Command =>
  daemonCommand('acknowledge')
    .description('Somebody has seen an alarm and says what is done. It stands until its cause is gone.')
    .argument('<number>', "the alarm's number")
    .requiredOption('--note <text>', 'what is done about it: one line')
    .option('--by <name>', 'who (default: the user of the operating system)')
    .addHelpText(
      'after',
      '\nExample:\n  forecourt alarms acknowledge 7 --by "A. Meier" --note "water is being drawn off"\n\nExit code 1: refused, nothing was changed.',
    )
    .action(async (number: string, _options: AcknowledgeOptions, command: Command) => {
      const options = command.optsWithGlobals<AcknowledgeOptions>();
      if (!/^\d{1,15}$/.test(number))
        throw new ForecourtError(
          'USAGE',
          `${number} is no number of an alarm; \`forecourt alarms\` lists them`,
        );
      const alarm = await post<TankAlarmView>(
        socketOf(options, process.env),
        `/v1/tank-alarms/${number}/acknowledge`,
        { by: personOf(options.by), note: options.note },
      );
      if (options.json) printJson(alarm);
      else print(tankAlarms([alarm]));
    });
