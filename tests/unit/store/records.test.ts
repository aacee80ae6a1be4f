import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { saleKey } from '../../../src/model/ids.ts';
import { instant, millilitres, points } from '../../../src/model/units.ts';
import type { Store } from '../../../src/store/store.ts';
import {
  aClaim,
  aCredit,
  aSale,
  attributed,
  recordSale,
  startedAt,
  tempDirectory,
  tempStore,
  unclaimed,
} from '../../support/tempStore.ts';

const refused = (code: string) => expect.objectContaining({ code });
const key = (n: number) => saleKey(`1:1:${n}`);

describe('sales', () => {
  it('M19: keep time, place, grade, volume and amount through a restart', () => {
    const directory = tempDirectory();
    const store = tempStore(directory);
    const sale = aSale({ flags: ['amount-differs', 'link-lost'] });
    const id = recordSale(store, sale, attributed);
    store.close();
    const again = tempStore(directory);
    const record = {
      ...sale,
      id,
      businessDate: '2026-11-22',
      recordedAt: sale.endedAt,
      attribution: attributed,
      attendant: null,
    };
    expect(again.sales.get(sale.key)).toEqual(record);
    expect(again.sales.get(1)).toEqual(record);
  });

  it('keep what is not known as not known', () => {
    const store = tempStore();
    const sale = aSale({
      tank: null,
      amount: null,
      price: null,
      liftedAt: null,
      startedAt: null,
      saleNumber: null,
      quality: 'recovered',
    });
    recordSale(store, sale);
    expect(store.sales.get(sale.key)).toMatchObject(sale);
    expect(store.sales.totals()).toEqual({ count: 1, volume: 40_000, amount: 0 });
  });

  it('have one row for each key', () => {
    const store = tempStore();
    expect(recordSale(store, aSale())).toBe(1);
    expect(recordSale(store, aSale({ volume: millilitres(1) }))).toBeNull();
    expect(recordSale(store, aSale({ key: key(2) }))).toBe(2);
    expect(store.sales.get(1)?.volume).toBe(40_000);
    expect(store.sales.get('unknown')).toBeNull();
    expect(store.sales.get(99)).toBeNull();
  });

  it('are listed newest first, a page at a time, for one fuelling point or all', () => {
    const store = tempStore();
    for (let n = 1; n <= 6; n++) recordSale(store, aSale({ key: key(n), fuellingPoint: n % 2 ? '1' : '2' }));
    const ids = (query: Parameters<Store['sales']['recent']>[0]) =>
      store.sales.recent(query).map((sale) => sale.id);
    expect(ids({ limit: 2 })).toEqual([6, 5]);
    expect(ids({ limit: 2, before: 5 })).toEqual([4, 3]);
    expect(ids({ limit: 9, fuellingPoint: '1' })).toEqual([5, 3, 1]);
    expect(ids({ limit: 1, fuellingPoint: '1', before: 5 })).toEqual([3]);
    expect(ids({ limit: 9, fuellingPoint: 'none' })).toEqual([]);
  });

  it('since an instant come oldest first, whatever the order of recording', () => {
    const store = tempStore();
    const ended = (n: number, ms: number) =>
      recordSale(store, aSale({ key: key(n), endedAt: instant(startedAt + ms) }));
    ended(1, 3000);
    ended(2, 1000);
    ended(3, 2000);
    expect(store.sales.since(instant(startedAt + 2000)).map((sale) => sale.id)).toEqual([3, 1]);
  });

  it('change hands, and count for the member who has them', () => {
    const store = tempStore();
    recordSale(store, aSale());
    recordSale(store, aSale({ key: key(2), grade: '95' }), attributed);
    recordSale(store, aSale({ key: key(3) }), attributed);
    const ambiguous = { kind: 'ambiguous', reason: 'two cards', claims: ['claim-1', 'claim-2'] } as const;
    store.sales.setAttribution(key(3), ambiguous);
    expect(store.sales.get(key(3))?.attribution).toEqual(ambiguous);
    expect(store.sales.gradeCounts('member-1')).toEqual({ 95: 1 });
    store.sales.setAttribution(aSale().key, attributed);
    store.sales.setAttribution(key(3), attributed);
    expect(store.sales.gradeCounts('member-1')).toEqual({ 92: 2, 95: 1 });
    store.sales.setAttribution(key(2), unclaimed);
    expect(store.sales.get(key(2))?.attribution).toEqual(unclaimed);
    expect(() => store.sales.setAttribution(key(99), unclaimed)).toThrow(refused('NOT_FOUND'));
  });

  it('are summed exactly', () => {
    const store = tempStore();
    for (let n = 1; n <= 3; n++) recordSale(store, aSale({ key: key(n) }));
    expect(store.sales.totals()).toEqual({ count: 3, volume: 120_000, amount: 94_188 });
  });

  it('never hold a number that would be read back rounded', () => {
    const store = tempStore();
    const beyond = (2 ** 53) as ReturnType<typeof millilitres>;
    expect(() => recordSale(store, aSale({ totalizerEnd: beyond }))).toThrow(/CHECK/);
    const most = millilitres(Number.MAX_SAFE_INTEGER);
    recordSale(store, aSale({ totalizerEnd: most }));
    expect(store.sales.get(1)?.totalizerEnd).toBe(most);
    expect(() => recordSale(store, aSale({ key: key(2), volume: 0.5 as typeof most }))).toThrow();
  });
});

describe('claims', () => {
  it('M20: are kept, refreshed, and used by one sale', () => {
    const store = tempStore();
    store.claims.put(aClaim());
    store.claims.put(aClaim({ at: instant(startedAt), coupons: ['wash', 'gift'] }));
    expect(store.claims.get('claim-1')).toEqual(
      aClaim({ at: instant(startedAt), coupons: ['wash', 'gift'] }),
    );
    recordSale(store, aSale());
    store.claims.use('claim-1', aSale().key);
    expect(store.claims.get('claim-1')?.sale).toBe(aSale().key);
    expect(() => store.claims.use('claim-1', aSale().key)).toThrow(refused('NOT_FOUND'));
    expect(() => store.claims.use('claim-9', aSale().key)).toThrow(refused('NOT_FOUND'));
    expect(store.claims.get('claim-9')).toBeNull();
  });

  it('are open until a sale uses them or they are too old', () => {
    const store = tempStore();
    for (const [id, ms] of Object.entries({ late: 300, old: 100, used: 250, early: 200 })) {
      store.claims.put(aClaim({ id, at: instant(startedAt + ms), member: null, refusal: 'blocked' }));
    }
    recordSale(store, aSale());
    store.claims.use('used', aSale().key);
    expect(store.claims.open(instant(startedAt + 200)).map((claim) => claim.id)).toEqual(['early', 'late']);
  });

  it('cannot be used by a sale that is not recorded', () => {
    const store = tempStore();
    store.claims.put(aClaim());
    expect(() => store.claims.use('claim-1', key(5))).toThrow(/FOREIGN KEY/);
  });
});

describe('the ledger', () => {
  const legs = (...amounts: number[]) =>
    amounts.map((amount, n) => ({ account: `account-${n}`, points: points(amount) }));
  const at = instant(startedAt);
  function withSale(): Store {
    const store = tempStore();
    recordSale(store, aSale());
    return store;
  }

  it('M40: moves points in double entry', () => {
    const store = withSale();
    store.ledger.post({ id: 'a', sale: aSale().key, at, postings: legs(48, -40, -8) });
    store.ledger.post({ id: 'b', sale: aSale().key, at, postings: legs(2, -2) });
    expect([0, 1, 2, 3].map((n) => store.ledger.balance(`account-${n}`))).toEqual([50, -42, -8, 0]);
    expect(store.ledger.sum()).toBe(0);
    expect(store.check()).toEqual({ ok: true, problems: [] });
  });

  it('refuses legs that do not sum to zero', () => {
    const store = withSale();
    const post = () => store.ledger.post({ id: 'a', sale: aSale().key, at, postings: legs(48, -47) });
    expect(post).toThrow(refused('LEDGER_REFUSED'));
    expect(store.ledger.balance('account-0')).toBe(0);
    const fraction = [{ account: 'x', points: 0.5 as ReturnType<typeof points> }];
    expect(() => store.ledger.post({ id: 'a', sale: aSale().key, at, postings: fraction })).toThrow(
      refused('UNIT_NOT_INTEGER'),
    );
  });

  it('refuses the same credit a second time', () => {
    const store = withSale();
    const post = () => store.ledger.post({ id: 'a', sale: aSale().key, at, postings: legs(48, -48) });
    post();
    expect(post).toThrow(refused('LEDGER_REFUSED'));
    expect(() => store.transaction(post)).toThrow(refused('LEDGER_REFUSED'));
    expect(store.ledger.balance('account-0')).toBe(48);
  });

  it('gives the sale no second credit', () => {
    const store = withSale();
    store.credits.insert(aSale().key, aCredit, at);
    expect(store.credits.get(aSale().key)).toEqual(aCredit);
    expect(() => store.credits.insert(aSale().key, aCredit, at)).toThrow(refused('LEDGER_REFUSED'));
    expect(() => store.credits.insert(key(5), aCredit, at)).toThrow(refused('NOT_FOUND'));
    expect(store.credits.get(key(5))).toBeNull();
  });

  it('M22: counts the uses of a coupon by sale', () => {
    const store = withSale();
    recordSale(store, aSale({ key: key(2) }));
    store.coupons.add('member-1', 'wash', aSale().key);
    store.coupons.add('member-1', 'wash', aSale().key);
    store.coupons.add('member-1', 'wash', key(2));
    store.coupons.add('member-1', 'gift', key(2));
    store.coupons.add('member-2', 'gift', key(2));
    expect(store.coupons.uses('member-1')).toEqual({ wash: 2, gift: 1 });
    expect(store.coupons.uses('member-9')).toEqual({});
  });
});

it('the machine of a fuelling point is saved as it is', () => {
  const store = tempStore();
  expect(store.machines.load('1')).toBeNull();
  store.machines.save('1', { phase: 'fuelling', baseline: { 1: 100 } });
  store.machines.save('1', { phase: 'idle' });
  store.machines.save('2', { phase: 'lost' });
  expect(store.machines.load('1')).toEqual({ phase: 'idle' });
  expect(store.machines.load('2')).toEqual({ phase: 'lost' });
});

describe('the audit', () => {
  /** Writes behind the store's back, as damage would. */
  function tampered(sql: string): string[] {
    const directory = tempDirectory();
    const store = tempStore(directory);
    recordSale(store, aSale());
    store.ledger.post({ id: 'a', sale: aSale().key, at: instant(startedAt), postings: aCredit.postings });
    for (let n = 0; n < 3; n++) {
      store.journal.append('station.stopped', 'station', instant(startedAt), '2026-11-22', { reason: 'x' });
    }
    const { path } = store;
    store.close();
    const db = new Database(path);
    db.pragma('foreign_keys = OFF');
    db.exec(sql);
    db.close();
    return tempStore(directory).check().problems;
  }

  it.each([
    [
      "UPDATE balances SET points = 49 WHERE account = 'member:member-1'",
      /account member:member-1 has balance 49/,
    ],
    ["DELETE FROM balances WHERE account = 'program:test'", /account program:test has balance 0/],
    ["UPDATE postings SET points = 49 WHERE account = 'member:member-1'", /transaction a sums to 1/],
    ['DELETE FROM journal_business WHERE seq = 2', /journal business has 2 rows from 1 to 3/],
    ["INSERT INTO cursors VALUES ('business', 'published', 9)", /stands beyond/],
    ['DELETE FROM sales', /points at nothing/],
  ])('finds %s', (sql, problem) => {
    expect(tampered(sql)).toContainEqual(expect.stringMatching(problem));
  });

  it('finds nothing where nothing is wrong', () => {
    expect(tampered('SELECT 1')).toEqual([]);
  });
});
