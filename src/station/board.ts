/** The fuellings of the last while at all points, running and ended: what matching must know beside the sale itself. */
import type { Fuelling } from '../core/matching/attribute.ts';
import type { SaleKey } from '../model/ids.ts';
import type { Attribution, FuellingSale } from '../model/sale.ts';
import type { Instant } from '../model/units.ts';

/** Fuellings that ended longer ago than this cannot matter to any scan. */
const keptMs = 2 * 3600 * 1000;
const mostKept = 500;

/** No other scan may take the sale: it is somebody's, or surely of a card that cannot be credited. */
export const isSettled = (attribution: Attribution): boolean =>
  attribution.kind === 'attributed' || (attribution.kind === 'unclaimed' && attribution.claim !== undefined);

export interface Board {
  /** All but the running fuelling of `except`. */
  fuellings(except?: string): readonly Fuelling[];
  running(fuellingPoint: string): Fuelling | null;
  lifted(fuellingPoint: string, nozzle: string | null, at: Instant): void;
  started(fuellingPoint: string, nozzle: string | null, at: Instant): void;
  /** Hung up without a sale. */
  cleared(fuellingPoint: string): void;
  ended(fuellingPoint: string, at: Instant): void;
  /** A sale is in the books. A recovered one leaves a fuelling that is running at the point as it is. */
  sold(sale: FuellingSale, settled: boolean): void;
  attributed(sale: SaleKey): void;
}

export function createBoard(): Board {
  const running = new Map<string, Fuelling>();
  let ended: Fuelling[] = [];

  const change = (fuellingPoint: string, change: Partial<Fuelling>): void => {
    const before: Fuelling = running.get(fuellingPoint) ?? {
      fuellingPoint,
      nozzle: null,
      liftedAt: null,
      startedAt: null,
      endedAt: null,
      sale: null,
      attributed: false,
    };
    running.set(fuellingPoint, { ...before, ...change });
  };

  return {
    fuellings: (except) => [
      ...ended,
      ...[...running.values()].filter((fuelling) => fuelling.fuellingPoint !== except),
    ],
    running: (fuellingPoint) => running.get(fuellingPoint) ?? null,
    lifted: (fuellingPoint, nozzle, at) => {
      // A nozzle lifted while the last fuelling's sale is not concluded yet begins a new one.
      if (running.get(fuellingPoint)?.endedAt != null) running.delete(fuellingPoint);
      change(fuellingPoint, { nozzle, liftedAt: at });
    },
    started: (fuellingPoint, nozzle, at) => change(fuellingPoint, { nozzle, startedAt: at }),
    cleared: (fuellingPoint) => running.delete(fuellingPoint),
    ended: (fuellingPoint, at) => change(fuellingPoint, { endedAt: at }),
    sold: (sale, settled) => {
      const now = running.get(sale.fuellingPoint);
      if (sale.quality === 'seen' || now?.endedAt != null) running.delete(sale.fuellingPoint);
      ended.push({
        fuellingPoint: sale.fuellingPoint,
        nozzle: sale.nozzle,
        liftedAt: sale.liftedAt,
        startedAt: sale.startedAt,
        endedAt: sale.endedAt,
        sale: sale.key,
        attributed: settled,
      });
      ended = ended.filter((fuelling) => (fuelling.endedAt ?? 0) > sale.endedAt - keptMs).slice(-mostKept);
    },
    attributed: (sale) => {
      ended = ended.map((fuelling) =>
        fuelling.sale === sale ? { ...fuelling, attributed: true } : fuelling,
      );
    },
  };
}
