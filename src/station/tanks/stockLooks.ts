/** Looks at stocks: what the levels of all its tanks say at one moment, and what the meters say went out until then. */
import { stockSample } from '../../core/tanks/stock.ts';
import type { StockSample } from '../../model/tank.ts';
import type { StationContext } from '../context.ts';
import type { Stock, TankLayout } from './layout.ts';
import type { Levels } from './levels.ts';
import type { Outflow } from './outflow.ts';

/** A dispenser that is silent so long is out of use, rather than selling unseen. */
const blindMs = 15 * 60_000;
/** What a dispenser sold while it was silent is in the books so long after it answers again. */
const recoveryMs = 30_000;

export interface StockLooks {
  /** The look that a new level of this tank completes; null: none, or none that is to be believed now. */
  completedBy(tank: string): { readonly stock: Stock; readonly sample: StockSample } | null;
  /** null: there was none yet. */
  newest(stock: string): StockSample | null;
}

/** One stock while the daemon runs. */
interface WatchedStock {
  readonly stock: Stock;
  /** The tank whose reading completes a look at all of them. */
  readonly last: string | null;
  /** A nozzle was used since the last sample. */
  active: boolean;
  /** When a dispenser of it fell silent, and when the last of them answered again; monotonic. */
  blindSince: number | null;
  seenSince: number;
  newest: StockSample | null;
}

export function createStockLooks(
  { clock }: Pick<StationContext, 'clock'>,
  layout: Pick<TankLayout, 'stocks' | 'stockOf'>,
  levels: Pick<Levels, 'of' | 'staleMs'>,
  outflow: Pick<Outflow, 'take'>,
): StockLooks {
  const stocks = new Map<string, WatchedStock>(
    layout.stocks.map((stock) => [
      stock.id,
      {
        stock,
        last: stock.tanks.findLast((tank) => tank.gauge !== undefined)?.id ?? null,
        ...{ active: false, blindSince: null, seenSince: Number.NEGATIVE_INFINITY, newest: null },
      },
    ]),
  );

  /** The look that the newest levels of a stock's tanks make together; null: they make none now. */
  function sampleOf(watched: WatchedStock): StockSample | null {
    const { stock, newest } = watched;
    const members = stock.tanks.map(({ id }) => ({ tank: id, level: levels.of(id) }));
    const staleMs = Math.max(...stock.tanks.map(({ id }) => levels.staleMs(id)));
    const { dispensed, active, blind } = outflow.take(stock);
    watched.active ||= active;
    const { sample } = stockSample(members, { dispensed, active: watched.active }, clock.mono(), staleMs);
    if (!sample || sample.at === newest?.at || isUnseen(watched, blind)) return null;
    watched.active = false;
    watched.newest = sample;
    return sample;
  }

  /** Fuel may have gone that is in no book yet. */
  function isUnseen(watched: WatchedStock, blind: boolean): boolean {
    const now = clock.mono();
    if (blind) {
      watched.blindSince ??= now;
      return now - watched.blindSince < blindMs;
    }
    if (watched.blindSince !== null) watched.seenSince = now;
    watched.blindSince = null;
    return now - watched.seenSince < recoveryMs;
  }

  return {
    completedBy(tank) {
      const watched = stocks.get(layout.stockOf.get(tank)?.id ?? '');
      if (watched?.last !== tank) return null;
      const sample = sampleOf(watched);
      return sample && { stock: watched.stock, sample };
    },
    newest: (stock) => stocks.get(stock)?.newest ?? null,
  };
}
