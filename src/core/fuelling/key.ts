/** A sale's identity, made only from the dispenser's own counters: the same at every retry, restart and replay. */
import { type SaleKey, saleKey } from '../../model/ids.ts';
import type { Millilitres } from '../../model/units.ts';

/** `{point}:{nozzle}:g{generation}:{start}-{end}` and `#{number}` where the dispenser numbers its sales; start and end in ml. */
export function keyOf(sale: {
  fuellingPoint: string;
  nozzle: string;
  generation: number;
  start: Millilitres;
  end: Millilitres;
  number: number | null;
}): SaleKey {
  const span = `${sale.fuellingPoint}:${sale.nozzle}:g${sale.generation}:${sale.start}-${sale.end}`;
  return saleKey(sale.number === null ? span : `${span}#${sale.number}`);
}
