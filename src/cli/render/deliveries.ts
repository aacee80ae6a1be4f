import type { DeliveryView } from '../../station/tanks/view.ts';
import { csv, exact } from './csv.ts';
import { dim } from './format.ts';
import { celsius, dayTime, wholeLitres } from './measures.ts';
import { table } from './table.ts';
import { printable } from './text.ts';

export function deliveryTable(views: readonly DeliveryView[]): string {
  if (views.length === 0) return dim(' no delivery yet');
  return table(
    ['no>', 'ended', 'stock', 'grade', 'by', 'litres>', 'at 15 °C>', 'from>', 'to>', 'sold>', '°C>', 'flags'],
    printable(views).map((each) => [
      String(each.number),
      dayTime(each.endedAt),
      each.stock,
      each.grade,
      each.source,
      ...[each.volumeMl, each.volumeAt15Ml, each.startMl, each.endMl, each.dispensedMl].map(wholeLitres),
      celsius(each.temperatureCentiC),
      each.flags.join(' '),
    ]),
  );
}

export const deliveriesCsv = (views: readonly DeliveryView[]): string =>
  csv<DeliveryView>(
    [
      ['number', (each) => String(each.number)],
      ['key', (each) => ({ text: each.key })],
      ['stock', (each) => ({ text: each.stock })],
      ['grade', (each) => ({ text: each.grade })],
      ['source', (each) => each.source],
      ['started_at_utc', (each) => each.startedAt],
      ['ended_at_utc', (each) => each.endedAt],
      ['business_date', (each) => each.businessDate],
      ['start_l', (each) => exact(each.startMl, 3)],
      ['end_l', (each) => exact(each.endMl, 3)],
      ['dispensed_l', (each) => exact(each.dispensedMl, 3)],
      ['volume_l', (each) => exact(each.volumeMl, 3)],
      ['volume_at_15c_l', (each) => exact(each.volumeAt15Ml, 3)],
      ['temperature_c', (each) => exact(each.temperatureCentiC, 2)],
      ['flags', (each) => ({ text: each.flags.join(' ') })],
    ],
    views,
  );
