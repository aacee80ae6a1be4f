import { describe, expect, it } from 'vitest';
import type { StockSample } from '../../../../src/model/tank.ts';
import { centiCelsius, instant, millilitres } from '../../../../src/model/units.ts';
import { type Judge, varianceOf } from '../../../../src/station/tanks/balance.ts';
import { createCloser, openBalance } from '../../../../src/station/tanks/closing.ts';
import type { Stock } from '../../../../src/station/tanks/layout.ts';
import { localTime } from '../../../../src/station/tanks/localTime.ts';
import { stockReport } from '../../../../src/station/tanks/stockReport.ts';
import { events, stationContext } from '../../../support/stationContext.ts';

const local = localTime('UTC', '00:00');
const judge: Judge = (balance) => ({
  verdict: balance.reasons.length > 0 ? 'unknown' : 'within',
  reasons: [],
});
const stock: Stock = { id: 'T1', grade: '92', tanks: [], nozzles: [] };
const other: Stock = { id: 'T2', grade: '92', tanks: [], nozzles: [] };

const look = (time: string, volume: number, dispensed: number, active = false): StockSample => ({
  at: instant(Date.parse(`${time}:00Z`)),
  volume: millilitres(volume),
  dispensed: millilitres(dispensed),
  temperature: centiCelsius(1500),
  volumeAt15: null,
  active,
  deliveryInProgress: false,
});

function deliver(
  context: ReturnType<typeof stationContext>['context'],
  n: number,
  volume: number,
  at: string,
) {
  const time = instant(Date.parse(`${at}:00Z`));
  context.store.tanks.deliveries.add(
    {
      ...{ key: `T1:rise:${n}`, stock: 'T1', source: 'rise', startedAt: time, endedAt: time, flags: [] },
      ...{ startVolume: millilitres(0), endVolume: millilitres(volume), dispensed: millilitres(0) },
      ...{ volume: millilitres(volume), volumeAt15: null, temperature: null },
    },
    { grade: '92', businessDate: at.slice(0, 10) },
  );
}

function closer() {
  const { context } = stationContext();
  const made = createCloser(context, local, judge);
  const take = (sample: StockSample, resting = true, of = stock) => made.look(of, sample, resting);
  return { context, take, made };
}

describe('closing a business day', () => {
  it('M174: opening + deliveries - sales = book, gauge - book = variance, told to head office', () => {
    const { context, take } = closer();
    expect(take(look('2026-11-21T22:00', 10_000_000, 0))).toEqual([]);
    expect(take(look('2026-11-21T23:59', 9_900_000, 100_000))).toEqual([]);
    take(look('2026-11-22T00:00', 9_900_000, 100_000));
    deliver(context, 1, 5_000_000, '2026-11-22T09:00');
    const [day] = take(look('2026-11-23T00:01', 13_890_000, 1_100_000));
    expect(day).toMatchObject({
      ...{ stock: 'T1', period: 'day', from: '2026-11-22', to: '2026-11-22', verdict: 'within', reasons: [] },
      ...{ opening: 9_900_000, deliveries: 5_000_000, sales: 1_000_000, gauge: 13_890_000 },
    });
    expect(day && varianceOf(day)).toEqual({ bookMl: 13_900_000, varianceMl: -10_000, variancePpm: -10_000 });
    const told = events(context).filter(({ type }) => type === 'reconciliation.closed');
    expect(told.map(({ data }) => [data.from, data.varianceMl, data.reasons])).toEqual([
      ['2026-11-21', 0, ['first-day']],
      ['2026-11-22', -10_000, []],
    ]);
  });

  it('waits while a nozzle is in use or a delivery settles, and closes with a doubt when it takes too long', () => {
    const { take } = closer();
    take(look('2026-11-21T23:00', 10_000, 0));
    expect(take(look('2026-11-22T00:01', 9_000, 1_000, true))).toEqual([]);
    expect(take(look('2026-11-22T02:59', 9_000, 1_000), false)).toEqual([]);
    expect(take(look('2026-11-22T03:00', 9_000, 1_000), false)[0]?.reasons).toEqual([
      'first-day',
      'not-at-rest',
    ]);
  });

  it('a daemon that was off for days closes them as one, and goes on after a restart where it was', () => {
    const { context, take } = closer();
    take(look('2026-11-20T12:00', 10_000, 0));
    take(look('2026-11-21T00:00', 9_000, 1_000));
    const again = createCloser(context, local, judge);
    const [days] = again.look(stock, look('2026-11-24T07:00', 5_000, 5_000), true);
    expect(days).toMatchObject({
      ...{ from: '2026-11-21', to: '2026-11-23', opening: 9_000, sales: 4_000, gauge: 5_000 },
      reasons: ['several-days'],
    });
  });

  it('a delivery that is booked late counts in the day in which it is booked: no day misses it, none has it twice', () => {
    const { context, take } = closer();
    take(look('2026-11-21T00:00', 1_000_000, 0));
    const [first] = take(look('2026-11-22T00:00', 6_000_000, 0));
    deliver(context, 1, 5_000_000, '2026-11-21T20:00');
    const [second] = take(look('2026-11-23T00:00', 6_000_000, 0));
    expect([first?.deliveries, second?.deliveries]).toEqual([0, 5_000_000]);
    expect((first && varianceOf(first).varianceMl) ?? 0).toBe(
      -((second && varianceOf(second).varianceMl) ?? 0),
    );
  });

  it('a month is the sum of its days', () => {
    const { context, take } = closer();
    take(look('2026-10-31T10:00', 5_000, 0));
    for (let day = 1; day <= 30; day++)
      take(look(`2026-11-${String(day).padStart(2, '0')}T00:00`, 5_000 - 10 * day, 10 * day));
    const closed = take(look('2026-12-01T00:00', 4_600, 310));
    expect(closed.map(({ period, from, to }) => [period, from, to])).toEqual([
      ['day', '2026-11-30', '2026-11-30'],
      ['month', '2026-11-01', '2026-11-30'],
    ]);
    expect(closed[1]).toMatchObject({ opening: 4_990, sales: 300, gauge: 4_600, reasons: [] });
    expect(closed[1] && varianceOf(closed[1]).varianceMl).toBe(-90);
    expect(context.store.tanks.closings.between('month', '2026-01-01', '2026-12-31')).toHaveLength(2);
  });

  it('a month whose end nobody saw is closed with the balance that reaches beyond it, and the next one begins behind that', () => {
    const { context, take } = closer();
    take(look('2026-09-30T10:00', 5_000, 0));
    take(look('2026-10-01T00:00', 5_000, 0));
    take(look('2026-10-30T00:00', 4_900, 100));
    const [, month] = take(look('2026-11-03T07:00', 4_000, 1_000));
    expect(month).toMatchObject({
      ...{
        period: 'month',
        from: '2026-10-01',
        to: '2026-11-02',
        opening: 5_000,
        sales: 1_000,
        gauge: 4_000,
      },
      reasons: ['several-months'],
    });
    take(look('2026-11-30T00:00', 3_500, 1_500));
    const [, next] = take(look('2026-12-01T00:00', 3_400, 1_600));
    expect(next).toMatchObject({
      ...{ period: 'month', from: '2026-11-03', to: '2026-11-30', opening: 4_000, sales: 600 },
      reasons: ['part-of-month'],
    });
    expect(context.store.tanks.closings.between('month', '2026-01-01', '2026-12-31')).toHaveLength(3);
  });

  it('months that are one balance are one', () => {
    const { take } = closer();
    take(look('2026-10-29T10:00', 5_000, 0));
    take(look('2026-10-30T00:00', 5_000, 0));
    const [, month] = take(look('2026-12-01T07:00', 4_000, 900));
    expect(month).toMatchObject({
      ...{ period: 'month', from: '2026-10-29', to: '2026-11-30', sales: 900 },
      reasons: ['part-of-month', 'several-months'],
    });
  });

  it('a clock that goes back closes nothing twice', () => {
    const { take } = closer();
    take(look('2026-11-21T10:00', 5_000, 0));
    expect(take(look('2026-11-22T00:00', 5_000, 0))).toHaveLength(1);
    expect(take(look('2026-11-21T23:00', 5_000, 0))).toEqual([]);
    expect(take(look('2026-11-22T01:00', 5_000, 0))).toEqual([]);
  });
});

describe('the stock report', () => {
  it('M174: closed days and the day that runs, by stock and by grade, and their sum over time', () => {
    const { context, take, made } = closer();
    for (const of of [stock, other]) {
      take(look('2026-11-20T00:00', 10_000, 0), true, of);
      take(look('2026-11-21T00:00', 8_990, 1_000), true, of);
      take(look('2026-11-22T00:00', 7_970, 2_000), true, of);
    }
    const report = stockReport(
      context,
      {
        ...{ closer: made, judge, stocks: [stock, other], findings: () => [] },
        thresholds: { investigatePpm: 5000, escalatePpm: 10_000 },
        newest: () => look('2026-11-22T08:00', 7_900, 2_100),
      },
      { period: 'day', from: '2026-11-20', to: '2026-11-22' },
    );
    expect(
      report.stocks.map(({ stock: id, from, varianceMl, open }) => [id, from, varianceMl, open]),
    ).toEqual([
      ['T1', '2026-11-20', -10, false],
      ['T1', '2026-11-21', -20, false],
      ['T1', '2026-11-22', 30, true],
      ['T2', '2026-11-20', -10, false],
      ['T2', '2026-11-21', -20, false],
      ['T2', '2026-11-22', 30, true],
    ]);
    expect(
      report.grades.map(({ stock: grade, salesMl, varianceMl }) => [grade, salesMl, varianceMl]),
    ).toEqual([
      ['92', 2_000, -20],
      ['92', 2_000, -40],
      ['92', 200, 60],
    ]);
    expect(report.cumulative[0]?.points).toEqual([
      { date: '2026-11-20', varianceMl: -10, throughputMl: 1_000 },
      { date: '2026-11-21', varianceMl: -30, throughputMl: 2_000 },
    ]);
  });

  it('M174: the month that runs is the sum of its closed days and of the day that runs, told as open', () => {
    const { context, take, made } = closer();
    take(look('2026-10-30T10:00', 6_000, 0));
    take(look('2026-10-31T00:00', 6_000, 0));
    take(look('2026-11-01T00:00', 5_000, 1_000));
    take(look('2026-11-02T00:00', 3_980, 2_000));
    deliver(context, 1, 4_000, '2026-11-02T09:00');
    take(look('2026-11-03T00:00', 6_970, 3_000));
    const report = (from: string, to: string) =>
      stockReport(
        context,
        {
          ...{ closer: made, judge, stocks: [stock], findings: () => [] },
          thresholds: { investigatePpm: 5000, escalatePpm: 10_000 },
          newest: () => look('2026-11-03T08:00', 6_860, 3_100),
        },
        { period: 'month', from, to },
      );
    const both = report('2026-10-01', '2026-11-03');
    expect(
      both.stocks.map(({ from, to, varianceMl, open, reasons }) => [from, to, varianceMl, open, reasons]),
    ).toEqual([
      ['2026-10-30', '2026-10-31', 0, false, ['part-of-month']],
      ['2026-11-01', '2026-11-03', -40, true, []],
    ]);
    expect(both.stocks[1]).toMatchObject({
      ...{ period: 'month', openingMl: 5_000, deliveriesMl: 4_000, salesMl: 2_100, gaugeMl: 6_860 },
    });
    expect(both.grades.map(({ stock: grade, open }) => [grade, open])).toEqual([
      ['92', false],
      ['92', true],
    ]);
    expect(report('2026-11-30', '2026-12-31').stocks.map(({ open }) => open)).toEqual([true]);
    expect(report('2026-10-01', '2026-10-31').stocks.map(({ open }) => open)).toEqual([false]);
    expect(report('2026-12-01', '2026-12-31').stocks).toEqual([]);
  });

  it('a stock that cannot be measured now has no variance', () => {
    const { context, take, made } = closer();
    take(look('2026-11-22T00:00', 10_000, 0));
    const opening = made.opening('T1');
    expect(opening && varianceOf(openBalance(context, judge, stock, opening, null))).toEqual({
      ...{ bookMl: 10_000, varianceMl: null, variancePpm: null },
    });
  });
});
