/**
 * What the meters say went out of each stock: the sales in the books and the fuellings that run, as one sum that only
 * rises, also over a restart. And whether a stock is at rest, or nobody can tell.
 */
import { z } from 'zod';
import type { DispenserReading } from '../../model/readings.ts';
import type { FuellingSale } from '../../model/sale.ts';
import type { FuellingPointState } from '../../model/states.ts';
import { type Millilitres, millilitres } from '../../model/units.ts';
import type { Store } from '../../store/store.ts';
import type { Stock, TankLayout } from './layout.ts';

/** A fuelling point as the outflow needs it. */
export interface RunningPoint {
  readonly id: string;
  readonly state: FuellingPointState['state'];
  readonly nozzle: string | null;
  readonly volumeMl: number | null;
}

export interface Outflow {
  /** A reading was taken and recorded. */
  noted(fuellingPoint: string, reading: DispenserReading): void;
  sold(sale: FuellingSale, id: number): void;
  /**
   * What went out in all, and whether a nozzle was in use since the last call for this stock. `blind`: a dispenser of it
   * does not answer, or has not been read yet: fuel may flow that nobody sees.
   */
  take(stock: Stock): { dispensed: Millilitres; active: boolean; blind: boolean };
  /** Keeps the sums; inside a transaction. */
  save(): void;
}

const machine = 'outflow';
const savedSchema = z.strictObject({
  saleId: z.int().min(0),
  tanks: z.record(z.string(), z.int().min(0)),
});
type Saved = z.infer<typeof savedSchema>;
const atRest: ReadonlySet<string> = new Set(['idle', 'closed', 'inoperative', 'completed']);

/** `points`: all fuelling points as they are now. Sums all sales where it was never done before. */
export function createOutflow(
  store: Store,
  layout: TankLayout,
  points: () => readonly RunningPoint[],
): Outflow {
  const saved = load(store);
  let { saleId } = saved;
  const sums = new Map<string, number>(Object.entries(saved.tanks));
  const add = (tank: string | null, volume: number): void => {
    if (tank !== null) sums.set(tank, (sums.get(tank) ?? 0) + volume);
  };
  for (const { tank, volume, newest } of store.tanks.volumes.byTankAfter(saleId)) {
    add(tank, volume);
    saleId = Math.max(saleId, newest);
  }

  const atPoint = new Map<string, { hose: number; nozzle: string; stock: Stock }[]>();
  for (const stock of layout.stocks)
    for (const { fuellingPoint, nozzle, hose } of stock.nozzles)
      atPoint.set(fuellingPoint, [...(atPoint.get(fuellingPoint) ?? []), { hose, nozzle, stock }]);
  const used = new Set<Stock>();
  const use = (fuellingPoint: string, hose: number | null): void => {
    for (const each of atPoint.get(fuellingPoint) ?? [])
      if (hose === null || hose === 0 || each.hose === hose) used.add(each.stock);
  };

  return {
    noted(fuellingPoint, reading) {
      if (reading.kind === 'lost') use(fuellingPoint, null);
      else if (reading.kind === 'live' && !atRest.has(reading.state)) use(fuellingPoint, reading.hose);
    },
    sold(sale, id) {
      if (id <= saleId) return;
      saleId = id;
      add(sale.tank, sale.volume);
      use(sale.fuellingPoint, null);
    },
    take(stock) {
      let dispensed = 0;
      for (const { id } of stock.tanks) dispensed += sums.get(id) ?? 0;
      let blind = false;
      for (const { id, state, nozzle, volumeMl } of points()) {
        const own = (atPoint.get(id) ?? []).filter((each) => each.stock === stock);
        if (own.length === 0) continue;
        if (state === 'lost' || state === 'unknown') blind = true;
        if (volumeMl !== null && own.some((each) => each.nozzle === nozzle)) dispensed += volumeMl;
      }
      const active = used.delete(stock) || blind;
      return { dispensed: millilitres(dispensed), active, blind };
    },
    save: () =>
      store.tanks.machines.save(
        machine,
        JSON.stringify({ saleId, tanks: Object.fromEntries(sums) } satisfies Saved),
      ),
  };
}

/** Nothing is lost with what cannot be read: all sales give the same sums. */
function load(store: Store): Saved {
  const nothing: Saved = { saleId: 0, tanks: {} };
  const text = store.tanks.machines.load(machine);
  if (text === null) return nothing;
  try {
    return savedSchema.parse(JSON.parse(text));
  } catch {
    return nothing;
  }
}
