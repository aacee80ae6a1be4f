/** M180: what a person records of a spill or another incident, linked to a sale. */
import { Command, InvalidArgumentError, Option } from 'commander';
import type { IncidentView, NewIncident } from '../../station/tanks/view.ts';
import { get, post, socketOf } from '../client.ts';
import { print, printJson } from '../output.ts';
import { incidentList } from '../render/incidents.ts';
import { type DaemonOptions, daemonCommand } from './daemonOptions.ts';
import { countOf, personOf } from './tankOptions.ts';

interface RecordOptions extends DaemonOptions {
  readonly text: string;
  readonly action: string;
  readonly kind: NewIncident['kind'];
  readonly sale?: string;
  readonly tank?: string;
  readonly litres?: number;
  readonly by?: string;
}

export const incidentCommand = (): Command =>
  new Command('incident')
    .description(
      'Fuel where it does not belong, and other incidents: recorded by a person, kept with the sale.',
    )
    .addCommand(recordCommand())
    .addCommand(
      daemonCommand('list')
        .description('The last incidents, newest first.')
        .option('-n, --limit <count>', 'how many (at most 1000)', countOf, 20)
        .addHelpText('after', '\nExample:\n  forecourt incident list -n 5')
        .action(async (options: DaemonOptions & { readonly limit: number }) => {
          const query = new URLSearchParams({ limit: String(options.limit) });
          const list = await get<IncidentView[]>(socketOf(options, process.env), `/v1/incidents?${query}`);
          if (options.json) printJson(list);
          else print(incidentList(list));
        }),
    );

const recordCommand = (): Command =>
  daemonCommand('record')
    .description('Record an incident. It is not changed or removed later: record a further one instead.')
    .requiredOption('--text <text>', 'what happened: one line')
    .requiredOption('--action <text>', 'what was done about it: one line')
    .addOption(new Option('--kind <kind>', 'what it is').choices(['spill', 'other']).default('spill'))
    .option('--sale <sale>', 'number or key of the sale during which it happened')
    .option('--tank <id>', 'the tank that it concerns')
    .option('--litres <count>', 'how much, about', litresOf)
    .option('--by <name>', 'who records it (default: the user of the operating system)')
    .addHelpText(
      'after',
      '\nExample:\n  forecourt incident record --sale 42 --litres 3 --text "nozzle slipped out of the filler" --action "sand spread and taken up"\n\nExit code 1: there is no such sale or tank, nothing was recorded.',
    )
    .action(async ({ text, action, kind, sale, tank, litres, by, ...options }: RecordOptions) => {
      const body: NewIncident = {
        ...{ kind, text, action },
        sale: sale ?? null,
        tank: tank ?? null,
        litres: litres ?? null,
        by: personOf(by),
      };
      const recorded = await post<IncidentView>(socketOf(options, process.env), '/v1/incidents', body);
      if (options.json) printJson(recorded);
      else print(`Recorded.\n${incidentList([recorded])}`);
    });

function litresOf(text: string): number {
  const litres = Number(text);
  if (text.trim() === '' || !(litres >= 0 && litres <= 100_000))
    throw new InvalidArgumentError('it is a number of litres from 0 to 100000.');
  return litres;
}
