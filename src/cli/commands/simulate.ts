import { appendFileSync, writeFileSync } from 'node:fs';
import { Command } from 'commander';
import pino from 'pino';
import { ForecourtError } from '../../model/errors.ts';
import { type FaultPlan, faultPresets } from '../../simulator/faults.ts';
import { createSimulation } from '../../simulator/simulation.ts';
import { loadStation } from '../../station/configuration/load.ts';
import { problemText } from '../../station/configuration/problem.ts';
import { systemClock } from '../../station/systemClock.ts';
import { print, printJson } from '../output.ts';
import { litres } from '../render/format.ts';
import { untilSignal } from '../signals.ts';

interface Options {
  readonly speed: string;
  readonly seed: string;
  readonly sales?: string;
  readonly faults: string;
  readonly serial: string[];
  readonly truth?: string;
  readonly json?: boolean;
}

export const simulateCommand = (): Command =>
  new Command('simulate')
    .description(
      "Pretend to be all devices of a station file: dispensers, readers and drivers, as real bytes on the file's own (loopback) addresses.",
    )
    .argument('<file>', 'the station file')
    .option('--speed <factor>', 'how many times faster than real time the forecourt goes', '1')
    .option('--seed <number>', 'the same seed gives the same drivers', '1')
    .option('--sales <count>', 'end after so many sales')
    .option('--faults <preset>', Object.keys(faultPresets).join(', '), 'off')
    .option(
      '--serial <id=path>',
      "the simulator's end of a pty pair for a serial line or reader (repeatable)",
      (value: string, all: string[]) => [...all, value],
      [],
    )
    .option('--truth <file>', 'write every dispensed sale as a JSON line: what a journal is compared with')
    .option('--json', 'print sales as JSON lines')
    .addHelpText(
      'after',
      '\nExample:\n  forecourt simulate config/stations/demo.yaml --speed 10 --faults mild',
    )
    .action(async (file: string, options: Options) => {
      const { station, problems } = loadStation(file);
      if (!station) throw new ForecourtError('CONFIG_INVALID', problems.map(problemText).join('\n'));
      const { truth } = options;
      if (truth !== undefined) writeFileSync(truth, '');
      const simulation = createSimulation({
        station: station.config,
        profiles: station.profiles,
        members: station.members,
        seed: number('--seed', options.seed),
        speed: number('--speed', options.speed),
        faults: presetNamed(options.faults),
        serialPaths: Object.fromEntries(options.serial.map(pair)),
        ...(options.sales === undefined ? {} : { maxSales: number('--sales', options.sales) }),
        log: pino({ level: 'warn' }, pino.destination(2)),
        clock: systemClock,
        onDispensed: (sale) => {
          if (truth !== undefined) appendFileSync(truth, `${JSON.stringify(sale)}\n`);
          if (options.json) print(JSON.stringify(sale));
          else
            print(
              `${sale.fuellingPoint} nozzle ${sale.nozzle}: ${litres(sale.volume)} L of ${sale.grade}${sale.card ? `, card of ${sale.card.member} ${sale.card.when}` : ''}`,
            );
        },
      });
      await simulation.start();
      if (!options.json) print(`${station.config.devices.length} devices answer; Ctrl-C ends.`);
      await Promise.race([untilSignal(), simulation.done]);
      await simulation.stop();
      if (options.json) printJson({ totals: simulation.totals(), stats: simulation.stats() });
      else print(`${simulation.dispensed.length} sales dispensed.`);
    });

function presetNamed(name: string): FaultPlan {
  const preset = (faultPresets as Record<string, FaultPlan>)[name];
  if (!preset)
    throw new ForecourtError(
      'USAGE',
      `there is no fault preset "${name}"; one of ${Object.keys(faultPresets).join(', ')}`,
    );
  return preset;
}

function number(option: string, text: string): number {
  const value = Number(text);
  if (!Number.isFinite(value) || value <= 0)
    throw new ForecourtError('USAGE', `${option} takes a positive number, got "${text}"`);
  return value;
}

function pair(text: string): [string, string] {
  const at = text.indexOf('=');
  if (at < 1) throw new ForecourtError('USAGE', `--serial takes id=path, got "${text}"`);
  return [text.slice(0, at), text.slice(at + 1)];
}
