/** I202: under each tank's `T 1:LABEL`, an END and a START line a delivery. */
import { numbersAtEnd } from './displayNumbers.ts';
import { type DateOrder, findTime } from './displayTime.ts';
import { badReply } from './fields.ts';
import type { TlsDeliveries, TlsDelivery } from './records.ts';

interface Moment {
  readonly time: string;
  /** Volume, TC volume, water, temperature, height. */
  readonly numbers: readonly (number | null)[];
}

export function displayDeliveries(lines: readonly string[], order: DateOrder): TlsDeliveries[] {
  if (
    !lines.some(
      (line) => /DELIVERY|DELIVERIES|LIEFERUNG|ENTREGA|LIVRAISON/i.test(line) || tankOf(line) !== null,
    )
  )
    throw badReply('has no head of a delivery report');
  const tanks: { tank: number; product: string; deliveries: TlsDelivery[] }[] = [];
  let end: Moment | null = null;
  let start: Moment | null = null;
  let columns = usualColumns;
  let unnamed = 0;
  for (const line of lines) {
    const tank = tankOf(line);
    if (tank !== null) tanks.push({ tank, product: '', deliveries: [] });
    columns = columnsOf(line) ?? columns;
    // What one of them could not be read of must not be paired with the next one's.
    if (tank !== null || /\bAMOUNT\b/i.test(line)) {
      end = null;
      start = null;
      continue;
    }
    if (/\bEND\b/i.test(line)) end = momentOf(line, columns, order);
    else if (/\bSTART\b/i.test(line)) start = momentOf(line, columns, order);
    else if ((momentOf(line, columns, order)?.numbers.length ?? 0) >= fewestNumbers) unnamed += 1;
    // In either order: whole as soon as both are there.
    if (!end || !start) continue;
    tanks.at(-1)?.deliveries.push(deliveryOf(start, end));
    end = null;
    start = null;
  }
  // Rather told than passed over: deliveries would never be seen.
  if (unnamed > 0 && tanks.every(({ deliveries }) => deliveries.length === 0))
    throw badReply('names start and end of deliveries in words that are not known');
  return tanks;
}

const usualColumns = 5;
/** A time with so many numbers is a line of a delivery. */
const fewestNumbers = 3;

/** Older gauges print no height. null: not the head of the columns. */
function columnsOf(line: string): number | null {
  if (!/\bTEMP/i.test(line) || !/\bWATER\b/i.test(line)) return null;
  return /\bHEIGHT\b/i.test(line) ? usualColumns : usualColumns - 1;
}

function tankOf(line: string): number | null {
  const match = /^\s*T(?:ANK)?\s*(\d{1,2})\s*(?::|\s{2,}|$)/i.exec(line);
  return match ? Number(match[1]) : null;
}

function momentOf(line: string, columns: number, order: DateOrder): Moment | null {
  const found = findTime(line, [order]);
  if (!found) return null;
  const { numbers } = numbersAtEnd(line.slice(line.indexOf(found.text) + found.text.length), usualColumns);
  if (numbers.length === 0) return null;
  // Where a column is empty only the first number's meaning is sure.
  return { time: found.time, numbers: numbers.slice(0, numbers.length < columns ? 1 : usualColumns) };
}

function deliveryOf(start: Moment, end: Moment): TlsDelivery {
  const at = (moment: Moment, index: number) => moment.numbers[index] ?? null;
  return {
    start: start.time,
    end: end.time,
    startVolume: at(start, 0),
    startTc: at(start, 1),
    startWater: at(start, 2),
    startTemperature: at(start, 3),
    startHeight: at(start, 4),
    endVolume: at(end, 0),
    endTc: at(end, 1),
    endWater: at(end, 2),
    endTemperature: at(end, 3),
    endHeight: at(end, 4),
    more: [],
    rejected: [],
  };
}
