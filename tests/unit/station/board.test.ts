import { describe, expect, it } from 'vitest';
import { cardKey, saleKey } from '../../../src/model/ids.ts';
import type { Attribution, FuellingSale } from '../../../src/model/sale.ts';
import { instant, millilitres, money, monoMs } from '../../../src/model/units.ts';
import { createBoard, isSettled } from '../../../src/station/board.ts';

const sale = (over: Partial<FuellingSale> = {}): FuellingSale => ({
  key: saleKey('FP1:1:g0:0-10'),
  fuellingPoint: 'FP1',
  nozzle: '1',
  grade: '92',
  tank: null,
  volume: millilitres(10),
  amount: money(1),
  price: null,
  liftedAt: instant(1000),
  startedAt: instant(2000),
  endedAt: instant(3000),
  totalizerStart: millilitres(0),
  totalizerEnd: millilitres(10),
  saleNumber: null,
  endCode: null,
  quality: 'seen',
  flags: [],
  ...over,
});

const nobodys: Attribution = { kind: 'unclaimed', reason: 'no-scan' };
const somebodys: Attribution = {
  kind: 'attributed',
  claim: 'c',
  member: 'm',
  card: cardKey('k'),
  reason: 'scan-before',
};

const running = (liftedAt: number | null, endedAt: number | null = null) => ({
  nozzle: '1',
  liftedAt: liftedAt === null ? null : instant(liftedAt),
  startedAt: null,
  endedAt: endedAt === null ? null : instant(endedAt),
});

describe('the board of fuellings', () => {
  it('M179: shows what is under way at each point, and what was sold', () => {
    const board = createBoard();
    board.setUnderWay('FP1', [running(1000)]);
    board.setUnderWay('FP2', [running(null)]);
    expect(board.fuellings()).toMatchObject([
      { fuellingPoint: 'FP1', liftedAt: 1000, endedAt: null, sale: null },
      { fuellingPoint: 'FP2', liftedAt: null, endedAt: null, sale: null },
    ]);
    board.setUnderWay('FP1', []);
    board.sold(sale(), nobodys);
    expect(board.fuellings()).toMatchObject([
      {
        fuellingPoint: 'FP1',
        liftedAt: 1000,
        startedAt: 2000,
        endedAt: 3000,
        sale: sale().key,
        attributed: false,
      },
      { fuellingPoint: 'FP2' },
    ]);
  });

  it('keeps the next fuelling when the one before is concluded late', () => {
    const board = createBoard();
    board.setUnderWay('FP1', [running(1000, 3000), running(4000)]);
    board.setUnderWay('FP1', [running(4000)]);
    board.sold(sale(), nobodys);
    expect(board.fuellings()).toMatchObject([{ sale: sale().key }, { liftedAt: 4000, endedAt: null }]);
  });

  it('knows a sale as settled once it is somebody’s', () => {
    const board = createBoard();
    board.sold(sale(), nobodys);
    board.attributed(sale().key, somebodys);
    expect(board.fuellings()[0]?.attributed).toBe(true);
    expect(isSettled({ kind: 'unclaimed', reason: 'no-scan' })).toBe(false);
    expect(isSettled({ kind: 'unclaimed', reason: 'card-blocked', claim: 'c' })).toBe(true);
    expect(isSettled({ kind: 'ambiguous', reason: 'two-cards', claims: ['a', 'b'] })).toBe(false);
    expect(isSettled(somebodys)).toBe(true);
    expect(board.fuellings()[0]?.card).toBe('k');
    expect(board.unsettled()).toEqual([]);
  });

  it('offers a recovered sale to no later scan', () => {
    const board = createBoard();
    board.sold(sale({ quality: 'recovered' }), nobodys);
    expect(board.unsettled()).toEqual([]);
    expect(board.fuellings()).toMatchObject([{ isClosed: true }]);
  });

  it('asks for sales without an owner to be weighed after news, and when the time has come', () => {
    const board = createBoard();
    board.sold(sale(), { kind: 'ambiguous', reason: 'waits', claims: ['a'] });
    expect(board.unsettled()).toMatchObject([{ fuelling: { sale: sale().key }, hasCandidates: true }]);
    expect(board.toWeigh(monoMs(0))).toBe(true);
    board.weighed(monoMs(500));
    expect([499, 500].map((at) => board.toWeigh(monoMs(at)))).toEqual([false, true]);
    board.weighed(null);
    expect(board.toWeigh(monoMs(1e9))).toBe(false);
    board.attributed(sale().key, nobodys);
    expect(board.unsettled()).toMatchObject([{ hasCandidates: false }]);
    expect(board.toWeigh(monoMs(0))).toBe(true);
  });

  it('forgets what ended hours ago', () => {
    const board = createBoard();
    board.sold(sale(), nobodys);
    board.sold(sale({ key: saleKey('later'), endedAt: instant(3000 + 3 * 3600 * 1000) }), nobodys);
    expect(board.fuellings().map((each) => each.sale)).toEqual(['later']);
  });
});
