/** What any sale must be, whatever the registers said. */
import type { PointSpec } from '../../../src/core/fuelling/machine.ts';
import type { FuellingSale } from '../../../src/model/sale.ts';
import { holds, isCount } from '../target.ts';

export function checkSale(sale: FuellingSale, spec: PointSpec): void {
  const counts = [sale.volume, sale.totalizerStart, sale.totalizerEnd];
  const optional = [sale.amount, sale.price, sale.saleNumber];
  holds(counts.every(isCount), 'volumes of a sale are counts', { sale });
  holds(
    optional.every((value) => value === null || isCount(value)),
    'amounts of a sale are counts',
    { sale },
  );
  holds(sale.volume > 0, 'nothing is no sale', { sale });
  holds(sale.key.length > 0 && sale.key.length < 200, 'a sale has a key', { sale });
  holds(
    spec.hoses.some(({ nozzle, grade }) => nozzle === sale.nozzle && grade === sale.grade),
    'a sale is of a nozzle that is there',
    { sale },
  );
  const { totalizerModulus: modulus } = spec;
  holds(
    modulus === null || (sale.totalizerStart <= modulus && sale.totalizerEnd <= modulus),
    'a totalizer stands below its rollover',
    { sale, modulus },
  );
  for (const at of [sale.liftedAt, sale.startedAt, sale.endedAt]) {
    holds(at === null || !Number.isNaN(new Date(at).getTime()), 'times of a sale are times', { sale });
  }
}
