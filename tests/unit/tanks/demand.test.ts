import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cover, demandOver, hoursUntilSold } from '../../../src/core/tanks/demand/cover.ts';
import { type OrderTank, orderHint } from '../../../src/core/tanks/demand/order.ts';
import {
  type DemandProfile,
  dailyDemand,
  demandBasis,
  freshDemand,
  learnDemand,
  parseDemand,
} from '../../../src/core/tanks/demand/profile.ts';
import { millilitres } from '../../../src/model/units.ts';

const litres = (value: number) => millilitres(Math.round(value * 1000));
const monday = { weekday: 0, hour: 0, minute: 0 };

/** Hours from Monday 0:00 on, of so many litres each. */
function learned(hours: number, sold: (weekday: number, hour: number) => number): DemandProfile {
  let profile = freshDemand();
  for (let index = 0; index < hours; index++) {
    const [weekday, hour] = [Math.floor(index / 24) % 7, index % 24];
    profile = learnDemand(profile, { weekday, hour }, litres(sold(weekday, hour)));
  }
  return profile;
}
const byDay = learned(168, (_, hour) => (hour >= 6 && hour < 22 ? 300 : 0));
const steady = learned(168, () => 100);

describe('M172: demand by weekday and hour', () => {
  it('knows nothing, then a mean hour, then the week', () => {
    expect([23, 24, 167, 168].map((hours) => demandBasis(learned(hours, () => 10)))).toEqual([
      'none',
      'flat',
      'flat',
      'week',
    ]);
  });

  it('newer weeks count more, and one strange week does not rule', () => {
    const weeks = (list: number[]) =>
      list.reduce((profile, sold) => learnDemand(profile, monday, litres(sold)), freshDemand()).cells[0]!
        .mean;
    expect(weeks([100, 100, 100, 100, 200])).toBe(125_000);
    expect(weeks([100, 200])).toBe(150_000);
    expect(weeks([200, ...Array<number>(20).fill(100)])).toBeLessThan(101_000);
  });

  it('comes back from the store, and nothing else does', () => {
    expect(parseDemand(JSON.parse(JSON.stringify(byDay)))).toEqual(byDay);
    for (const bad of [
      null,
      {},
      { ...byDay, version: 9 },
      { ...byDay, cells: [] },
      { ...byDay, cells: [{ mean: -1, count: 1 }] },
    ])
      expect(() => parseDemand(bad)).toThrow(expect.objectContaining({ code: 'TANK_STATE_INVALID' }));
  });
});

describe('M172: days of cover', () => {
  it.each([
    { name: 'through the night', stock: 4_800, profile: byDay, now: monday, hours: 22 },
    { name: 'into the next morning', stock: 5_100, profile: byDay, now: monday, hours: 31 },
    {
      name: 'from the middle of an hour',
      stock: 150,
      profile: byDay,
      now: { weekday: 0, hour: 12, minute: 30 },
      hours: 0.5,
    },
    {
      name: 'over the end of the week',
      stock: 2_000,
      profile: steady,
      now: { weekday: 6, hour: 23, minute: 0 },
      hours: 20,
    },
  ])('$name: $hours hours', ({ stock, profile, now, hours }) => {
    expect(cover(litres(stock), litres(0), profile, now).hours).toBeCloseTo(hours, 6);
  });

  it.each([
    { name: 'nothing learned', stock: 5_000, profile: freshDemand(), hours: null, text: /less than a day/ },
    {
      name: 'nothing sold',
      stock: 5_000,
      profile: learned(168, () => 0),
      hours: null,
      text: /longer than 60 days/,
    },
    { name: 'at the critical level', stock: 900, profile: steady, hours: 0, text: /critical/ },
    {
      name: 'a few days learned',
      stock: 2_000,
      profile: learned(48, () => 100),
      hours: 10,
      text: /10 hours at the mean demand/,
    },
    {
      name: 'a week learned',
      stock: 8_500,
      profile: steady,
      hours: 75,
      text: /^3 days at the usual demand$/,
    },
  ])('$name: $hours, and says so', ({ stock, profile, hours, text }) => {
    const found = cover(litres(stock), litres(1_000), profile, monday);
    expect(found.hours === null ? null : Math.round(found.hours)).toBe(hours);
    expect(found.text).toMatch(text);
  });

  it('what is sold until it is empty is what was there', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 30_000 }), fc.integer({ min: 0, max: 10_079 }), (stock, from) => {
        const now = {
          weekday: Math.floor(from / 1_440),
          hour: Math.floor(from / 60) % 24,
          minute: from % 60,
        };
        const hours = hoursUntilSold(byDay, now, litres(stock))!;
        expect(Math.abs(demandOver(byDay, now, hours) - litres(stock))).toBeLessThan(10);
      }),
    );
  });
});

describe('M172: when to order how much', () => {
  const policy = { leadTimeHours: 24, reserveDays: 1, truck: litres(5_000) };
  const tank = (volume: number, more: Partial<OrderTank> = {}): OrderTank => ({
    tank: 'T1',
    volume: litres(volume),
    safeFill: litres(19_000),
    unusable: litres(1_000),
    ...more,
  });

  it('nothing while it lasts', () => {
    expect(orderHint(policy, [tank(15_000)], steady, monday)).toEqual({
      order: null,
      text: 'nothing to order for 2 days',
    });
  });

  it('in whole steps that fit when they come, before the reserve is touched', () => {
    const { order, text } = orderHint(policy, [tank(6_900)], steady, monday);
    expect(order).toMatchObject({
      withinHours: 11,
      arrivesInHours: 35,
      urgent: false,
      volume: litres(15_000),
    });
    expect(text).toBe('Order 15000 L within 11 hours; it has room when it comes in 35 hours.');
  });

  it('at once when it comes into the reserve; earlier than usual when the tank runs dry before', () => {
    const soon = orderHint(policy, [tank(4_000)], steady, monday);
    expect(soon.order).toMatchObject({ withinHours: 0, urgent: true });
    expect(soon.text).toMatch(/^Order 15000 L now; .* It comes into the reserve\.$/);
    expect(orderHint(policy, [tank(2_000)], steady, monday).text).toMatch(
      /runs dry in 10 hours, before that/,
    );
  });

  it('waits in the reserve for room, and orders less where there is never room for a step', () => {
    const small = { safeFill: litres(7_000), unusable: litres(500) };
    const waits = orderHint(policy, [tank(4_600, small)], steady, monday);
    expect(waits.order).toMatchObject({ arrivesInHours: 26, volume: litres(5_000) });
    const less = orderHint(policy, [tank(3_500, { ...small, safeFill: litres(4_500) })], steady, monday);
    expect(less.order!.volume).toBeLessThan(litres(5_000));
    expect(less.text).toContain('No more has room; a whole step is 5000 L.');
  });

  it('says so when nothing is known', () => {
    expect(orderHint(policy, [], steady, monday).order).toBeNull();
    expect(orderHint(policy, [tank(5_000)], freshDemand(), monday)).toEqual({
      order: null,
      text: 'less than a day of sales is known',
    });
  });

  it('split over the tanks of a grade: it sums, and no tank is filled over its safe fill', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 0, max: 19_000 }), fc.integer({ min: 8_000, max: 19_000 })), {
          minLength: 1,
          maxLength: 4,
        }),
        fc.integer({ min: 0, max: 10_079 }),
        (list, from) => {
          const now = {
            weekday: Math.floor(from / 1_440),
            hour: Math.floor(from / 60) % 24,
            minute: from % 60,
          };
          const tanks = list.map(([volume, safe], index) =>
            tank(volume, { tank: `T${index}`, safeFill: litres(safe) }),
          );
          const { order } = orderHint(policy, tanks, byDay, now);
          if (!order) return;
          expect(order.split.reduce((sum, each) => sum + each.volume, 0)).toBe(order.volume);
          for (const { tank: id, volume } of order.split) {
            const into = tanks.find((each) => each.tank === id)!;
            // No more can be sold out of it than is in it.
            const left = Math.max(
              Math.min(into.volume, into.unusable),
              into.volume - demandOver(byDay, now, order.arrivesInHours),
            );
            expect(left + volume).toBeLessThanOrEqual(Math.max(into.safeFill, left) + 1_000);
          }
          expect(order.arrivesInHours).toBeGreaterThanOrEqual(24);
        },
      ),
    );
  });

  it('a day of the week', () => expect(dailyDemand(byDay)).toBe(litres(4_800)));
});
