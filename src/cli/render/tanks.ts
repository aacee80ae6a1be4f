/** Tanks as a plain table, for pipes and for many tanks. */
import type { TankView } from '../../station/tanks/view.ts';
import { dash, dim, red, state } from './format.ts';
import { celsius, millimetres, percentOf, span, wholeLitres } from './measures.ts';
import { table } from './table.ts';
import { orderWords, reliable } from './tankPicture.ts';
import { printable } from './text.ts';

export function tankTable(views: readonly TankView[]): string {
  const tanks = printable(views);
  if (tanks.length === 0) return dim(' no tank is configured');
  const rows = table(
    ['tank', 'grade', 'stock', 'level', 'litres>', 'full>', 'ullage>', '°C>', 'water mm>', 'cover', 'alarms'],
    tanks.map((tank) => [
      tank.id,
      tank.grade,
      tank.stock,
      state(tank.quality),
      doubtful(tank, wholeLitres(tank.volumeMl)),
      doubtful(tank, dash(percentOf(tank.volumeMl, tank.capacityMl))),
      reliable(tank) ? doubtful(tank, wholeLitres(tank.ullageMl)) : '-',
      celsius(tank.temperatureCentiC),
      millimetres(tank.waterTenthMm),
      span(tank.cover.hours),
      tank.alarms.length === 0 ? '-' : red(tank.alarms.join(' ')),
    ]),
  );
  return [rows, ...tanks.flatMap(notes)].join('\n');
}

/** A figure that is not to be relied on is marked. */
const doubtful = ({ quality }: TankView, figure: string): string =>
  quality === 'good' || figure === '-' ? figure : `${figure}?`;

const notes = (tank: TankView): string[] => [
  ...(tank.quality === 'good'
    ? []
    : [` ${tank.id}: level ${tank.quality}${tank.reason === '' ? '' : `, ${tank.reason}`}`]),
  ...(tank.delivery ? [` ${tank.id}: delivery going on`] : []),
  ...(tank.cover.hours === null && tank.cover.text !== ''
    ? [dim(` ${tank.id}: cover unknown, ${tank.cover.text}`)]
    : []),
  ...(tank.order ? [` ${tank.id}: ${orderWords(tank.order)} (${tank.order.text})`] : []),
];
