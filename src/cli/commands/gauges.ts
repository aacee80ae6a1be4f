import { createInterface } from 'node:readline/promises';
import type { Command } from 'commander';
import { ForecourtError } from '../../model/errors.ts';
import type { GaugeView } from '../../station/tanks/view.ts';
import { get, post, socketOf } from '../client.ts';
import { print, printJson } from '../output.ts';
import { gauges } from '../render/gauges.ts';
import { type DaemonOptions, daemonCommand } from './daemonOptions.ts';
import { personOf } from './tankOptions.ts';

interface ClockOptions extends DaemonOptions {
  readonly by?: string;
  readonly yes?: boolean;
}

/** A gauge may take several attempts of its own time-out on a slow line. */
const clockWithinMs = 60_000;

export const gaugesCommand = (): Command =>
  daemonCommand('gauges')
    .description('Every tank gauge: is it there, how fast, how far its clock is off, what it speaks.')
    .addHelpText(
      'after',
      "\nExample:\n  forecourt gauges\n  forecourt gauges set-clock G1\n\nClock: by which the gauge's goes before (+) or after (-) the station's.",
    )
    .action(async (options: DaemonOptions) => {
      const list = await get<GaugeView[]>(socketOf(options, process.env), '/v1/gauges');
      if (options.json) printJson(list);
      else print(gauges(list));
    })
    .addCommand(setClockCommand());

const setClockCommand = (): Command =>
  daemonCommand('set-clock')
    .description("Set a gauge's clock to the station's: the only thing that is ever written to a gauge.")
    .argument('<gauge>', 'the gauge as the station file names it')
    .option('--by <name>', 'who (default: the user of the operating system)')
    .option('-y, --yes', 'do not ask')
    .addHelpText(
      'after',
      '\nExample:\n  forecourt gauges set-clock G1 --by "A. Meier" --yes\n\nWithout --yes it asks, and it needs a terminal to ask. Exit code 1: the gauge did not do it.',
    )
    .action(async (gauge: string, _options: ClockOptions, command: Command) => {
      const options = command.optsWithGlobals<ClockOptions>();
      const socket = socketOf(options, process.env);
      if (!options.yes && !(await agreed(gauge))) {
        print('Nothing was set.');
        return;
      }
      const path = `/v1/gauges/${encodeURIComponent(gauge)}/clock`;
      const done = await post<{ set: boolean }>(socket, path, { by: personOf(options.by) }, clockWithinMs);
      if (options.json) printJson(done);
      else print(`The clock of ${gauge} shows the station's time now.`);
    });

async function agreed(gauge: string): Promise<boolean> {
  if (!process.stdin.isTTY || !process.stdout.isTTY)
    throw new ForecourtError('USAGE', `the clock of ${gauge} is only set after a yes: add --yes`);
  const asking = createInterface({ input: process.stdin, output: process.stdout });
  try {
    return /^y(es)?$/i.test(
      (await asking.question(`Set the clock of ${gauge} to the station's? [y/N] `)).trim(),
    );
  } finally {
    asking.close();
  }
}
