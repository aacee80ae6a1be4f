import { Command } from 'commander';

export interface DaemonOptions {
  readonly socket?: string;
  readonly station?: string;
  readonly json?: boolean;
}

/** A command that asks a running daemon. */
export const daemonCommand = (name: string): Command =>
  new Command(name)
    .option(
      '--socket <path>',
      "the daemon's socket (default: FORECOURT_SOCKET, the service's, or the demonstration's)",
    )
    .option('--station <file>', 'find the socket through this station file')
    .option('--json', 'print JSON');
