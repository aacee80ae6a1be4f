/** Books as the station writes them: sales with their credits, ledger, journal and corrections, in its order. */
import { cardKey, type SaleKey, saleKey } from '../../src/model/ids.ts';
import type { Attribution, Credit } from '../../src/model/sale.ts';
import { instant, millilitres, money, points } from '../../src/model/units.ts';
import type { Store } from '../../src/store/store.ts';
import { aCredit, aSale, startedAt } from './tempStore.ts';

export const booksDate = '2026-11-22';
const minute = 60_000;
const member = (name: string): Attribution => ({
  kind: 'attributed',
  claim: `claim of ${name}`,
  member: name,
  card: cardKey(name.padEnd(64, '0')),
  reason: 'the only card at this fuelling point',
});

export function creditOf(name: string, earned: number): Credit {
  return {
    ...aCredit,
    member: name,
    earned: points(earned),
    postings: [
      { account: `member:${name}`, points: points(earned) },
      { account: 'program:test', points: points(-earned) },
    ],
  };
}

export const keyOfSale = (n: number): SaleKey => saleKey(`1:1:g0:${n * 40_000}-${(n + 1) * 40_000}`);

/** Sale `n` at nozzle 1, 40 L, of `owner` or of nobody; one transaction. The totalizer runs on from sale to sale. */
export function bookSale(store: Store, n: number, owner: string | null): SaleKey {
  const key = keyOfSale(n);
  const endedAt = instant(startedAt + n * minute);
  const sale = aSale({
    key,
    liftedAt: instant(endedAt - 90_000),
    startedAt: instant(endedAt - 80_000),
    endedAt,
    totalizerStart: millilitres(n * 40_000),
    totalizerEnd: millilitres((n + 1) * 40_000),
    saleNumber: n,
  });
  const attribution: Attribution = owner === null ? { kind: 'unclaimed', reason: 'no-scan' } : member(owner);
  const at = (time: number | null) => (time === null ? null : new Date(time).toISOString());
  store.transaction(() => {
    store.sales.insert(sale, { businessDate: booksDate, recordedAt: endedAt, attribution });
    store.journal.append('sale.completed', '1', endedAt, booksDate, {
      sale: key,
      fuellingPoint: '1',
      nozzle: '1',
      grade: sale.grade,
      tank: sale.tank,
      volumeMl: sale.volume,
      amount: sale.amount,
      currency: 'CNY',
      price: sale.price,
      liftedAt: at(sale.liftedAt),
      startedAt: at(sale.startedAt),
      endedAt: new Date(endedAt).toISOString(),
      businessDate: booksDate,
      totalizerStartMl: sale.totalizerStart,
      totalizerEndMl: sale.totalizerEnd,
      saleNumber: sale.saleNumber,
      endCode: null,
      quality: 'seen',
      flags: [],
      attribution: attribution.kind,
      reason: attribution.reason,
    });
    if (owner !== null) credit(store, key, `credit:${key}`, creditOf(owner, 40 + n), endedAt, true);
    store.journal.append('fuelling-point.state-changed', '1', endedAt, booksDate, {
      fuellingPoint: '1',
      nozzle: '1',
      state: 'idle',
      at: new Date(endedAt).toISOString(),
    });
  });
  return key;
}

/** Gives the sale from one member to another as a person does: reversal, new credit, audit row. */
export function reassignSale(store: Store, n: number, from: string, to: string): void {
  const key = keyOfSale(n);
  const at = instant(startedAt + n * minute + 1000);
  const before = creditOf(from, 40 + n);
  const after = creditOf(to, 40 + n);
  store.transaction(() => {
    const number = store.corrections.next();
    const postings = before.postings.map((leg) => ({ ...leg, points: points(-leg.points) }));
    store.ledger.post({ id: `reversal:${key}:${number}`, sale: key, at, postings });
    store.sales.setAttribution(key, member(to));
    store.corrections.add({
      request: null,
      sale: key,
      kind: 'reassigned',
      at,
      by: 'manager',
      user: null,
      reason: 'wrong card',
      before: { attribution: member(from), credit: before },
      after: { attribution: member(to), credit: after },
      notes: [],
    });
    credit(store, key, `credit:${key}:${number}`, after, at, false);
  });
}

function credit(
  store: Store,
  key: SaleKey,
  id: string,
  given: Credit,
  at: ReturnType<typeof instant>,
  first: boolean,
): void {
  if (first) store.credits.insert(key, given, at);
  store.ledger.post({ id, sale: key, at, postings: given.postings });
  store.journal.append('credit.posted', '1', at, booksDate, {
    sale: key,
    fuellingPoint: '1',
    nozzle: '1',
    member: given.member,
    card: cardKey(given.member.padEnd(64, '0')),
    program: given.program,
    programVersion: given.programVersion,
    tier: given.tier,
    points: given.earned,
    balance: store.ledger.balance(`member:${given.member}`),
    postings: [...given.postings],
    discounts: [{ rule: 'svip', amount: money(100), text: 'one yuan off' }],
    coupons: [],
    campaigns: [],
  });
}
