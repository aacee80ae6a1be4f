/** i201, i214, i21A and i21E. */
import { type FieldReader, firstThatFits } from './fields.ts';
import { allAmounts, inventoryLayouts } from './layouts.ts';
import type { TlsHistory, TlsInventory } from './records.ts';

const nothing = Object.fromEntries(allAmounts.map((name) => [name, null])) as Record<
  (typeof allAmounts)[number],
  null
>;

/** A code of one character; a gauge without one prints a space, or `?` for a tank that is not there. */
const productOf = (text: string): string => (text === '?' ? '' : text.trim());

export function parseInventory(fields: FieldReader, layout: '201' | '214' | '21A'): TlsInventory[] {
  const tanks: TlsInventory[] = [];
  while (!fields.done) {
    const tank = fields.device();
    const product = productOf(fields.text(1));
    const status = fields.hex(4);
    const { values, rejected } = fields.floats(inventoryLayouts[layout]);
    tanks.push({ ...nothing, ...values, tank, product, status, rejected });
  }
  return tanks;
}

/** The head of a tank stands once, or before every record, whatever the count says. */
export function parseHistory(text: string): TlsHistory[] {
  const read = (repeated: boolean) => (fields: FieldReader) => {
    const tanks: { tank: number; product: string; records: (TlsInventory & { time: string })[] }[] = [];
    while (!fields.done) {
      const tank = fields.device();
      const product = productOf(fields.text(1));
      const count = fields.decimal(4);
      if (count === null) fields.skipAbsent();
      const records = Array.from({ length: Math.min(count ?? 0, repeated ? 1 : Infinity) }, () => {
        const time = fields.time();
        const { values, rejected } = fields.floats(inventoryLayouts['21E']);
        return { ...nothing, ...values, tank, product, status: null, rejected, time };
      });
      const last = tanks.at(-1);
      if (repeated && last?.tank === tank) last.records.push(...records);
      else tanks.push({ tank, product, records });
    }
    return tanks;
  };
  return firstThatFits(text, [read(false), read(true)]);
}
