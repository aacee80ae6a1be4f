/** The fuellings of the last while at all points, running and ended: what matching must know beside the sale itself. */

import type { UnderWay } from '../core/fuelling/underWay.ts';
import type { Fuelling } from '../core/matching/attribute.ts';
import type { SaleKey } from '../model/ids.ts';
import type { Attribution, FuellingSale } from '../model/sale.ts';

/** Fuellings that ended longer ago than this cannot matter to any scan. */
export const boardKeepsMs = 2 * 3600 * 1000;
const mostKept = 500;

/** No other scan may take the sale: it is somebody's, or surely of a card that cannot be credited. */
export const isSettled = (attribution: Attribution): boolean =>
  attribution.kind === 'attributed' || (attribution.kind === 'unclaimed' && attribution.claim !== undefined);

export interface Board {
  fuellings(): readonly Fuelling[];
  /** The fuellings of a point that have no sale yet, in place of those it had before. */
  setUnderWay(fuellingPoint: string, list: readonly UnderWay[]): void;
  /** A sale is in the books. */
  sold(sale: FuellingSale, settled: boolean): void;
  attributed(sale: SaleKey): void;
}

export function createBoard(): Board {
  const open = new Map<string, readonly Fuelling[]>();
  let ended: Fuelling[] = [];
  return {
    fuellings: () => [...ended, ...[...open.values()].flat()],
    setUnderWay(fuellingPoint, list) {
      const fuellings = list.map((each) => ({ ...each, fuellingPoint, sale: null, attributed: false }));
      open.set(fuellingPoint, fuellings);
    },
    sold(sale, settled) {
      ended.push({
        fuellingPoint: sale.fuellingPoint,
        nozzle: sale.nozzle,
        liftedAt: sale.liftedAt,
        startedAt: sale.startedAt,
        endedAt: sale.endedAt,
        sale: sale.key,
        // When a recovered sale really ended nobody saw: no scan can be after it.
        attributed: settled || sale.quality === 'recovered',
      });
      ended = ended
        .filter((fuelling) => (fuelling.endedAt ?? 0) > sale.endedAt - boardKeepsMs)
        .slice(-mostKept);
    },
    attributed(sale) {
      ended = ended.map((each) => (each.sale === sale ? { ...each, attributed: true } : each));
    },
  };
}
