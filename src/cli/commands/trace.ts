import type { Command } from 'commander';
import { ForecourtError } from '../../model/errors.ts';
import type { TraceView } from '../../station/view.ts';
import { events, socketOf } from '../client.ts';
import { print } from '../output.ts';
import { dim } from '../render/format.ts';
import { type DaemonOptions, daemonCommand } from './daemonOptions.ts';

export const traceCommand = (): Command =>
  daemonCommand('trace')
    .description('The frames of a line as they pass, with what they mean. Ctrl-C ends it.')
    .argument('<line>', 'the line')
    .option('-n, --count <frames>', 'end after so many')
    .addHelpText('after', '\nExample:\n  forecourt trace bus1 -n 100 > bus1.txt')
    .action(async (line: string, options: DaemonOptions & { count?: string }) => {
      const ending = new AbortController();
      process.once('SIGINT', () => ending.abort());
      let left = countOf(options.count);
      try {
        for await (const { data } of events(
          socketOf(options, process.env),
          `/v1/lines/${encodeURIComponent(line)}/trace`,
          ending.signal,
        )) {
          const frame = data as TraceView;
          if (options.json) print(JSON.stringify(frame));
          else
            print(
              `${frame.at.slice(11, 23)} ${frame.direction.padEnd(4)} ${frame.bytes}${frame.text ? dim(`  ${frame.text}`) : ''}`,
            );
          left -= 1;
          if (left > 0) continue;
          ending.abort();
          break;
        }
      } catch (error) {
        if (!ending.signal.aborted) throw error;
      }
    });

function countOf(text: string | undefined): number {
  if (text === undefined) return Number.POSITIVE_INFINITY;
  if (!/^[1-9]\d{0,8}$/.test(text))
    throw new ForecourtError('USAGE', `--count takes a number of frames, got "${text}"`);
  return Number(text);
}
