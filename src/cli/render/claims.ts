/** `forecourt claims`: each sale with its candidates, then the cards without a sale, then how to go on. */
import type { ClaimsView } from '../../station/view.ts';
import { amount, bold, dash, dim, litres, state, time } from './format.ts';
import { table } from './table.ts';

const day = (at: string): string => `${new Date(at).toLocaleDateString('sv')} ${time(at)}`;

export function claims(view: ClaimsView, decimals: number): string {
  const parts = [
    bold(`Sales of nobody since ${day(view.since)}`),
    ...(view.sales.length === 0
      ? [dim(' none is left to a person')]
      : view.sales.map((each) => sale(each, decimals))),
  ];
  if (view.open.length > 0) parts.push('', bold('Cards without a sale'), openCards(view));
  if (view.sales.some((each) => each.correctable && !each.voided)) parts.push('', howTo);
  return parts.join('\n');
}

const howTo = dim(
  [
    'forecourt sale assign SALE --member ID --reason TEXT   (or --card NUMBER) gives the sale its member',
    "forecourt sale void SALE --reason TEXT                 it is nobody's",
  ].join('\n'),
);

function sale(
  { sale, candidates, correctable, voided }: ClaimsView['sales'][number],
  decimals: number,
): string {
  const head = ` ${bold(String(sale.id))}  ${day(sale.endedAt)}  ${sale.fuellingPoint} nozzle ${sale.nozzle}  ${litres(sale.volumeMl)} L of ${sale.grade} = ${amount(sale.amount, decimals)}  ${state(sale.attribution)}: ${sale.reason}`;
  const late = correctable || voided ? [] : [dim('     too old to be corrected')];
  const rows = candidates.map((each) => [
    '    ',
    time(each.at),
    each.reader,
    dash(each.member),
    each.refusal ?? '',
    each.why,
  ]);
  return [
    head,
    ...(rows.length > 0 ? [table(['', 'read', 'reader', 'member', 'refused', 'why'], rows)] : []),
    ...late,
  ].join('\n');
}

const openCards = (view: ClaimsView): string =>
  table(
    ['read', 'reader', 'member', 'points served'],
    view.open.map((each) => [day(each.at), each.reader, each.member, each.fuellingPoints.join(' ')]),
  );
