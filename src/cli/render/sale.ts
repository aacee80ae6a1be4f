/** Parts of one sale's pages: what people corrected, what the checks raised, the evidence. */

import type { IncidentView } from '../../station/tanks/view.ts';
import type {
  AlertView,
  CorrectionView,
  EvidenceView,
  SaleEvidenceView,
  StandingView,
} from '../../station/view.ts';
import { amount, bold, dash, dim, litres, price, red, state, time } from './format.ts';
import { table } from './table.ts';

const standing = ({ attribution, member, points }: StandingView): string =>
  `${member ?? attribution}${points === null ? '' : ` +${points}`}`;

/** One line a correction, and one for each note. */
export const corrections = (list: readonly CorrectionView[]): string =>
  list
    .flatMap((each) => [
      ` ${each.kind} ${each.at.slice(0, 19)}Z by ${each.by}${each.user && each.user !== each.by ? ` (user ${each.user})` : ''}: ${each.reason}`,
      `   ${standing(each.before)} -> ${standing(each.after)}`,
      ...each.notes.map((note) => `   note: ${note}`),
    ])
    .join('\n');

export const alerts = (list: readonly AlertView[]): string =>
  list
    .map(
      (each) =>
        ` ${red(each.level)} ${each.kind}: ${each.text}${each.member ? ` (${each.member})` : ''}, due ${each.dueAt.slice(0, 16)}Z`,
    )
    .join('\n');

export const incidents = (list: readonly IncidentView[]): string =>
  list
    .map(
      (each) =>
        ` ${red(each.kind)} ${each.at.slice(0, 16)}Z by ${each.by}: ${each.text}${each.litres === null ? '' : ` (about ${each.litres} L)`}; done: ${each.action}`,
    )
    .join('\n');

export const alertTable = (list: readonly AlertView[]): string =>
  table(
    ['sale>', 'raised', 'point', 'level', 'kind', 'member', 'due', 'text'],
    list.map((each) => [
      ...[String(each.sale), each.at.slice(0, 16), each.fuellingPoint, each.level, each.kind],
      ...[dash(each.member), each.dueAt.slice(0, 16), each.text],
    ]),
  );

/** Local time of day to the millisecond. */
const exact = (at: string): string => `${time(at)}.${at.slice(20, 23)}`;

const row = (name: string, value: string): string => ` ${name.padEnd(12)} ${value}`;

export function evidence(view: SaleEvidenceView, decimals: number): string {
  return view.alerts
    .map(({ alert, evidence: pack }) =>
      [
        bold(`Sale ${view.sale}, alert ${alert.number}, raised ${alert.at.slice(0, 19)}Z`),
        alerts([alert]),
        facts(pack, decimals),
        bold('States of the point'),
        pack.states.length === 0 ? dim(' expired, or none was seen') : states(pack),
        bold('Readings of the fuelling'),
        pack.readings === null
          ? dim(' not kept: the daemon was started since, or the sale is long ago')
          : readings(pack, decimals),
        bold('Cards considered'),
        pack.claims.length === 0 ? dim(' none was read in the time for this fuelling') : cards(pack),
      ].join('\n'),
    )
    .join('\n\n');
}

function facts({ sale, totalizer, liftedAt, member, device }: EvidenceView, decimals: number): string {
  return [
    row(
      'place',
      `${sale.fuellingPoint}, nozzle ${sale.nozzle}, grade ${sale.grade}, tank ${dash(sale.tank)}`,
    ),
    row('time', `lifted ${dash(liftedAt)}, fuel from ${dash(sale.startedAt)} to ${sale.endedAt}`),
    row('volume', `${litres(sale.volumeMl)} L at ${price(sale.price)} = ${amount(sale.amount, decimals)}`),
    row(
      'totalizer',
      `${litres(totalizer.startMl)} to ${litres(totalizer.endMl)} L: ${litres(totalizer.spanMl)} L`,
    ),
    row('quality', [sale.quality, ...sale.flags].join(', ')),
    row('whose', `${state(sale.attribution)}${sale.member ? `: ${sale.member}` : ''} (${sale.reason})`),
    ...(member
      ? [
          row(
            'member',
            `${member.member}, tier ${member.tier}, tank ${dash(member.tankLitres)} L, ${member.fills.count} earlier fills of ${litres(member.fills.volume)} L`,
          ),
        ]
      : []),
    ...(device
      ? [
          row(
            'dispenser',
            `${device.id} ${device.state}: ${device.requests} requests, ${device.timeouts} time-outs, ${device.badFrames} bad frames, ${device.exceptions} exceptions, ${device.lateReplies} late replies`,
          ),
        ]
      : []),
  ].join('\n');
}

const states = ({ states: list }: EvidenceView): string =>
  list.map((each) => ` ${exact(each.at)} ${state(each.state)} nozzle ${dash(each.nozzle)}`).join('\n');

const readings = ({ readings: list }: EvidenceView, decimals: number): string =>
  table(
    ['time', 'state', 'litres>', 'amount>'],
    (list ?? []).map((each) => [
      exact(each.at),
      each.state,
      litres(each.volumeMl),
      amount(each.amount, decimals),
    ]),
  );

const cards = ({ claims }: EvidenceView): string =>
  table(
    ['read', 'reader', 'member', 'why'],
    claims.map((each) => [time(each.at), each.reader, dash(each.member), each.why]),
  );
