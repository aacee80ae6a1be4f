/** The fuellings of the last while at all points, running and ended: what matching must know beside the sale itself. */

import type { UnderWay } from '../core/fuelling/underWay.ts';
import type { Fuelling } from '../core/matching/windows.ts';
import type { SaleKey } from '../model/ids.ts';
import { type Attribution, type FuellingSale, isVoided } from '../model/sale.ts';
import type { MonoMs } from '../model/units.ts';
import { moved } from './clock/moved.ts';

/** Fuellings that ended longer ago than this cannot matter to any scan. */
export const boardKeepsMs = 2 * 3600 * 1000;
export const boardHolds = 500;

/** No other scan may take the sale: it is somebody's, surely of a card that cannot be credited, or voided. */
export const isSettled = (attribution: Attribution): boolean =>
  attribution.kind === 'attributed' ||
  (attribution.kind === 'unclaimed' && attribution.claim !== undefined) ||
  isVoided(attribution);

export interface Board {
  fuellings(): readonly Fuelling[];
  /** The fuellings of a point that have no sale yet, in place of those it had before. */
  setUnderWay(fuellingPoint: string, list: readonly UnderWay[]): void;
  /** A sale is in the books. `isClosed`: no scan of now can be of it, for how long ago it was nobody knows. */
  sold(sale: FuellingSale, attribution: Attribution, isClosed?: boolean): void;
  /** A sale of before has another owner now. */
  attributed(sale: SaleKey, attribution: Attribution): void;
  /** Ended sales without an owner, and whether cards were read that may be theirs. */
  unsettled(): readonly { readonly fuelling: Fuelling; readonly hasCandidates: boolean }[];
  /** Something happened since the sales without an owner were weighed, or the time has come that one waited for. */
  toWeigh(mono: MonoMs): boolean;
  /** They were weighed; null: none waits for a time. */
  weighed(next: MonoMs | null): void;
  /** The clock was set: the ended fuellings are so much later. Those under way are set anew by their points. */
  move(deltaMs: number): void;
}

export function createBoard(): Board {
  const open = new Map<string, readonly Fuelling[]>();
  let ended: Fuelling[] = [];
  const candidates = new Set<SaleKey>();
  let news = true;
  let due: MonoMs | null = null;
  return {
    fuellings: () => [...ended, ...[...open.values()].flat()],
    setUnderWay(fuellingPoint, list) {
      const bare = { fuellingPoint, sale: null, attributed: false, card: null };
      open.set(
        fuellingPoint,
        list.map((each) => ({ ...each, ...bare })),
      );
      news = true;
    },
    sold(sale, attribution, isClosed = false) {
      if (attribution.kind === 'ambiguous') candidates.add(sale.key);
      ended.push({
        fuellingPoint: sale.fuellingPoint,
        nozzle: sale.nozzle,
        liftedAt: sale.liftedAt,
        startedAt: sale.startedAt,
        endedAt: sale.endedAt,
        sale: sale.key,
        ...ownerOf(attribution),
        // When a recovered sale really ended nobody saw.
        isClosed: isClosed || sale.quality === 'recovered',
      });
      ended = ended
        .filter((fuelling) => (fuelling.endedAt ?? 0) > sale.endedAt - boardKeepsMs)
        .slice(-boardHolds);
      if (candidates.size > boardHolds) {
        const held = new Set(ended.map((each) => each.sale));
        for (const each of candidates) if (!held.has(each)) candidates.delete(each);
      }
      news = true;
    },
    unsettled: () =>
      ended
        .filter((fuelling) => !fuelling.attributed && !fuelling.isClosed && fuelling.sale !== null)
        .map((fuelling) => ({
          fuelling,
          hasCandidates: fuelling.sale !== null && candidates.has(fuelling.sale),
        })),
    attributed(sale, attribution) {
      if (attribution.kind === 'ambiguous') candidates.add(sale);
      else candidates.delete(sale);
      ended = ended.map((each) => (each.sale === sale ? { ...each, ...ownerOf(attribution) } : each));
      news = true;
    },
    toWeigh: (mono) => news || (due !== null && mono >= due),
    weighed(next) {
      news = false;
      due = next;
    },
    move(deltaMs) {
      ended = ended.map((each) => moved(each, deltaMs));
    },
  };
}

const ownerOf = (attribution: Attribution): Pick<Fuelling, 'attributed' | 'card'> => ({
  attributed: isSettled(attribution),
  card: attribution.kind === 'attributed' ? attribution.card : null,
});
