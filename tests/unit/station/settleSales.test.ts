/** Sales without an owner, weighed again in one transaction until nothing moves. */
import { describe, expect, it } from 'vitest';
import type { SaleKey } from '../../../src/model/ids.ts';
import type { Attribution } from '../../../src/model/sale.ts';
import { instant, millilitres } from '../../../src/model/units.ts';
import { recordScan } from '../../../src/station/recordScan.ts';
import { settleSales } from '../../../src/station/settleSales.ts';
import { events, saleNumbered, scan, stationContext } from '../../support/stationContext.ts';
import { recordSale, startedAt } from '../../support/tempStore.ts';

const members = ['a', 'b'].map((id, n) => ({ id, cards: [{ number: `700${n}` }] }));
const left: Attribution = { kind: 'ambiguous', reason: 'reader-shared: test', claims: [] };

/**
 * Sales at the points named, each lifted 90 s before and ended at the beginning of the test; a reader `shared` of all of them at
 * which a and, with `second`, b scanned, and nothing to be waited for.
 */
function station(points: readonly string[]) {
  const made = stationContext({ members, policy: { waitS: 0, sharedWaitS: 0 } });
  const { context } = made;
  const keys = points.map((point, n) => {
    const sale = saleNumbered(n + 1, {
      key: `${point}:1:g0:1-2` as SaleKey,
      fuellingPoint: point,
      volume: millilitres(10_000 * (n + 1)),
    });
    recordSale(context.store, sale, left);
    context.board.sold(sale, left);
    return sale.key;
  });
  const told = () =>
    keys.map((key) => {
      const attribution = context.store.sales.get(key)?.attribution;
      return attribution?.kind === 'attributed' ? attribution.member : attribution?.reason.split(':')[0];
    });
  const read = (reader: string, card: string, served: readonly string[]) =>
    recordScan(
      context,
      {
        ...{ reader, format: 'number' as const, text: card },
        ...{ at: context.clock.now(), mono: context.clock.mono() },
      },
      served,
      [],
    );
  return { ...made, keys, told, read };
}

describe('sales that are weighed again', () => {
  it('M179: a credit that comes late uses no scan of its card that was made long after', () => {
    const { context, keys, told } = station(['1']);
    const own = scan(context, 'a', '7000', 95);
    const later = scan(context, 'a', '7000', -200, { id: 'later' });
    settleSales(context);
    expect(told()).toEqual(['a']);
    expect([own, later].map(({ id }) => context.store.claims.get(id)?.sale ?? null)).toEqual([keys[0], null]);
  });

  it('M179: one scan tells the owner of one sale, and that leaves only one for the other: both in one transaction', () => {
    for (const points of [
      ['1', '2'],
      ['2', '1'],
    ]) {
      const { context, told, keys, read } = station(points);
      scan(context, 'a', '7000', 60, { reader: 'shared', fuellingPoints: ['1', '2'] });
      expect(settleSales(context).every(({ posted }) => posted === null)).toBe(true);
      expect(told()).toEqual(['reader-shared', 'reader-shared']);
      // b is read at a reader of point 2 alone: the sale there may be a's or b's, that of point 1 only a's.
      const { settled } = read('R2', '7001', ['2']);
      expect(told()).toEqual(points.map((point) => (point === '1' ? 'a' : 'b')));
      expect(settled.filter(({ posted }) => posted !== null).map(({ sale }) => sale.fuellingPoint)).toEqual([
        '1',
        '2',
      ]);
      const earned = (point: string): number => 10 * (points.indexOf(point) + 1);
      expect(context.store.ledger.balance('member:a')).toBe(earned('1'));
      expect(context.store.ledger.balance('member:b')).toBe(earned('2'));
      const posted = events(context).filter(({ type }) => type === 'credit.posted');
      expect(posted.map(({ data }) => data.sale).sort()).toEqual([...keys].sort());
      // Weighed once more nothing moves.
      expect(settleSales(context)).toEqual([]);
    }
  });

  it('a posting that fails leaves every sale of the transaction as it was, and the next weighing does all of it', () => {
    const { context, told, read } = station(['1', '2']);
    scan(context, 'a', '7000', 60, { reader: 'shared', fuellingPoints: ['1', '2'] });
    settleSales(context);
    const { append } = context.store.journal;
    let credits = 0;
    context.store.journal.append = ((...args: Parameters<typeof append>) => {
      if (args[0] === 'credit.posted' && ++credits === 2) throw new Error('no more room');
      return append(...args);
    }) as typeof append;
    expect(() => read('R2', '7001', ['2'])).toThrow('no more room');
    expect(told()).toEqual(['reader-shared', 'reader-shared']);
    expect(context.store.ledger.balance('member:a')).toBe(0);
    context.store.journal.append = append;
    read('R2', '7001', ['2']);
    expect(told()).toEqual(['a', 'b']);
  });

  it('a sale that ended a quarter of an hour ago is left to a person', () => {
    const { context, told, advance } = station(['1']);
    advance(15 * 60_000);
    scan(context, 'a', '7000', 60);
    expect(settleSales(context)).toEqual([]);
    expect(told()).toEqual(['reader-shared']);
    expect(context.clock.now()).toBe(instant(startedAt + 15 * 60_000));
  });
});
