import type { Command } from 'commander';
import { ForecourtError } from '../../model/errors.ts';
import type { ClaimsView, StatusView } from '../../station/view.ts';
import { get, socketOf } from '../client.ts';
import { print, printJson } from '../output.ts';
import { claims } from '../render/claims.ts';
import { type DaemonOptions, daemonCommand } from './daemonOptions.ts';

interface Options extends DaemonOptions {
  readonly all?: boolean;
  readonly point?: string;
  readonly since?: string;
  readonly limit: string;
}

export const claimsCommand = (): Command =>
  daemonCommand('claims')
    .description(
      'What is left to a person: sales of nobody with the cards that may be theirs, and cards without a sale.',
    )
    .option('--all', 'also sales for which no card is free, and voided ones')
    .option('--point <id>', 'only this fuelling point')
    .option(
      '--since <time>',
      'from then on: 8h, 3d, 2026-11-20 or 2026-11-20T06:00Z (default: what can be corrected)',
    )
    .option('-n, --limit <count>', 'how many sales are looked at (at most 1000)', '200')
    .addHelpText(
      'after',
      '\nExample:\n  forecourt claims --since 8h\n  forecourt sale assign 42 --member m-1001 --reason "driver showed the receipt"',
    )
    .action(async (options: Options) => {
      const socket = socketOf(options, process.env);
      const query = new URLSearchParams({ limit: options.limit });
      if (options.all) query.set('all', 'true');
      if (options.point !== undefined) query.set('fuellingPoint', options.point);
      if (options.since !== undefined) query.set('since', instantOf(options.since, Date.now()));
      const view = await get<ClaimsView>(socket, `/v1/claims?${query}`);
      if (options.json) return printJson(view);
      const { site } = await get<StatusView>(socket, '/v1/status');
      print(claims(view, site.currencyDecimals));
    });

const hoursOf: Readonly<Record<string, number>> = { h: 1, d: 24 };

/** RFC 3339 of a time as people write it: so long ago, or a date, which begins at midnight here. Throws USAGE. */
export function instantOf(text: string, now: number): string {
  const ago = /^(\d{1,5})([hd])$/.exec(text);
  if (ago) return new Date(now - Number(ago[1]) * (hoursOf[ago[2] ?? ''] ?? 0) * 3_600_000).toISOString();
  // A bare date would be read as one of UTC.
  const date = Date.parse(/^\d{4}-\d{2}-\d{2}$/.test(text) ? `${text}T00:00` : text);
  if (!/^\d{4}-\d{2}-\d{2}/.test(text) || Number.isNaN(date))
    throw new ForecourtError('USAGE', `"${text}" is no time: write 8h, 3d, 2026-11-20 or 2026-11-20T06:00Z`);
  return new Date(date).toISOString();
}
