import Database from 'better-sqlite3';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Attribution } from '../../../src/model/sale.ts';
import { instant } from '../../../src/model/units.ts';
import type { StationContext } from '../../../src/station/context.ts';
import { correctSale, type Decision } from '../../../src/station/correctSale.ts';
import { type Attributed, creditSale } from '../../../src/station/creditSale.ts';
import { noteRules } from '../../../src/station/rulesInForce.ts';
import { settleSales } from '../../../src/station/settleSales.ts';
import {
  type ContextParts,
  events,
  membersOf,
  programOf,
  saleNumbered,
  scan,
  stationContext,
} from '../../support/stationContext.ts';
import { startedAt, tempDirectory, tempStore } from '../../support/tempStore.ts';

const hour = 3_600_000;
const program = {
  program: 'test',
  version: 1,
  earn: [{ id: 'litres', per: 'litre', points: 1 }],
  tiers: [{ id: 'ordinary' }, { id: 'vip', multiplier: 2 }],
  coupons: [{ id: 'welcome', code: 'WELCOME', from: '2026-01-01', to: '2026-12-31', bonus: 100 }],
};
const anna = { id: 'anna', cards: [{ number: '1001' }] };
const ben = { id: 'ben', tier: 'vip', cards: [{ number: '2002' }, { number: '2003', status: 'blocked' }] };
const server = { id: 'sid', cards: [{ number: '3003', role: 'attendant' }] };
const members = [anna, ben, server];

const opened = (parts: ContextParts = {}) => {
  const station = stationContext({ program, members, ...parts });
  noteRules(station.context);
  return station;
};

/** Books sale `n` as the daemon does; returns its number. */
function sold(context: StationContext, n: number, attribution: Attribution): number {
  const { store, board } = context;
  const sale = saleNumbered(n);
  const id = store.transaction(() => {
    const at = context.clock.now();
    const number = store.sales.insert(sale, { businessDate: '2026-11-22', recordedAt: at, attribution });
    if (attribution.kind === 'attributed') creditSale(context, sale, attribution, at);
    return number;
  });
  board.sold(sale, attribution);
  return id ?? 0;
}

const ambiguous = (...claims: string[]): Attribution => ({
  kind: 'ambiguous',
  reason: 'two-cards: more',
  claims,
});
const noScan: Attribution = { kind: 'unclaimed', reason: 'no-scan: none' };
function ownedBy(context: StationContext, member: string, card: string, coupons: string[] = []): Attributed {
  const claim = scan(context, member, card, 100, { coupons });
  return { kind: 'attributed', claim: claim.id, member, card: claim.card, reason: 'scan-before: card read' };
}
const decide = (sale: number, what: Decision['what'], change: Partial<Decision> = {}): Decision => ({
  ...{ sale, what, to: null, reason: 'receipt shown', by: 'Wang', user: 'op', request: null },
  ...change,
});
const balance = ({ store }: StationContext, member: string) => store.ledger.balance(`member:${member}`);
const types = (context: StationContext) => events(context).map((event) => event.type);
const refused = (code: string) => expect.objectContaining({ code });

describe('assigning a sale', () => {
  it('M20 M179: an ambiguous one goes to the member with its scan and coupon, audited', () => {
    const { context } = opened();
    const first = scan(context, 'anna', '1001', 120, { coupons: ['WELCOME'] });
    const second = scan(context, 'ben', '2002', 110);
    const id = sold(context, 1, ambiguous(first.id, second.id));
    const { sale, done } = correctSale(context, decide(id, 'assign', { to: { member: 'anna' } }));
    expect(sale.attribution).toEqual({
      ...{ kind: 'attributed', claim: first.id, member: 'anna', card: first.card },
      reason: 'assigned: by Wang: receipt shown',
    });
    expect(done?.posted).toMatchObject({ balance: 140, credit: { earned: 140 } });
    // For matching it is settled, and the card's driver has had his fuel.
    expect(context.board.fuellings()).toMatchObject([{ sale: sale.key, attributed: true, card: first.card }]);
    expect(context.store.coupons.uses('anna')).toEqual({ welcome: 1 });
    expect(context.store.claims.get(first.id)?.sale).toBe(sale.key);
    // The other driver's card may still find its own fuelling.
    expect(context.store.claims.get(second.id)?.sale).toBeNull();
    expect(context.store.corrections.of(sale.key)).toMatchObject([
      {
        ...{ number: 1, kind: 'assigned', by: 'Wang', user: 'op', reason: 'receipt shown', at: startedAt },
        before: { attribution: ambiguous(first.id, second.id), credit: null },
        after: { attribution: { member: 'anna' }, credit: { earned: 140 } },
      },
    ]);
    expect(events(context)).toMatchObject([
      {
        type: 'sale.assigned',
        data: {
          ...{ sale: sale.key, correction: 1, member: 'anna', by: 'Wang', user: 'op' },
          before: { attribution: 'ambiguous', member: null },
        },
      },
      { type: 'credit.posted', data: { member: 'anna', points: 140, balance: 140 } },
    ]);
  });

  it('M20: by the program and the tier as at the sale, whatever they are now', () => {
    const store = tempStore();
    const before = stationContext({ program, members, store }).context;
    noteRules(before);
    const id = sold(before, 1, noScan);
    // Head office changed everything on the next morning.
    const dear = { ...program, version: 2, earn: [{ id: 'litres', per: 'litre', points: 9 }] };
    const { context } = stationContext({
      program: dear,
      members: [
        { ...anna, tier: 'vip' },
        { ...ben, tier: 'ordinary' },
      ],
      store,
    });
    noteRules(context);
    const next = sold(context, 2, noScan);
    const credited = (sale: number, member: string) =>
      correctSale(context, decide(sale, 'assign', { to: { member } })).done?.posted?.credit;
    expect(credited(id, 'anna')).toMatchObject({ programVersion: 1, tier: 'ordinary', earned: 40 });
    expect(credited(next, 'anna')).toMatchObject({ programVersion: 2, tier: 'vip', earned: 720 });
  });

  it('says where the tier of then cannot be known', () => {
    const { context } = opened({ members: [anna] });
    const id = sold(context, 1, noScan);
    context.members.replace(membersOf([anna, { ...ben, tier: 'vip' }]));
    noteRules(context);
    const { done } = correctSale(context, decide(id, 'assign', { to: { member: 'ben' } }));
    expect(done?.correction.notes).toEqual([
      "ben was not in the members' file at the sale: credited with the tier of now",
    ]);
    expect(done?.posted?.credit).toMatchObject({ tier: 'vip', earned: 80 });
  });

  it('is done once however often it is asked for', () => {
    const { context } = opened();
    const id = sold(context, 1, noScan);
    const wish = decide(id, 'assign', { to: { card: { number: '1001' } }, request: 'r-1' });
    expect(correctSale(context, wish).done).not.toBeNull();
    expect(correctSale(context, wish).done).toBeNull();
    expect(correctSale(context, { ...wish, request: null }).done).toBeNull();
    expect(balance(context, 'anna')).toBe(40);
    expect(types(context)).toEqual(['sale.assigned', 'credit.posted']);
    expect(() => correctSale(context, { ...wish, what: 'void', to: null })).toThrow(
      refused('CORRECTION_REFUSED'),
    );
  });

  it.each([
    ['a blocked card', { card: { number: '2003' } }, 'CARD_REFUSED', /ben is refused: blocked/],
    ['an unknown card', { card: { number: '987654321' } }, 'CARD_REFUSED', /^no member has this card$/],
    ['an attendant’s card', { card: { number: '3003' } }, 'CARD_REFUSED', /attendant/],
    ['a member with attendant cards only', { member: 'sid' }, 'CARD_REFUSED', /attendant/],
    ['a member who is not there', { member: 'zoe' }, 'NOT_FOUND', /zoe/],
  ] as const)('M45: %s is refused, and nothing is changed', (_, to, code, text) => {
    const { context } = opened();
    const id = sold(context, 1, noScan);
    const wish = decide(id, 'assign', { to });
    expect(() => correctSale(context, wish)).toThrow(refused(code));
    expect(() => correctSale(context, wish)).toThrow(text);
    expect(context.store.sales.get(id)?.attribution).toEqual(noScan);
    expect(types(context)).toEqual([]);
  });

  it('M45: a card’s number is in no row, no event, no log line and no error', () => {
    const directory = tempDirectory();
    const number = '550011223344';
    const { context, log } = opened({
      store: tempStore(directory),
      members: [
        { id: 'anna', cards: [{ number }] },
        { id: 'ben', cards: [{ number: '550011223345', status: 'lost' }] },
      ],
    });
    const id = sold(context, 1, noScan);
    for (const card of ['550011223345', '550011223346']) {
      try {
        correctSale(context, decide(id, 'assign', { to: { card: { number: card } } }));
        expect.unreachable();
      } catch (error) {
        expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain('5500112233');
      }
    }
    correctSale(context, decide(id, 'assign', { to: { card: { number } } }));
    expect(JSON.stringify(log.lines)).not.toContain('5500112233');
    context.store.close();
    const db = new Database(context.store.path, { readonly: true });
    const tables = db
      .prepare<[], string>("SELECT name FROM sqlite_schema WHERE type = 'table'")
      .pluck()
      .all();
    const all = tables.map((table) => JSON.stringify(db.prepare(`SELECT * FROM ${table}`).all())).join();
    db.close();
    expect(all).toContain('anna');
    expect(all).not.toContain('5500112233');
  });

  it('is refused when its time is over, and not before', () => {
    const { context, advance } = opened({ corrections: { hours: 24 } });
    const [first, second] = [sold(context, 1, noScan), sold(context, 2, noScan)];
    advance(24 * hour);
    expect(correctSale(context, decide(first, 'assign', { to: { member: 'anna' } })).done).not.toBeNull();
    advance(1);
    const late = decide(second, 'assign', { to: { member: 'anna' } });
    expect(() => correctSale(context, late)).toThrow(refused('CORRECTION_TOO_LATE'));
    // What was done in time is answered after it, too.
    expect(correctSale(context, decide(first, 'assign', { to: { member: 'anna' } })).done).toBeNull();
  });

  it('of another’s, or of none by reassign, names the command that does it', () => {
    const { context } = opened();
    const owned = sold(context, 1, ownedBy(context, 'anna', '1001'));
    const free = sold(context, 2, noScan);
    expect(() => correctSale(context, decide(owned, 'assign', { to: { member: 'ben' } }))).toThrow(
      /sale reassign 1/,
    );
    expect(() => correctSale(context, decide(free, 'reassign', { to: { member: 'ben' } }))).toThrow(
      /sale assign 2/,
    );
    expect(() => correctSale(context, decide(77, 'void'))).toThrow(refused('NOT_FOUND'));
  });
});

describe('reassigning a sale', () => {
  it('M20: posts the reversal and the new credit; coupons are free again for the one and used by the other', () => {
    const { context } = opened();
    const id = sold(context, 1, ownedBy(context, 'anna', '1001', ['WELCOME']));
    scan(context, 'ben', '2002', 95, { coupons: ['WELCOME'] });
    expect(balance(context, 'anna')).toBe(140);
    const { done } = correctSale(context, decide(id, 'reassign', { to: { card: { number: '2002' } } }));
    expect(done?.reversed).toMatchObject({ balance: 0, credit: { member: 'anna', earned: 140 } });
    expect(done?.posted).toMatchObject({ balance: 180, credit: { tier: 'vip', earned: 180 } });
    expect(context.store.coupons.uses('anna')).toEqual({});
    expect(context.store.coupons.uses('ben')).toEqual({ welcome: 1 });
    expect(context.store.ledger.sum()).toBe(0);
    expect(events(context).slice(-3)).toMatchObject([
      {
        type: 'sale.reassigned',
        data: { member: 'ben', before: { member: 'anna', attribution: 'attributed' } },
      },
      { type: 'credit.reversed', data: { member: 'anna', points: 140, balance: 0, coupons: ['welcome'] } },
      { type: 'credit.posted', data: { member: 'ben', points: 180, balance: 180 } },
    ]);
    const key = saleNumbered(1).key;
    context.store.close();
    const db = new Database(context.store.path, { readonly: true });
    expect(db.prepare('SELECT id FROM ledger_transactions ORDER BY number').pluck().all()).toEqual([
      `credit:${key}`,
      `reversal:${key}:1`,
      `credit:${key}:1`,
    ]);
    db.close();
  });

  it('gives a scan to the sale that it was for, when it stood on another', () => {
    const { context } = opened();
    const swapped = ownedBy(context, 'anna', '1001', ['WELCOME']);
    const wrong = sold(context, 1, swapped);
    const right = sold(context, 2, noScan);
    correctSale(context, decide(wrong, 'reassign', { to: { member: 'ben' } }));
    const { sale } = correctSale(context, decide(right, 'assign', { to: { member: 'anna' } }));
    expect(sale.attribution).toMatchObject({ claim: swapped.claim });
    expect(balance(context, 'anna')).toBe(140);
  });
});

describe('voiding a sale', () => {
  it('M20: reverses the credit by posted legs; what the dispenser said stays', () => {
    const { context } = opened();
    const id = sold(context, 1, ownedBy(context, 'anna', '1001', ['WELCOME']));
    const before = context.store.sales.get(id);
    const { sale, done } = correctSale(context, decide(id, 'void'));
    expect(sale).toEqual({
      ...before,
      attribution: { kind: 'unclaimed', reason: 'voided: by Wang: receipt shown' },
    });
    expect(done).toMatchObject({ reversed: { balance: 0 }, posted: null });
    expect(context.store.coupons.uses('anna')).toEqual({});
    expect(context.store.credits.get(sale.key)).toBeNull();
    expect(types(context)).toEqual(['sale.attributed', 'credit.posted', 'sale.voided', 'credit.reversed']);
    expect(correctSale(context, decide(id, 'void')).done).toBeNull();
    expect(types(context)).toHaveLength(4);
  });

  it('M52: no scan takes it again, before and after a restart; only a person may assign it anew', () => {
    const store = tempStore();
    const { context } = opened({ store });
    const id = sold(context, 1, noScan);
    correctSale(context, decide(id, 'void'));
    const late = (station: StationContext) => {
      scan(station, 'anna', '1001', -5);
      expect(settleSales(station)).toEqual([]);
    };
    late(context);
    const again = opened({ store }).context;
    for (const sale of store.sales.since(instant(0))) again.board.sold(sale, sale.attribution);
    late(again);
    expect(balance(again, 'anna')).toBe(0);
    correctSale(again, decide(id, 'assign', { to: { member: 'anna' } }));
    expect(balance(again, 'anna')).toBe(40);
  });
});

describe('corrections', () => {
  it('M43: are never edited or removed, not even by another program', () => {
    const directory = tempDirectory();
    const store = tempStore(directory);
    const { context } = opened({ store });
    correctSale(context, decide(sold(context, 1, noScan), 'void'));
    const { path } = store;
    store.close();
    const db = new Database(path);
    expect(() => db.prepare("UPDATE corrections SET reason = 'other'").run()).toThrow(/never edited/);
    expect(() => db.prepare('DELETE FROM corrections').run()).toThrow(/never removed/);
    db.close();
  });

  it('M52: a failure at any step changes nothing, and the retry does all of it', () => {
    const steps = ['setAttribution', 'add', 'post', 'append'] as const;
    for (const step of steps) {
      const { context } = opened();
      const id = sold(context, 1, ownedBy(context, 'anna', '1001'));
      const { store } = context;
      const room = { setAttribution: 'sales', add: 'corrections', post: 'ledger', append: 'journal' }[step];
      const failing = {
        ...store,
        [room]: {
          ...store[room as 'sales'],
          [step]: () => {
            throw new Error(step);
          },
        },
      };
      const count = types(context).length;
      const wish = decide(id, 'reassign', { to: { member: 'ben' } });
      expect(() => correctSale({ ...context, store: failing }, wish)).toThrow(step);
      expect(store.sales.get(id)?.attribution).toMatchObject({ member: 'anna' });
      expect([balance(context, 'anna'), balance(context, 'ben'), types(context).length]).toEqual([
        40,
        0,
        count,
      ]);
      expect(correctSale(context, wish).done).not.toBeNull();
      expect([balance(context, 'anna'), balance(context, 'ben')]).toEqual([0, 80]);
    }
  });

  it('M52: whatever people decide, in any order, balances are the credits in force, and the books are sound', () => {
    const wishes = fc.array(
      fc.record({
        sale: fc.integer({ min: 1, max: 4 }),
        what: fc.constantFrom('assign' as const, 'reassign' as const, 'void' as const),
        member: fc.constantFrom('anna', 'ben'),
      }),
      { maxLength: 25 },
    );
    fc.assert(
      fc.property(wishes, (list) => {
        const store = tempStore();
        const { context } = opened({ store });
        sold(context, 1, ownedBy(context, 'anna', '1001', ['WELCOME']));
        sold(context, 2, noScan);
        sold(context, 3, ambiguous('anna-100'));
        sold(context, 4, noScan);
        for (const { sale, what, member } of list) {
          try {
            correctSale(context, decide(sale, what, { to: what === 'void' ? null : { member } }));
          } catch (error) {
            expect(error).toEqual(refused('CORRECTION_REFUSED'));
          }
        }
        for (const member of ['anna', 'ben']) {
          const inForce = store.sales
            .recent({ limit: 10 })
            .map((sale) => ({ sale, credit: store.credits.get(sale.key) }));
          const credits = inForce.flatMap(({ credit }) => (credit?.member === member ? [credit] : []));
          expect(balance(context, member)).toBe(credits.reduce((sum, credit) => sum + credit.earned, 0));
          const used = credits.flatMap(({ coupons }) => coupons).filter((use) => use.status === 'redeemed');
          expect(store.coupons.uses(member)).toEqual(used.length > 0 ? { welcome: used.length } : {});
          expect(used.length).toBeLessThanOrEqual(1);
        }
        expect(store.ledger.sum()).toBe(0);
        expect(store.check()).toMatchObject({ ok: true });
        store.close();
      }),
      { numRuns: 30 },
    );
  }, 60_000);

  it('a member day of then counts by the business date of the sale', () => {
    const sunday = { ...program, memberDays: [{ id: 'sunday', weekdays: ['sun'], multiplier: 3 }] };
    expect(programOf(sunday).memberDays).toHaveLength(1);
    const { context, advance } = opened({ program: sunday });
    const id = sold(context, 1, noScan);
    advance(30 * hour);
    const { done } = correctSale(context, decide(id, 'assign', { to: { member: 'anna' } }));
    expect(done?.posted?.credit.earned).toBe(120);
  });
});
