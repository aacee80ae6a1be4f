import { Command } from 'commander';
import pino from 'pino';
import { ForecourtError } from '../../model/errors.ts';
import { loadStation } from '../../station/configuration/load.ts';
import { problemText } from '../../station/configuration/problem.ts';
import { startStation } from '../../station/station.ts';
import { systemBoot, systemClock } from '../../station/systemClock.ts';
import { installLastResort } from '../lastResort.ts';
import { untilSignal } from '../signals.ts';
import { version } from '../version.ts';

export const runCommand = (): Command =>
  new Command('run')
    .description('Run the station in the foreground until SIGTERM or Ctrl-C. SIGHUP reads the members again.')
    .argument('<file>', 'the station file')
    .option('--log-level <level>', 'debug, info, warn or error (default: from the file)')
    .addHelpText(
      'after',
      '\nExample:\n  forecourt run /etc/forecourt/station.yaml\n\nLogs are JSON lines on stdout. Exit code 0: ended cleanly, 1: could not start, 70: a defect, to be started again.',
    )
    .action(async (file: string, options: { logLevel?: string }) => {
      // Before anything is opened: who is told to end while it starts ends as cleanly.
      let hangUp = (): void => {};
      const asked = untilSignal(() => hangUp());
      const { station: loaded, problems } = loadStation(file);
      if (!loaded) throw new ForecourtError('CONFIG_INVALID', problems.map(problemText).join('\n'));
      const log = pino({
        level: options.logLevel ?? loaded.config.log.level,
        base: { site: loaded.config.site.id },
      });
      for (const problem of problems) log.warn({ problem: problemText(problem) }, 'configuration warning');
      const station = await startStation(loaded, {
        clock: systemClock,
        boot: systemBoot,
        random: Math.random,
        log,
        env: process.env,
        version,
      });
      installLastResort(log, station.recordDefect);
      log.info(
        { version, socket: station.socket, fuellingPoints: loaded.config.fuellingPoints.length },
        'station runs',
      );
      hangUp = () => {
        const again = loadStation(file);
        if (again.station) station.replaceMembers(again.station);
        else
          log.error(
            { problems: again.problems.map(problemText) },
            'the files have errors: the members in force stay',
          );
      };
      const signal = await asked;
      log.info({ signal }, 'station stops');
      await station.stop(signal);
    });
