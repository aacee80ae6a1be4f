/** `forecourt sale assign`, `reassign` and `void`: a person decides whose a sale is. */
import { userInfo } from 'node:os';
import { text } from 'node:stream/consumers';
import { type Command, Option } from 'commander';
import { ForecourtError } from '../../model/errors.ts';
import { cardFormats } from '../../model/readings.ts';
import type { CorrectedView } from '../../station/view.ts';
import { post, socketOf } from '../client.ts';
import { print, printJson } from '../output.ts';
import { corrections } from '../render/sale.ts';
import { type DaemonOptions, daemonCommand } from './daemonOptions.ts';

interface Options extends DaemonOptions {
  readonly reason: string;
  readonly by?: string;
  readonly request?: string;
  readonly card?: string;
  readonly format?: string;
  readonly member?: string;
}

const correction = (name: string): Command =>
  daemonCommand(name)
    .argument('<sale>', "the sale's number or key")
    .requiredOption('--reason <text>', 'why, for the audit: one line')
    .option('--by <name>', 'who decided (default: the user of the operating system)')
    .option('--request <id>', 'an id of your own: the same request sent again is answered, not done again');

const owner = (command: Command): Command =>
  command
    .option(
      '--card <number>',
      'the card shown; - reads it from standard input, so that no shell history keeps it',
    )
    .addOption(new Option('--format <format>', 'how the number is written').choices(cardFormats))
    .option('--member <id>', 'the member, where no card is at hand');

const exits = '\nExit code 1: refused, nothing was changed. 3: no daemon answers.';

export const assignCommand = (): Command =>
  owner(correction('assign'))
    .description('Give a sale of nobody its member, credited by the program and tier as at the sale.')
    .addHelpText(
      'after',
      `\nExample:\n  forecourt sale assign 42 --member m-1001 --reason "card read at the wrong island"\n${exits}`,
    )
    .action((sale: string, options: Options) => correct('assign', sale, options));

export const reassignCommand = (): Command =>
  owner(correction('reassign'))
    .description(
      'Give a sale to another member: the first credit is reversed by postings, the second posted.',
    )
    .addHelpText(
      'after',
      `\nExample:\n  forecourt sale reassign 42 --card - --reason "two drivers swapped cards"\n${exits}`,
    )
    .action((sale: string, options: Options) => correct('reassign', sale, options));

export const voidCommand = (): Command =>
  correction('void')
    .description(
      "Decide that a sale is nobody's: its credit is reversed by postings, what the dispenser said stays.",
    )
    .addHelpText('after', `\nExample:\n  forecourt sale void 42 --reason "test fill into a can"\n${exits}`)
    .action((sale: string, options: Options) => correct('void', sale, options));

async function correct(what: 'assign' | 'reassign' | 'void', sale: string, options: Options): Promise<void> {
  const socket = socketOf(options, process.env);
  const user = userInfo().username;
  const body = {
    reason: options.reason,
    by: options.by ?? user,
    user,
    ...(options.request === undefined ? {} : { request: options.request }),
    ...(what === 'void' ? {} : await ownerOf(options)),
  };
  const path = `/v1/sales/${encodeURIComponent(sale)}/${what}`;
  const corrected = await post<CorrectedView>(socket, path, body);
  if (options.json) return printJson(corrected);
  print(described(corrected));
}

async function ownerOf({ card, format, member }: Options): Promise<object> {
  if ((card === undefined) === (member === undefined))
    throw new ForecourtError('USAGE', 'name the owner by --card NUMBER or by --member ID');
  if (card === undefined) {
    if (format !== undefined) throw new ForecourtError('USAGE', '--format belongs to --card');
    return { member };
  }
  const number = card === '-' ? (await text(process.stdin)).trim() : card;
  return { card: { number, ...(format === undefined ? {} : { format }) } };
}

function described({ changed, sale }: CorrectedView): string {
  const last = sale.corrections.at(-1);
  const whose = sale.member === null ? "nobody's" : `${sale.member}'s`;
  const head = changed
    ? `Sale ${sale.id} is ${whose} now.`
    : `Sale ${sale.id} is ${whose} already: nothing was posted.`;
  if (!changed || !last) return head;
  const balance = sale.credit ? [` balance of ${sale.member}: ${sale.credit.balance}`] : [];
  return [head, corrections([last]), ...balance].join('\n');
}
