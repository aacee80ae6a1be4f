/** i201, i214, i21A and i21E. */
import type { FieldReader } from './fields.ts';
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

export function parseHistory(fields: FieldReader): TlsHistory[] {
  const tanks: TlsHistory[] = [];
  while (!fields.done) {
    const tank = fields.device();
    const product = productOf(fields.text(1));
    const count = fields.decimal(4);
    if (count === null) fields.skipAbsent();
    const records = Array.from({ length: count ?? 0 }, () => {
      const time = fields.time();
      const { values, rejected } = fields.floats(inventoryLayouts['21E']);
      return { ...nothing, ...values, tank, product, status: null, rejected, time };
    });
    tanks.push({ tank, product, records });
  }
  return tanks;
}
