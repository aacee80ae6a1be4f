import Database from 'better-sqlite3';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createNozzles } from '../../../src/store/reconcile/nozzles.ts';
import { type Reconciliation, reconcile } from '../../../src/store/reconcile/reconcile.ts';
import { createTally, type DateRange } from '../../../src/store/reconcile/tally.ts';
import type { Store } from '../../../src/store/store.ts';
import { bookSale, booksDate, reassignSale } from '../../support/books.ts';
import { tempStore } from '../../support/tempStore.ts';

const always = { from: null, to: null };

function toEnd<T>(slices: Generator<unknown, T>): T {
  for (;;) {
    const step = slices.next();
    if (step.done) return step.value;
  }
}

/** The books of a closed store after `sql`, written behind its back. */
function tampered(store: Store, sql: string, range: DateRange = always): Reconciliation {
  store.close();
  const db = new Database(store.path);
  try {
    db.pragma('foreign_keys = OFF');
    db.exec(sql);
    return toEnd(reconcile(db, range));
  } finally {
    db.close();
  }
}

function threeSales(): Store {
  const store = tempStore();
  bookSale(store, 0, 'lin');
  bookSale(store, 1, 'wu');
  bookSale(store, 2, null);
  reassignSale(store, 1, 'wu', 'lin');
  return store;
}

describe('reconciling', () => {
  it('M52: each eligible sale has one credit, whatever was sold, reassigned or pruned', () => {
    const owners = fc.constantFrom('lin', 'wu', null);
    fc.assert(
      fc.property(fc.array(fc.record({ owner: owners, again: fc.boolean() }), { maxLength: 12 }), (sales) => {
        const store = tempStore();
        let points = 0;
        for (const [n, { owner, again }] of sales.entries()) {
          bookSale(store, n, owner);
          if (owner !== null) points += 40 + n;
          if (owner !== null && again) reassignSale(store, n, owner, owner === 'lin' ? 'wu' : 'lin');
        }
        const result = toEnd(store.reconcile(always));
        expect(result).toMatchObject({ agrees: true, differences: [] });
        expect(result.days).toEqual(
          sales.length === 0
            ? []
            : [
                {
                  businessDate: booksDate,
                  sales: sales.length,
                  volumeMl: sales.length * 40_000,
                  amount: sales.length * 31_396,
                  points,
                  unclaimed: sales.filter(({ owner }) => owner === null).length,
                  ambiguous: 0,
                  recovered: 0,
                  differences: 0,
                },
              ],
        );
      }),
      { numRuns: 20 },
    );
  });

  it.each([
    [
      'an attributed sale without credit',
      'DELETE FROM credits WHERE sale = 1',
      'sale 1',
      /is lin's, but has no credit/,
    ],
    [
      'a sale of nobody with a posting',
      'UPDATE ledger_transactions SET sale = (SELECT key FROM sales WHERE id = 3) WHERE number = 1',
      'sale 3',
      /is unclaimed, but is posted: member:lin 40/,
    ],
    [
      'a sale of nobody with a credit',
      'INSERT INTO credits SELECT 3, at, credit, seal FROM credits WHERE sale = 1',
      'sale 3',
      /is unclaimed, but has a credit of 40 for lin/,
    ],
    [
      'a credit of another',
      "UPDATE sales SET member = 'wu' WHERE id = 1",
      'sale 1',
      /is wu's, but credited to lin/,
    ],
    [
      'a credit whose legs do not sum to zero',
      `UPDATE credits SET credit = replace(credit, '"points":-40', '"points":-39') WHERE sale = 1`,
      'sale 1',
      /legs of its credit sum to 1/,
    ],
    [
      'a credit that is not what was posted',
      `UPDATE credits SET credit = replace(credit, '40', '41') WHERE sale = 1`,
      'sale 1',
      /its credit says member:lin 41, program:test -41, the ledger member:lin 40, program:test -40/,
    ],
    [
      'a credit that is no credit',
      "UPDATE credits SET credit = 'x' WHERE sale = 1",
      'sale 1',
      /cannot be read/,
    ],
    [
      'a balance',
      "UPDATE balances SET points = 1 WHERE account = 'member:lin'",
      'balance member:lin',
      /1 points, but the postings sum to 81/,
    ],
    [
      'a posting',
      'UPDATE postings SET points = 50 WHERE entry = 1 AND leg = 0',
      'ledger_transactions 1',
      /sum to 10, not to zero/,
    ],
    [
      'a sale that the journal does not tell',
      "DELETE FROM journal_business WHERE type = 'sale.completed' AND data LIKE '%40000-80000%'",
      'sale 2',
      /the journal has no sale.completed of it/,
    ],
    [
      'a sale that the journal tells twice',
      'INSERT INTO journal_business SELECT 99, type, at, business_date, subject, data, seal, sealed, chain FROM journal_business WHERE seq = 1',
      'sale 1',
      /tells it once more with event business\/99/,
    ],
    [
      'an event of a sale that is not there',
      "UPDATE journal_business SET data = replace(data, 'g0:0-', 'g7:0-') WHERE seq = 1",
      'event business/1',
      /not in the books/,
    ],
    [
      'a sale of which the journal told something else',
      'UPDATE sales SET amount = amount - 1 WHERE id = 3',
      'sale 3',
      /amount is 31395, the journal told 31396/,
    ],
    [
      'sums that are not those of the sales',
      'UPDATE sale_totals SET amount = amount + 1',
      'totals',
      /3 sales, 120000 ml/,
    ],
    [
      'a sale taken from the books',
      'DELETE FROM sales WHERE id = 2',
      'nozzle 1/1',
      /moved 40.000 L .* between sale 1 and sale 3/,
    ],
    [
      'fuel that is told twice',
      'UPDATE sales SET totalizer_start = totalizer_start - 5000 WHERE id = 2',
      'sale 2',
      /5.000 L of nozzle 1\/1 .* in an earlier sale too/,
    ],
  ])('M52: finds %s, and how to mend it', (_, sql, what, problem) => {
    const { agrees, differences, differenceCount } = tampered(threeSales(), sql);
    expect(agrees).toBe(false);
    expect(differences).toContainEqual({
      businessDate: what.startsWith('sale') || what.startsWith('nozzle') ? booksDate : null,
      what,
      problem: expect.stringMatching(problem) as string,
      mend: expect.stringMatching(/\w{4}/) as string,
    });
    expect(differenceCount).toBe(differences.length);
  });

  it('looks only at the dates asked for', () => {
    const sql = 'DELETE FROM credits WHERE sale = 1';
    const earlier = tampered(threeSales(), sql, { from: '2026-11-01', to: '2026-11-21' });
    expect(earlier).toMatchObject({ agrees: true, days: [], nozzles: [] });
    expect(tampered(threeSales(), sql, { from: booksDate, to: booksDate }).agrees).toBe(false);
  });
});

describe('the totalizer of a nozzle', () => {
  /** Sales given as `generation start end`. */
  function course(...spans: string[]) {
    const tally = createTally();
    const nozzles = createNozzles(tally);
    spans.forEach((text, index) => {
      const [generation = 0, start = 0, end = 0] = text.split(' ').map(Number);
      nozzles.add({
        id: index + 1,
        key: `1:1:g${generation}:${start}-${end}`,
        ...{ fuelling_point: '1', nozzle: '1', business_date: booksDate },
        volume: end >= start ? end - start : 1000 - start + end,
        totalizer_start: start,
        totalizer_end: end,
      });
    });
    const [totals] = nozzles.close();
    return { totals, differences: tally.differences.map(({ what, problem }) => `${what}: ${problem}`) };
  }

  it.each([
    ['end to end', ['0 100 200', '0 200 300'], { gapsMl: 0, overlapsMl: 0, spansMl: 200, generations: 1 }],
    [
      'over zero',
      ['0 900 950', '0 950 50', '1 50 60'],
      { gapsMl: 0, overlapsMl: 0, spansMl: 160, generations: 2 },
    ],
    ['fuel lost after zero', ['0 950 50', '1 60 80'], { gapsMl: 10, overlapsMl: 0, generations: 2 }],
    [
      'a new board',
      ['0 100 200', '1 5 25', '1 25 30'],
      { gapsMl: 0, overlapsMl: 0, spansMl: 125, generations: 2 },
    ],
    ['a gap', ['0 100 200', '0 230 300'], { gapsMl: 30, overlapsMl: 0 }],
    [
      'a gap that a later record fills',
      ['0 100 200', '0 230 300', '0 200 230'],
      { gapsMl: 0, overlapsMl: 0 },
    ],
    ['a gap half filled', ['0 100 200', '0 230 300', '0 200 210'], { gapsMl: 20, overlapsMl: 0 }],
    ['a sale twice', ['0 100 200', '0 100 200'], { gapsMl: 0, overlapsMl: 100 }],
    ['a part twice', ['0 100 200', '0 150 250'], { gapsMl: 0, overlapsMl: 50, spansMl: 200 }],
  ])('M52: %s', (_, spans, wanted) => {
    const { totals, differences } = course(...spans);
    expect(totals).toMatchObject({ sales: spans.length, ...wanted });
    expect(differences).toHaveLength((wanted.gapsMl > 0 ? 1 : 0) + (wanted.overlapsMl > 0 ? 1 : 0));
  });
});
