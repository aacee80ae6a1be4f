import { describe, expect, it, vi } from 'vitest';
import type { Attribution, FuellingSale } from '../../../src/model/sale.ts';
import { instant, millilitres, monoMs } from '../../../src/model/units.ts';
import { createAlerts } from '../../../src/station/alerts.ts';
import { checkSales } from '../../../src/station/checkSales.ts';
import type { StationContext } from '../../../src/station/context.ts';
import { correctSale } from '../../../src/station/correctSale.ts';
import { creditSale } from '../../../src/station/creditSale.ts';
import { noteRules } from '../../../src/station/rulesInForce.ts';
import type { Push } from '../../../src/station/view.ts';
import {
  type ContextParts,
  events,
  saleNumbered,
  scan,
  stationContext,
} from '../../support/stationContext.ts';
import { startedAt, tempDirectory, tempStore } from '../../support/tempStore.ts';

const members = [
  { id: 'anna', vehicles: [{ plate: 'A-1', grade: '92', tankLitres: 35 }], cards: [{ number: '1001' }] },
  {
    id: 'fleet',
    vehicles: [
      { plate: 'F-1', grade: '92', tankLitres: 40 },
      { plate: 'F-2', grade: '92', tankLitres: 90 },
    ],
    cards: [{ number: '2001' }, { number: '2002', vehicle: 'F-1' }],
  },
  { id: 'emil', employee: true, cards: [{ number: '4001' }, { number: '4002', role: 'attendant' }] },
];
const opened = (parts: ContextParts = {}) => {
  const station = stationContext({ members, ...parts });
  noteRules(station.context);
  return station;
};
const noScan: Attribution = { kind: 'unclaimed', reason: 'no-scan: none' };

/** Books a sale with its `sale.completed` as the daemon does, credited to the card's member if one is given. */
function sold(
  context: StationContext,
  n: number,
  owner: { member: string; card: string } | null,
  change: Partial<FuellingSale> = {},
  attendant: string | null = null,
): FuellingSale {
  const { store } = context;
  const sale = saleNumbered(n, change);
  const claim = owner && scan(context, owner.member, owner.card, 100, { id: `claim-${n}` });
  const attribution: Attribution =
    claim && owner
      ? {
          kind: 'attributed',
          claim: claim.id,
          member: owner.member,
          card: claim.card,
          reason: 'scan-before: x',
        }
      : noScan;
  store.transaction(() => {
    const at = context.clock.now();
    store.sales.insert(sale, { businessDate: '2026-11-22', recordedAt: at, attribution, attendant });
    store.journal.append('sale.completed', sale.fuellingPoint, at, '2026-11-22', {
      ...{ sale: sale.key, fuellingPoint: '1', nozzle: '1', grade: '92', tank: null, currency: 'CNY' },
      ...{ volumeMl: sale.volume, amount: sale.amount, price: sale.price, liftedAt: null, startedAt: null },
      ...{ endedAt: new Date(sale.endedAt).toISOString(), businessDate: '2026-11-22', totalizerStartMl: 0 },
      ...{ totalizerEndMl: 0, saleNumber: null, endCode: null, quality: 'seen', flags: [] },
      ...{ attribution: attribution.kind, reason: attribution.reason },
    });
    if (attribution.kind === 'attributed') creditSale(context, sale, attribution, at);
  });
  return sale;
}
const anna = { member: 'anna', card: '1001' };
const volume = (litres: number) => ({ volume: millilitres(litres * 1000) });
const check = (context: StationContext) => checkSales(context, () => ({ kept: true })).alerts;
const raised = (context: StationContext) =>
  events(context)
    .filter(({ type }) => type === 'sale.alert-raised')
    .map(({ data }) => data);

describe('checks of sales', () => {
  it('M152 M164: a 35 L tank that took 45 L is to be explained, with a deadline and its evidence', () => {
    const { context } = opened();
    const sale = sold(context, 1, anna, volume(45));
    expect(check(context)).toMatchObject([{ number: 1, kind: 'overfill', level: 'explain', member: 'anna' }]);
    expect(raised(context)).toEqual([
      {
        ...{ sale: sale.key, fuellingPoint: '1', nozzle: '1', alert: 1, kind: 'overfill', level: 'explain' },
        ...{ member: 'anna', text: '45.000 L into a tank of 35 L (128 %)' },
        dueAt: new Date(startedAt + 24 * 3_600_000).toISOString(),
      },
    ]);
    expect(context.store.alerts.evidence(1)).toBe('{"kept":true}');
    // All but the alert itself was looked at.
    expect(context.store.feed.cursor('business', 'checked')).toBe(context.store.feed.head('business') - 1);
  });

  it('M164: a card bound to one vehicle counts that one’s tank, any other the largest of the member', () => {
    const { context } = opened();
    sold(context, 1, { member: 'fleet', card: '2001' }, volume(80));
    expect(check(context)).toEqual([]);
    sold(context, 2, { member: 'fleet', card: '2002' }, volume(80));
    expect(check(context)).toMatchObject([{ kind: 'overfill', level: 'verify', member: 'fleet' }]);
  });

  it('M107: an abnormal volume of nobody is told once, and not again when it gets its member', () => {
    const { context } = opened({ members: [{ id: 'new' }] });
    const sale = sold(context, 1, null, volume(501));
    expect(check(context)).toMatchObject([{ kind: 'abnormal-volume', member: null }]);
    correctSale(context, {
      ...{
        sale: sale.key,
        what: 'assign',
        to: { member: 'new' },
        reason: 'r',
        by: 'b',
        user: null,
        request: null,
      },
    });
    expect(check(context)).toEqual([]);
    expect(raised(context)).toHaveLength(1);
  });

  it('M107: more than three times the member’s own average of five fills is told', () => {
    const { context } = opened({ members: [{ id: 'reg', cards: [{ number: '7' }] }] });
    const regular = { member: 'reg', card: '7' };
    for (let n = 1; n <= 5; n++) sold(context, n, regular, volume(20));
    sold(context, 6, regular, volume(60));
    expect(check(context)).toEqual([]);
    sold(context, 7, regular, volume(90));
    expect(check(context)).toMatchObject([{ kind: 'above-usual', member: 'reg' }]);
  });

  it('M164: a sale is looked at again when a person gives it to a member', () => {
    const { context } = opened();
    const sale = sold(context, 1, null, volume(45));
    expect(check(context)).toEqual([]);
    correctSale(context, {
      ...{
        sale: sale.key,
        what: 'assign',
        to: { member: 'anna' },
        reason: 'r',
        by: 'b',
        user: null,
        request: null,
      },
    });
    expect(check(context)).toMatchObject([{ kind: 'overfill', member: 'anna' }]);
  });

  it('M20: an employee’s third credit of a day is flagged, and any of a sale that the employee attended', () => {
    const { context } = opened();
    const own = { member: 'emil', card: '4001' };
    sold(context, 1, own);
    sold(context, 2, own);
    expect(check(context)).toEqual([]);
    sold(context, 3, own);
    expect(check(context)).toMatchObject([{ kind: 'self-claim', level: 'explain', member: 'emil' }]);
    sold(context, 4, own, {}, 'emil');
    expect(check(context)).toMatchObject([{ kind: 'self-claim', level: 'verify' }]);
    // Attending a customer's sale is the work itself.
    sold(context, 5, anna, volume(30), 'emil');
    expect(check(context)).toEqual([]);
  });

  it('M164: a crash between sale and check loses no alert, and one after it raises none twice', () => {
    const directory = tempDirectory();
    const before = tempStore(directory);
    sold(opened({ store: before }).context, 1, anna, volume(45));
    before.close();
    const after = tempStore(directory);
    const { context } = opened({ store: after });
    expect(check(context)).toHaveLength(1);
    after.close();
    const third = opened({ store: tempStore(directory) }).context;
    expect(check(third)).toEqual([]);
    // A cursor that was lost in a power cut starts from an older place.
    third.store.feed.moveCursor('business', 'checked', 0);
    expect(check(third)).toEqual([]);
    expect(raised(third)).toHaveLength(1);
  });

  it('raises nothing when its transaction fails, and all of it the next time', () => {
    const { context } = opened();
    sold(context, 1, anna, volume(45));
    const broken = {
      ...context.store,
      journal: {
        ...context.store.journal,
        append: () => {
          throw new Error('the disk');
        },
      },
    };
    expect(() => check({ ...context, store: broken })).toThrow('the disk');
    expect(raised(context)).toEqual([]);
    expect(check(context)).toHaveLength(1);
  });
});

describe('the evidence of an alert', () => {
  it('M152: holds sale, totalizer, states, readings, counters and cards, without plate or name', async () => {
    const { context } = opened();
    const pushes: Push[] = [];
    const wake = vi.fn();
    const device = { id: 'd1', timeouts: 3 } as never;
    const alerts = createAlerts(context, {
      push: (event) => pushes.push(event),
      feed: { wake } as never,
      device: () => device,
    });
    const live = (secondsBefore: number, state: string, ml: number) =>
      alerts.trail.note('1', {
        ...{
          kind: 'live',
          state: state as 'fuelling',
          hose: 1,
          volume: millilitres(ml),
          amount: null,
          price: null,
        },
        ...{ at: instant(startedAt - secondsBefore * 1000), mono: monoMs(0) },
      });
    live(200, 'idle', 0);
    live(90, 'calling', 0);
    live(80, 'fuelling', 1000);
    live(1, 'fuelling', 45_000);
    live(0, 'completed', 45_000);
    live(-60, 'idle', 45_000);
    const { store } = context;
    store.transaction(() => {
      for (const [seconds, state] of [
        [90, 'calling'],
        [80, 'fuelling'],
        [0, 'completed'],
        [-500, 'idle'],
      ] as const) {
        const at = instant(startedAt - seconds * 1000);
        const data = { fuellingPoint: '1', nozzle: '1', state, at: new Date(at).toISOString() };
        store.journal.append('fuelling-point.state-changed', '1', at, '2026-11-22', data);
      }
    });
    const sale = sold(context, 1, anna, volume(45));
    alerts.trail.sold(sale);
    alerts.look();
    await vi.waitFor(() => expect(pushes).toHaveLength(1));
    expect(pushes[0]).toMatchObject({ type: 'alert', data: { sale: 1, kind: 'overfill', level: 'explain' } });
    expect(wake).toHaveBeenCalled();
    const text = store.alerts.evidence(1) ?? '';
    expect(JSON.parse(text)).toMatchObject({
      sale: { id: 1, volumeMl: 45_000, price: 7849, flags: [], member: 'anna' },
      totalizer: { startMl: 100_000, endMl: 140_000, spanMl: 40_000 },
      member: { member: 'anna', tankLitres: 35, fills: { count: 0 } },
      states: [{ state: 'calling', nozzle: '1' }, { state: 'fuelling' }, { state: 'completed' }],
      readings: [
        { state: 'calling', volumeMl: 0 },
        { state: 'fuelling', volumeMl: 1000 },
        { state: 'fuelling', volumeMl: 45_000 },
        { state: 'completed', volumeMl: 45_000 },
      ],
      device: { id: 'd1', timeouts: 3 },
      claims: [{ reader: 'R1', member: 'anna', refusal: null, why: '10 s before the lift' }],
    });
    expect(text).not.toContain('A-1');
  });

  it('M152: a long fuelling’s readings are thinned, with its beginning and its end', () => {
    const { trail } = createAlerts(opened().context, { push() {}, feed: {} as never, device: () => null });
    const sale = saleNumbered(1);
    for (let n = 0; n <= 5000; n++) {
      trail.note('1', {
        ...{ kind: 'live', state: n === 5000 ? 'completed' : 'fuelling', hose: 1, amount: null, price: null },
        ...{ volume: millilitres(n * 9), at: instant(startedAt - 85_000 + n * 17), mono: monoMs(n) },
      });
    }
    // A point at rest adds nothing, however long it rests.
    for (let n = 0; n < 5000; n++) {
      trail.note('1', {
        ...{ kind: 'live', state: 'idle', hose: null, amount: null, price: null, volume: null },
        ...{ at: instant(startedAt + n), mono: monoMs(0) },
      });
    }
    trail.sold(sale);
    const kept = trail.of(sale.key) ?? [];
    expect(kept.length).toBeGreaterThan(50);
    expect(kept.length).toBeLessThanOrEqual(121);
    expect(kept[0]?.volumeMl).toBe(0);
    expect(kept.at(-1)).toMatchObject({ state: 'completed', volumeMl: 45_000 });
    for (let n = 2; n <= 60; n++) trail.sold(saleNumbered(n));
    expect(trail.of(sale.key)).toBeNull();
  });
});
