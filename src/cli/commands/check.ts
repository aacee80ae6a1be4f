import { Command } from 'commander';
import { loadStation } from '../../station/configuration/load.ts';
import { isError, problemText } from '../../station/configuration/problem.ts';
import { exitCodes, print, printJson } from '../output.ts';

export const checkCommand = (): Command =>
  new Command('check')
    .description(
      'Check a station file with its profiles, program and members; every error at once, with its place and its mend.',
    )
    .argument('<file>', 'the station file')
    .option('--json', 'print the problems as JSON')
    .addHelpText(
      'after',
      '\nExample:\n  forecourt check config/stations/example.yaml\n\nExit code 0: no errors (warnings may be there), 1: errors.',
    )
    .action((file: string, options: { json?: boolean }) => {
      const { station, problems } = loadStation(file);
      const errors = problems.filter(isError).length;
      if (options.json)
        printJson({ ok: station !== null, errors, warnings: problems.length - errors, problems });
      else {
        for (const problem of problems) print(problemText(problem));
        const { config } = station ?? {};
        print(
          config
            ? `${file} is good: ${config.fuellingPoints.length} fuelling point(s), ${config.devices.length} device(s) on ${config.lines.length} line(s), ${config.readers.length} reader(s), ${station?.members.length ?? 0} member(s), ${problems.length} warning(s).`
            : `${errors} error(s), ${problems.length - errors} warning(s).`,
        );
      }
      process.exitCode = station ? exitCodes.done : exitCodes.failed;
    });
