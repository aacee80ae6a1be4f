import { describe, expect, it } from 'vitest';
import type { PointSpec } from '../../../src/core/fuelling/machine.ts';
import { millilitres } from '../../../src/model/units.ts';
import { amountOf, drive, plain, price, spec, t0, twoHoses } from './drive.ts';

describe('a fuelling that is watched', () => {
  it('M179, M19: lift, start, end, sale and release, in this order', () => {
    const at = drive().settled(1_000_000);
    at.fill(20_000);
    at.totals(1_020_000);
    at.record(8, 20_000, { endCode: 1 });
    expect(at.kinds()).toEqual([
      'lifted',
      'state-changed',
      'started',
      'state-changed',
      'ended',
      'state-changed',
      'sale',
      'release',
    ]);
    expect(at.facts().at(-1)).toEqual({ kind: 'release', saleNumber: 8 });
    expect(at.sales()).toEqual([
      {
        key: '1:1A:g0:1000000-1020000#8',
        fuellingPoint: '1',
        nozzle: '1A',
        grade: '92',
        tank: 'T1',
        volume: 20_000,
        amount: amountOf(20_000),
        price,
        liftedAt: expect.any(Number),
        startedAt: expect.any(Number),
        endedAt: expect.any(Number),
        totalizerStart: 1_000_000,
        totalizerEnd: 1_020_000,
        saleNumber: 8,
        endCode: 1,
        quality: 'seen',
        flags: [],
      },
    ]);
    expect(at.sales()[0]?.liftedAt).toBeGreaterThan(t0);
  });

  it('is told once, however often the same is read again', () => {
    const at = drive().settled(1_000_000);
    at.fill(20_000);
    for (let n = 0; n < 3; n++) {
      at.totals(1_020_000);
      at.record(8, 20_000);
      at.live('completed', 20_000);
    }
    expect(at.sales()).toHaveLength(1);
    expect(at.kinds().filter((kind) => kind === 'release')).toHaveLength(1);
  });

  it('without a record: the display after the end, against the totalizer', () => {
    const at = drive(plain).settled(1_000_000);
    at.fill(20_000, 'idle');
    at.totals(1_020_000);
    expect(at.sales()).toMatchObject([
      { key: '1:1A:g0:1000000-1020000', volume: 20_000, amount: amountOf(20_000), saleNumber: null },
    ]);
  });

  it('the record is waited for; without one in time the display stands', () => {
    const at = drive().settled(1_000_000);
    at.fill(20_000);
    at.totals(1_020_000);
    at.record(7, 12_340);
    expect(at.sales()).toEqual([]);
    at.wait(3000);
    at.totals(1_020_000);
    expect(at.sales()).toMatchObject([{ volume: 20_000, saleNumber: null }]);
  });

  it('totalizer and record that still are of the sale before are not taken against the display', () => {
    const at = drive({ ...spec, saleNumber: null }).settled(1_000_000, null);
    at.lost();
    at.wait(20_000);
    at.fill(20_000, 'completed', 9_000);
    at.totals(1_009_000);
    at.record(null, 9_000);
    expect(at.sales()).toEqual([]);
    at.wait(2_000);
    at.totals(1_029_000);
    at.record(null, 20_000);
    at.wait(1_000);
    at.totals(1_029_000);
    expect(at.sales().map(({ volume, quality }) => [volume, quality])).toEqual([
      [9_000, 'recovered'],
      [20_000, 'seen'],
    ]);
  });

  it('M179: a nozzle lifted and hung up again is a zero sale, and is released', () => {
    const at = drive().settled(1_000_000);
    at.live('calling', 12_340);
    at.live('completed', 12_340);
    at.totals(1_000_000);
    at.record(7, 12_340);
    expect(at.sales()).toEqual([]);
    expect(at.kinds().slice(-2)).toEqual(['zero-sale', 'release']);
  });

  it('M179: suspended and resumed is one fuelling', () => {
    const at = drive().settled(1_000_000);
    at.live('calling', 12_340);
    at.live('fuelling', 5_000);
    at.live('suspended-fuelling', 5_000);
    at.live('fuelling', 9_000);
    at.live('completed', 10_000);
    at.totals(1_010_000);
    at.record(8, 10_000);
    expect(at.sales()).toMatchObject([{ volume: 10_000, flags: [] }]);
    expect(at.kinds().filter((kind) => kind === 'started')).toHaveLength(1);
  });

  it('out of order for a moment does not end it, for longer it does', () => {
    const at = drive().settled(1_000_000);
    at.live('calling', 12_340);
    at.live('fuelling', 5_000);
    at.live('inoperative', 5_000);
    at.live('fuelling', 6_000);
    expect(at.kinds()).not.toContain('ended');
    at.live('inoperative', 6_000);
    at.wait(2_900);
    at.live('inoperative', 6_000);
    at.wait(500);
    at.live('inoperative', 6_000);
    expect(at.kinds()).toContain('ended');
    at.totals(1_006_000);
    at.record(8, 6_000);
    expect(at.sales()).toMatchObject([{ volume: 6_000 }]);
  });

  it('the next lift before anything was read: both are told, each by its own evidence', () => {
    const at = drive(plain).settled(1_000_000);
    at.fill(20_000, 'idle');
    at.live('calling', 20_000);
    at.live('fuelling', 1_000);
    at.live('fuelling', 30_000);
    at.live('idle', 30_000);
    at.totals(1_050_000);
    expect(at.sales().map(({ key, quality }) => [key, quality])).toEqual([
      ['1:1A:g0:1000000-1020000', 'seen'],
      ['1:1A:g0:1020000-1050000', 'seen'],
    ]);
  });

  it('a volume that falls back is the next fuelling: the first is told by the rest of the totalizer', () => {
    const at = drive().settled(1_000_000);
    at.live('calling', 12_340);
    at.live('fuelling', 5_000);
    at.live('fuelling', 100);
    at.live('fuelling', 15_000);
    at.live('completed', 15_000);
    at.totals(1_023_000);
    at.record(9, 15_000);
    at.wait(3000);
    at.totals(1_023_000);
    const [first, second] = at.sales();
    expect(first).toMatchObject({
      key: '1:1A:g0:1000000-1008000#8',
      volume: 8_000,
      amount: null,
      quality: 'recovered',
    });
    expect(second).toMatchObject({ key: '1:1A:g0:1008000-1023000#9', volume: 15_000, quality: 'seen' });
    expect(first?.startedAt).toBeLessThan(second?.startedAt ?? 0);
  });

  it('another nozzle lifted ends the one before', () => {
    const at = drive(twoHoses).settled([1_000_000, 2_000_000]);
    at.live('calling', 12_340, { hose: 1 });
    at.live('fuelling', 9_000, { hose: 1 });
    at.live('calling', 9_000, { hose: 2 });
    at.totals(1_009_000, 2_000_000);
    at.live('fuelling', 4_000, { hose: 2 });
    at.live('idle', 4_000);
    at.totals(1_009_000, 2_004_000);
    at.wait(3000);
    at.totals(1_009_000, 2_004_000);
    expect(at.sales().map(({ nozzle, grade, volume }) => [nozzle, grade, volume])).toEqual([
      ['1A', '92', 9_000],
      ['1B', '95', 4_000],
    ]);
  });

  it('a dispenser that does not name the hose: the totalizer that moved does', () => {
    const at = drive(twoHoses).settled([1_000_000, 2_000_000]);
    at.fill(20_000, 'idle');
    at.totals(1_000_000, 2_020_000);
    expect(at.sales()).toMatchObject([{ nozzle: '1B', grade: '95', volume: 20_000, quality: 'seen' }]);
  });

  it("a dispenser that names the wrong hose: an alarm, and nobody's sale", () => {
    const at = drive(twoHoses).settled([1_000_000, 2_000_000]);
    at.fill(20_000, 'idle', 12_340, { hose: 1 });
    at.totals(1_000_000, 2_020_000);
    expect(at.alarms()).toEqual(['hose-differs']);
    expect(at.sales()).toMatchObject([{ nozzle: '1B', quality: 'recovered', liftedAt: null }]);
  });
});

describe('what does not fit is flagged, never mended', () => {
  it.each([
    ['within a minor unit', 15_698, []],
    ['one more', 15_699, []],
    ['beyond', 15_750, ['amount-differs']],
  ])('amount %s', (_, amount, flags) => {
    const at = drive().settled(1_000_000);
    at.fill(20_000);
    at.totals(1_020_000);
    at.record(8, 20_000, { amount });
    expect(at.sales()).toMatchObject([{ amount, flags }]);
  });

  it('M179: price changed in mid-fill: the price at its end, and a flag', () => {
    const at = drive().settled(1_000_000);
    at.live('calling', 12_340);
    at.live('fuelling', 5_000);
    at.live('fuelling', 9_000, { price: 8_000 });
    at.live('completed', 10_000, { price: 8_000 });
    at.totals(1_010_000);
    at.record(8, 10_000, { price: 8_000, amount: 8_000 });
    expect(at.sales()).toMatchObject([{ price: 8_000, flags: ['price-changed'] }]);
  });

  it('a totalizer that has not moved in time: sold, and its later move is not sold again', () => {
    const at = drive(plain).settled(1_000_000);
    at.fill(20_000, 'idle');
    at.totals(1_000_000);
    expect(at.sales()).toEqual([]);
    at.wait(3000);
    at.totals(1_000_000);
    expect(at.sales()).toMatchObject([{ key: '1:1A:g0:1000000-1020000', flags: ['totalizer-late'] }]);
    at.wait(20_000);
    at.live('idle', 20_000);
    at.totals(1_012_000);
    at.totals(1_020_000);
    at.totals(1_020_000);
    at.fill(5_000, 'idle', 20_000);
    at.totals(1_025_000);
    expect(at.sales().map((sale) => sale.key)).toEqual([
      '1:1A:g0:1000000-1020000',
      '1:1A:g0:1020000-1025000',
    ]);
  });

  it('a totalizer that never counts a sale: alarm, and a new generation', () => {
    const at = drive(plain).settled(1_000_000);
    at.fill(20_000, 'idle');
    at.wait(3000);
    at.totals(1_000_000);
    at.wait(61_000);
    at.live('idle', 20_000);
    at.fill(7_000, 'idle', 20_000);
    at.wait(3000);
    at.totals(1_007_000);
    expect(at.alarms()).toEqual(['totalizer-short']);
    expect(at.sales().map((sale) => sale.key)).toEqual([
      '1:1A:g0:1000000-1020000',
      '1:1A:g1:1000000-1007000',
    ]);
  });

  it("a totalizer that counted more than the one numbered sale: the rest is recovered and nobody's", () => {
    const at = drive().settled(1_000_000);
    at.fill(20_000);
    at.totals(1_025_000);
    at.record(8, 20_000);
    at.wait(3000);
    at.totals(1_025_000);
    expect(at.sales()).toMatchObject([
      { volume: 5_000, amount: null, quality: 'recovered', liftedAt: null, flags: [] },
      { volume: 20_000, saleNumber: 8, quality: 'seen', flags: ['volume-differs'] },
    ]);
  });

  it('a silent device in mid-fill: one sale, marked', () => {
    const at = drive().settled(1_000_000);
    at.live('calling', 12_340);
    at.live('fuelling', 5_000);
    at.lost();
    at.wait(20_000);
    at.live('fuelling', 15_000);
    at.live('completed', 20_000);
    at.totals(1_020_000);
    at.record(8, 20_000);
    expect(at.sales()).toMatchObject([{ volume: 20_000, quality: 'seen', flags: ['link-lost'] }]);
    expect(at.sales()[0]?.liftedAt).not.toBeNull();
  });
});

describe('keys', () => {
  const wraps: [string, number, number, number, string][] = [
    ['BCD8, 2 decimals', 1_000_000_000, 999_990_000, 10_000, '1:1A:g0:999990000-10000#8'],
    ['U32, 3 decimals', 4_294_967_296, 4_294_960_000, 12_704, '1:1A:g0:4294960000-12704#8'],
    ['a width of the profile, to exactly zero', 1_000_000, 980_000, 0, '1:1A:g0:980000-0#8'],
  ];
  it.each(wraps)('M179: a rollover begins a new generation: %s', (_, modulus, start, end, key) => {
    const rolling: PointSpec = { ...spec, totalizerModulus: millilitres(modulus) };
    const at = drive(rolling).settled(start);
    at.fill(20_000);
    at.totals(end);
    at.record(8, 20_000);
    at.fill(1_000, 'completed', 20_000);
    at.totals(end + 1_000);
    at.record(9, 1_000);
    expect(at.sales().map((sale) => sale.key)).toEqual([key, `1:1A:g1:${end}-${end + 1_000}#9`]);
    expect(at.alarms()).toEqual([]);
  });

  it.each([
    ['9999', 9999],
    ['65535', 65535],
  ])('M179: sale numbers wrap at %s', (_, last) => {
    const at = drive({ ...spec, saleNumber: { first: 1, last } }).settled(1_000_000, last);
    at.fill(20_000);
    at.totals(1_020_000);
    at.record(1, 20_000);
    expect(at.sales()).toMatchObject([{ key: '1:1A:g0:1000000-1020000#1', saleNumber: 1 }]);
  });

  it('a late sale keeps its key when it is told again after a crash', () => {
    const once = () => {
      const at = drive(plain).settled(1_000_000);
      at.fill(20_000, 'idle');
      at.wait(3000);
      at.totals(1_000_000);
      return at.sales()[0]?.key;
    };
    expect(once()).toBe('1:1A:g0:1000000-1020000');
    expect(once()).toBe(once());
  });
});
