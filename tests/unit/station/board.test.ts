import { describe, expect, it } from 'vitest';
import { cardKey, saleKey } from '../../../src/model/ids.ts';
import type { FuellingSale } from '../../../src/model/sale.ts';
import { instant, millilitres, money } from '../../../src/model/units.ts';
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

describe('the board of fuellings', () => {
  it('M179: nozzle events make one fuelling from lift to sale', () => {
    const board = createBoard();
    board.lifted('FP1', '1', instant(1000));
    board.started('FP1', '1', instant(2000));
    expect(board.running('FP1')).toMatchObject({
      liftedAt: 1000,
      startedAt: 2000,
      endedAt: null,
      sale: null,
    });
    board.ended('FP1', instant(3000));
    board.sold(sale(), false);
    expect(board.running('FP1')).toBeNull();
    expect(board.fuellings()).toEqual([
      {
        fuellingPoint: 'FP1',
        nozzle: '1',
        liftedAt: 1000,
        startedAt: 2000,
        endedAt: 3000,
        sale: sale().key,
        attributed: false,
      },
    ]);
  });

  it('keeps a fuelling that runs when an older sale is recovered', () => {
    const board = createBoard();
    board.started('FP1', '1', instant(5000));
    board.sold(sale({ quality: 'recovered', liftedAt: null, startedAt: null }), false);
    expect(board.running('FP1')).toMatchObject({ startedAt: 5000 });
    expect(board.fuellings('FP1')).toHaveLength(1);
  });

  it('begins anew when a nozzle is lifted before the last sale is concluded', () => {
    const board = createBoard();
    board.lifted('FP1', '1', instant(1000));
    board.ended('FP1', instant(3000));
    board.lifted('FP1', '1', instant(4000));
    expect(board.running('FP1')).toMatchObject({ liftedAt: 4000, startedAt: null, endedAt: null });
  });

  it('knows a sale as settled once it is somebody’s', () => {
    const board = createBoard();
    board.sold(sale(), false);
    board.attributed(sale().key);
    expect(board.fuellings()[0]?.attributed).toBe(true);
    expect(isSettled({ kind: 'unclaimed', reason: 'no-scan' })).toBe(false);
    expect(isSettled({ kind: 'unclaimed', reason: 'card-blocked', claim: 'c' })).toBe(true);
    expect(isSettled({ kind: 'ambiguous', reason: 'two-cards', claims: ['a', 'b'] })).toBe(false);
    expect(
      isSettled({ kind: 'attributed', claim: 'c', member: 'm', card: cardKey('k'), reason: 'scan-before' }),
    ).toBe(true);
  });

  it('forgets what ended hours ago', () => {
    const board = createBoard();
    board.sold(sale(), false);
    board.sold(sale({ key: saleKey('later'), endedAt: instant(3000 + 3 * 3600 * 1000) }), false);
    expect(board.fuellings().map((each) => each.sale)).toEqual(['later']);
  });
});
