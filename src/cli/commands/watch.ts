import type { Command } from 'commander';
import { socketOf } from '../client.ts';
import { watch } from '../watch.ts';
import { type DaemonOptions, daemonCommand } from './daemonOptions.ts';

export const watchCommand = (): Command =>
  daemonCommand('watch')
    .description(
      'A live view: fuelling points, last sales, lines, backlog. Without a terminal, one line for each thing that happens.',
    )
    .addHelpText('after', '\nExample:\n  forecourt watch\n\nCtrl-C or q ends it.')
    .action(async (options: DaemonOptions) => {
      const ending = new AbortController();
      process.once('SIGINT', () => ending.abort());
      await watch(socketOf(options, process.env), {
        json: options.json === true,
        signal: ending.signal,
        quit: () => ending.abort(),
        extra: () => '',
      });
    });
