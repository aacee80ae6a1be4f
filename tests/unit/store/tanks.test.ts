import { describe, expect, it } from 'vitest';
import { saleKey } from '../../../src/model/ids.ts';
import type { Delivery } from '../../../src/model/tank.ts';
import { instant, millilitres } from '../../../src/model/units.ts';
import { aSale, recordSale, startedAt, tempDirectory, tempStore } from '../../support/tempStore.ts';

const level = (minute: number, volume: number) => ({
  ...{ tank: 'T1', at: instant(startedAt + minute * 60_000), quality: 'good' as const },
  ...{ volume: millilitres(volume), volumeAt15: null, height: null, water: null, temperature: null },
});
const delivery = (key: string): Delivery => ({
  ...{ key, stock: 'T1', source: 'rise', startedAt: instant(1), endedAt: instant(2) },
  ...{ startVolume: millilitres(1), endVolume: millilitres(9), dispensed: millilitres(2) },
  ...{ volume: millilitres(10), volumeAt15: null, temperature: null, flags: ['gap'] },
});
const more = { grade: '92', businessDate: '2026-11-22' };

describe('levels of tanks', () => {
  it('are kept once for a moment, thinned for a picture with the newest always in it, and pruned', () => {
    const { levels } = tempStore().tanks;
    for (let minute = 0; minute < 10; minute++) levels.add(level(minute, minute));
    levels.add(level(3, 99));
    expect(levels.newest('T1')).toEqual(level(9, 9));
    expect(levels.newest('T2')).toBeNull();
    const [from, to] = [instant(startedAt), instant(startedAt + 600_000)];
    expect(levels.between('T1', from, to, 100).map(({ volume }) => volume)).toEqual([
      0, 1, 2, 3, 4, 5, 6, 7, 8, 9,
    ]);
    expect(levels.between('T1', from, to, 4).map(({ volume }) => volume)).toEqual([0, 3, 6, 9]);
    expect(levels.prune(instant(startedAt + 300_000), 3)).toBe(3);
    expect(levels.prune(instant(startedAt + 300_000), 100)).toBe(2);
    expect(levels.between('T1', from, to, 100)).toHaveLength(5);
  });
});

describe('deliveries', () => {
  it('a key is booked once, also after a restart', () => {
    const directory = tempDirectory();
    const first = tempStore(directory);
    expect(first.tanks.deliveries.add(delivery('a'), more)).toBe(1);
    expect(first.tanks.deliveries.add(delivery('b'), more)).toBe(2);
    expect(first.tanks.deliveries.add(delivery('a'), more)).toBeNull();
    first.close();
    const { deliveries } = tempStore(directory).tanks;
    expect(deliveries.add(delivery('b'), more)).toBeNull();
    expect(deliveries.newest()).toBe(2);
    expect(deliveries.after('T1', 1)).toEqual([{ ...delivery('b'), ...more, number: 2 }]);
    expect(deliveries.recent({ limit: 5, stock: 'T2' })).toEqual([]);
  });
});

describe('tank alarms', () => {
  it('of one subject, kind and code one stands at a time; it is acknowledged once and cleared once', () => {
    const { alarms } = tempStore().tanks;
    const name = { subject: 'T1', kind: 'low', code: '' } as const;
    const raised = { ...name, tank: 'T1', text: 'low', raisedAt: instant(5) };
    expect(alarms.raise(raised)).toBe(1);
    expect(alarms.raise(raised)).toBeNull();
    expect(alarms.acknowledge(1, 'Li Na', 'ordered', instant(6))).toBe(true);
    expect(alarms.acknowledge(1, 'Li Na', 'ordered', instant(7))).toBe(false);
    expect(alarms.clear(name, instant(8))).toMatchObject({
      number: 1,
      acknowledgedBy: 'Li Na',
      clearedAt: 8,
    });
    expect(alarms.clear(name, instant(9))).toBeNull();
    expect(alarms.acknowledge(1, 'x', 'y', instant(9))).toBe(false);
    expect(alarms.raise(raised)).toBe(2);
    expect(alarms.standing().map(({ number }) => number)).toEqual([2]);
    expect(alarms.recent(9).map(({ number }) => number)).toEqual([2, 1]);
  });
});

describe('incidents', () => {
  it('M180: a spill is kept with the sale at which it happened', () => {
    const store = tempStore();
    recordSale(store, aSale());
    const spill = {
      ...{
        kind: 'spill' as const,
        at: instant(7),
        sale: aSale().key,
        fuellingPoint: '1',
        tank: 'tank-1',
        litres: 2.5,
      },
      ...{ text: 'over the filler', action: 'sand, and the drain shut', by: 'Li Na' },
    } as const;
    expect(store.tanks.incidents.add(spill)).toBe(1);
    expect(store.tanks.incidents.of(aSale().key)).toEqual([{ number: 1, ...spill }]);
    expect(store.tanks.incidents.of(saleKey('another'))).toEqual([]);
  });
});

describe('sold volumes', () => {
  it('M163: by place and local hour, and out of some tanks between two moments', () => {
    const store = tempStore();
    const at = (hour: number) => instant(Date.UTC(2026, 10, 22, hour, 30));
    const sell = (n: number, hour: number, tank: string) =>
      recordSale(
        store,
        aSale({ key: saleKey(`k${n}`), endedAt: at(hour), tank, volume: millilitres(n * 1000) }),
      );
    sell(1, 8, 'T1');
    sell(2, 8, 'T1');
    sell(4, 9, 'T2');
    const { volumes } = store.tanks;
    const eight = Math.floor(at(8) / 3_600_000) + 8;
    expect(volumes.byHour(at(8), at(10), 8 * 3_600_000)).toEqual([
      { fuellingPoint: '1', tank: 'T1', grade: '92', hour: eight, sales: 2, volume: 3_000 },
      { fuellingPoint: '1', tank: 'T2', grade: '92', hour: eight + 1, sales: 1, volume: 4_000 },
    ]);
    expect(volumes.between(['T1', 'T2'], at(8), at(9))).toBe(4_000);
    expect(volumes.between(['T3'], at(0), at(23))).toBe(0);
    expect(volumes.firstSaleAt()).toBe(at(8));
  });
});
