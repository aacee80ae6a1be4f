import { Command } from 'commander';
import type { AlertView, SaleDetailView, SaleEvidenceView, StatusView } from '../../station/view.ts';
import { get, socketOf } from '../client.ts';
import { print, printJson } from '../output.ts';
import { amount, bold, dash, litres, price, state } from '../render/format.ts';
import * as render from '../render/sale.ts';
import { type DaemonOptions, daemonCommand } from './daemonOptions.ts';
import { assignCommand, reassignCommand, voidCommand } from './saleCorrections.ts';

export const saleCommand = (): Command =>
  new Command('sale')
    .description(
      'One sale: what the dispenser said, whose it is, what it earned; and what people decide of it.',
    )
    .addCommand(
      daemonCommand('show')
        .description('Everything the books hold of a sale.')
        .argument('<id>', "the sale's number or key")
        .addHelpText('after', '\nExample:\n  forecourt sale show 42')
        .action((id: string, options: DaemonOptions) => printSale(id, options, describe)),
    )
    .addCommand(
      daemonCommand('explain')
        .description('Why this member and why this credit, rule by rule.')
        .argument('<id>', "the sale's number or key")
        .addHelpText('after', '\nExample:\n  forecourt sale explain 42')
        .action((id: string, options: DaemonOptions) => printSale(id, options, explain)),
    )
    .addCommand(
      daemonCommand('evidence')
        .description(
          'What was kept of a sale that raised an alert: readings, states, totalizer, counters, cards.',
        )
        .argument('<id>', "the sale's number or key")
        .addHelpText('after', '\nExample:\n  forecourt sale evidence 42')
        .action(printEvidence),
    )
    .addCommand(
      daemonCommand('alerts')
        .description('The last alerts of all sales, newest first.')
        .option('-n, --limit <count>', 'how many (at most 1000)', '20')
        .addHelpText('after', '\nExample:\n  forecourt sale alerts -n 5')
        .action(printAlerts),
    )
    .addCommand(assignCommand())
    .addCommand(reassignCommand())
    .addCommand(voidCommand());

async function printEvidence(id: string, options: DaemonOptions): Promise<void> {
  const socket = socketOf(options, process.env);
  const view = await get<SaleEvidenceView>(socket, `/v1/sales/${encodeURIComponent(id)}/evidence`);
  if (options.json) return printJson(view);
  const { site } = await get<StatusView>(socket, '/v1/status');
  print(render.evidence(view, site.currencyDecimals));
}

async function printAlerts(options: DaemonOptions & { readonly limit: string }): Promise<void> {
  const query = new URLSearchParams({ limit: options.limit });
  const list = await get<AlertView[]>(socketOf(options, process.env), `/v1/alerts?${query}`);
  if (options.json) return printJson(list);
  print(list.length === 0 ? ' no sale raised an alert' : render.alertTable(list));
}

async function printSale(
  id: string,
  options: DaemonOptions,
  text: (sale: SaleDetailView, decimals: number) => string,
): Promise<void> {
  const socket = socketOf(options, process.env);
  const sale = await get<SaleDetailView>(socket, `/v1/sales/${encodeURIComponent(id)}`);
  if (options.json) return printJson(sale);
  const { site } = await get<StatusView>(socket, '/v1/status');
  print(text(sale, site.currencyDecimals));
}

const rows = (pairs: readonly (readonly [string, string])[]): string =>
  pairs.map(([name, value]) => ` ${name.padEnd(14)} ${value}`).join('\n');

function describe(sale: SaleDetailView, decimals: number): string {
  const { credit } = sale;
  return [
    bold(`Sale ${sale.id}`),
    rows([
      ['key', sale.key],
      [
        'place',
        `${sale.site}, ${sale.fuellingPoint}, nozzle ${sale.nozzle}, grade ${sale.grade}, tank ${dash(sale.tank)}`,
      ],
      ['time', `${dash(sale.startedAt)} to ${sale.endedAt}, business date ${sale.businessDate}`],
      [
        'volume',
        `${litres(sale.volumeMl)} L at ${price(sale.price)} = ${amount(sale.amount, decimals)} ${sale.currency}`,
      ],
      ['totalizer', `${litres(sale.totalizerStartMl)} to ${litres(sale.totalizerEndMl)} L`],
      ['dispenser', `sale number ${dash(sale.saleNumber)}, end code ${dash(sale.endCode)}`],
      ['quality', [sale.quality, ...sale.flags].join(', ')],
      ['whose', `${state(sale.attribution)}${sale.member ? `: ${sale.member}` : ''} (${sale.reason})`],
      ...(credit
        ? ([
            [
              'points',
              `+${credit.points}, balance now ${credit.balance} (${credit.program} v${credit.programVersion}, tier ${credit.tier})`,
            ],
            ...credit.discounts.map(
              (line) =>
                [
                  'discount',
                  `${amount(line.amount, decimals)} ${sale.currency}, rule ${line.rule}: ${line.text}`,
                ] as const,
            ),
            ...credit.coupons.map(
              (use) => ['coupon', `${use.coupon}: ${use.status}, ${use.reason}`] as const,
            ),
            ['campaigns', credit.campaigns.length > 0 ? credit.campaigns.join(', ') : 'none'],
          ] as const)
        : [['points', 'none posted'] as const]),
      ...(sale.attendant === null ? [] : [['attendant', sale.attendant] as const]),
    ]),
    ...history(sale),
  ].join('\n');
}

/** What people and checks had to say of it since. */
const history = (sale: SaleDetailView): string[] => [
  ...(sale.corrections.length > 0 ? [bold('Corrections'), render.corrections(sale.corrections)] : []),
  ...(sale.alerts.length > 0 ? [bold('Alerts'), render.alerts(sale.alerts)] : []),
  ...(sale.incidents.length > 0 ? [bold('Incidents'), render.incidents(sale.incidents)] : []),
];

function explain(sale: SaleDetailView, decimals: number): string {
  const { credit } = sale;
  return [
    bold(
      `Sale ${sale.id}: ${litres(sale.volumeMl)} L of ${sale.grade}, ${amount(sale.amount, decimals)} ${sale.currency}`,
    ),
    ` whose: ${state(sale.attribution)}${sale.member ? ` to ${sale.member}` : ''}, because ${sale.reason}`,
    ...(credit
      ? [
          ...credit.explanation.map((rule) => ` ${rule.applied ? '+' : '.'} ${rule.rule}: ${rule.text}`),
          ` = ${credit.points} points for ${sale.member ?? '-'}`,
        ]
      : [' no credit was posted']),
    ...history(sale),
  ].join('\n');
}
