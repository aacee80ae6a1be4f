import { beforeEach, describe, expect, it } from 'vitest';
import { stationSchema } from '../../../../src/model/config/station.ts';
import { saleKey } from '../../../../src/model/ids.ts';
import type { DispenserState, LiveReading } from '../../../../src/model/readings.ts';
import type { FuellingSale } from '../../../../src/model/sale.ts';
import { instant, millilitres, monoMs } from '../../../../src/model/units.ts';
import { type Stock, tankLayout } from '../../../../src/station/tanks/layout.ts';
import { createOutflow, type RunningPoint } from '../../../../src/station/tanks/outflow.ts';
import type { Store } from '../../../../src/store/store.ts';
import { aSale, startedAt, tempStore } from '../../../support/tempStore.ts';

const config = stationSchema.parse({
  site: { id: 'S', zone: 'UTC' },
  store: { directory: '.' },
  program: 'p.yaml',
  grades: [{ id: '92' }, { id: 'diesel' }],
  tanks: [
    { id: 'T1', grade: '92', manifold: 'M' },
    { id: 'T2', grade: '92', manifold: 'M' },
    { id: 'T3', grade: 'diesel' },
  ],
  fuellingPoints: [
    {
      id: 'FP1',
      device: 'd1',
      nozzles: [
        { id: '1', hose: 1, grade: '92', tank: 'T1' },
        { id: '2', hose: 2, grade: 'diesel', tank: 'T3' },
      ],
    },
    { id: 'FP2', device: 'd2', nozzles: [{ id: '3', grade: '92', tank: 'T2' }] },
  ],
});
const layout = tankLayout(config);
const stock = (id: string): Stock => {
  const found = layout.stocks.find((each) => each.id === id);
  if (!found) throw new Error(id);
  return found;
};
const live = (state: DispenserState, hose: number | null): LiveReading => ({
  ...{ kind: 'live', state, hose, volume: null, amount: null, price: null },
  ...{ at: instant(startedAt), mono: monoMs(0) },
});
const idle = (id: string): RunningPoint => ({ id, state: 'idle', nozzle: null, volumeMl: null });

let store: Store;
let points: RunningPoint[];
let sales = 0;
const outflow = () => createOutflow(store, layout, () => points);
function sell(change: Partial<FuellingSale>): { sale: FuellingSale; id: number } {
  sales += 1;
  const sale = aSale({ key: saleKey(`k${sales}`), ...change });
  const attribution = { kind: 'unclaimed', reason: 'no-scan' } as const;
  const id = store.sales.insert(sale, {
    ...{ businessDate: '2026-11-22', recordedAt: instant(startedAt), attribution },
  });
  return { sale, id: id ?? 0 };
}

beforeEach(() => {
  store = tempStore();
  points = [idle('FP1'), idle('FP2')];
});

describe('what went out of a stock', () => {
  it('a manifold is one stock; nozzles belong to their tank', () => {
    expect(layout.stocks.map(({ id, nozzles }) => [id, nozzles.map(({ nozzle }) => nozzle)])).toEqual([
      ['M', ['1', '3']],
      ['T3', ['2']],
    ]);
  });

  it('the sum goes on evenly from a running fuelling to its sale', () => {
    const flow = outflow();
    points = [{ id: 'FP1', state: 'fuelling', nozzle: '1', volumeMl: 7_000 }, idle('FP2')];
    expect(flow.take(stock('M')).dispensed).toBe(7_000);
    expect(flow.take(stock('T3')).dispensed).toBe(0);
    const { sale, id } = sell({ fuellingPoint: 'FP1', nozzle: '1', tank: 'T1', volume: millilitres(7_500) });
    flow.sold(sale, id);
    flow.sold(sale, id);
    points = [idle('FP1'), idle('FP2')];
    expect(flow.take(stock('M')).dispensed).toBe(7_500);
  });

  it('after a kill the sales since the last save are added, and nothing twice', () => {
    const flow = outflow();
    const first = sell({ tank: 'T1', volume: millilitres(1_000) });
    flow.sold(first.sale, first.id);
    store.transaction(() => flow.save());
    sell({ tank: 'T2', volume: millilitres(2_000) });
    sell({ tank: 'T3', volume: millilitres(4_000) });
    const again = outflow();
    expect([again.take(stock('M')).dispensed, again.take(stock('T3')).dispensed]).toEqual([3_000, 4_000]);
  });

  it('what was kept and cannot be read is summed anew from all sales', () => {
    sell({ tank: 'T1', volume: millilitres(1_000) });
    store.tanks.machines.save('outflow', '{"saleId":"x"}');
    expect(outflow().take(stock('M')).dispensed).toBe(1_000);
  });
});

describe('a stock at rest', () => {
  it.each<[string, LiveReading, boolean, boolean]>([
    ['idle', live('idle', null), false, false],
    ['nozzle 1 lifted', live('calling', 1), true, false],
    ['nozzle 2 lifted', live('calling', 2), false, true],
    ['lifted, and the dispenser does not tell which', live('fuelling', null), true, true],
  ])('%s', (_, reading, petrol, diesel) => {
    const flow = outflow();
    flow.noted('FP1', reading);
    expect([flow.take(stock('M')).active, flow.take(stock('T3')).active]).toEqual([petrol, diesel]);
    expect([flow.take(stock('M')).active, flow.take(stock('T3')).active]).toEqual([false, false]);
  });

  it('nobody can tell while a dispenser is silent or was not read yet', () => {
    points = [{ ...idle('FP1'), state: 'lost' }, idle('FP2')];
    expect(outflow().take(stock('T3'))).toMatchObject({ active: true, blind: true });
    points = [idle('FP1'), { ...idle('FP2'), state: 'unknown' }];
    expect(outflow().take(stock('T3'))).toMatchObject({ active: false, blind: false });
    expect(outflow().take(stock('M'))).toMatchObject({ active: true, blind: true });
  });
});
