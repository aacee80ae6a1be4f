import type { IncidentView } from '../../station/tanks/view.ts';
import { dim, red } from './format.ts';
import { dayTime } from './measures.ts';
import { printable } from './text.ts';

/** M180: each with what it is linked to, what happened and what was done. */
export function incidentList(views: readonly IncidentView[]): string {
  if (views.length === 0) return dim(' no incident was recorded');
  return printable(views)
    .map((each) =>
      [
        ` ${String(each.number).padStart(4)}  ${dayTime(each.at)}  ${red(each.kind)}  ${links(each)}  by ${each.by}`,
        `       ${each.text}`,
        `       done: ${each.action}`,
      ].join('\n'),
    )
    .join('\n');
}

function links({ sale, fuellingPoint, tank, litres }: IncidentView): string {
  const parts = [
    ...(sale ? [`sale ${sale.id}`] : []),
    ...(fuellingPoint === null ? [] : [fuellingPoint]),
    ...(tank === null ? [] : [`tank ${tank}`]),
    ...(litres === null ? [] : [`about ${litres} L`]),
  ];
  return parts.length === 0 ? 'linked to nothing' : parts.join(', ');
}
