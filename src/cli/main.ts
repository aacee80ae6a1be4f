#!/usr/bin/env node
/** `forecourt`: one command a file under `commands/`. Exit codes: 0 done, 1 it failed, 2 wrong use, 3 no daemon answers. */
import { Command, CommanderError } from 'commander';
import { asForecourtError } from '../model/errors.ts';
import { alarmsCommand } from './commands/alarms.ts';
import { checkCommand } from './commands/check.ts';
import { claimsCommand } from './commands/claims.ts';
import { deliveriesCommand } from './commands/deliveries.ts';
import { demoCommand } from './commands/demo.ts';
import { devicesCommand } from './commands/devices.ts';
import { gaugesCommand } from './commands/gauges.ts';
import { incidentCommand } from './commands/incident.ts';
import { opcuaCommand } from './commands/opcua.ts';
import { reconcileCommand } from './commands/reconcile.ts';
import { reportCommand } from './commands/report.ts';
import { runCommand } from './commands/run.ts';
import { saleCommand } from './commands/sale.ts';
import { salesCommand } from './commands/sales.ts';
import { salvageCommand } from './commands/salvage.ts';
import { simulateCommand } from './commands/simulate.ts';
import { statusCommand } from './commands/status.ts';
import { tankCommand } from './commands/tank.ts';
import { tanksCommand } from './commands/tanks.ts';
import { traceCommand } from './commands/trace.ts';
import { verifyCommand } from './commands/verify.ts';
import { watchCommand } from './commands/watch.ts';
import { exitCodes, printError } from './output.ts';
import { version } from './version.ts';

const program = new Command('forecourt')
  .description(
    'Edge gateway of a fuel station: dispensers and tank gauges in, loyalty credit on the spot, an event feed out.',
  )
  .version(version)
  .showHelpAfterError('(add --help for the options and an example)')
  .exitOverride();

for (const command of [
  runCommand,
  checkCommand,
  demoCommand,
  simulateCommand,
  statusCommand,
  watchCommand,
  salesCommand,
  saleCommand,
  claimsCommand,
  tanksCommand,
  tankCommand,
  deliveriesCommand,
  alarmsCommand,
  gaugesCommand,
  reportCommand,
  incidentCommand,
  opcuaCommand,
  devicesCommand,
  traceCommand,
  verifyCommand,
  reconcileCommand,
  salvageCommand,
]) {
  program.addCommand(inherits(command(), program));
}

/** `addCommand` passes nothing on: without this a wrong option of a subcommand would end with exit code 1. */
function inherits(command: Command, parent: Command): Command {
  command.copyInheritedSettings(parent);
  for (const child of command.commands) inherits(child, command);
  return command;
}

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError)
    process.exitCode = error.exitCode === 0 ? exitCodes.done : exitCodes.usage;
  else process.exitCode = printError(asForecourtError(error), process.argv.includes('--json'));
}
