import { describe, expect, it } from 'vitest';
import { amountOf, drive, plain, spec, t0, twoHoses } from './drive.ts';

/** The totals twice, and the record between, as the machine wants them. */
function found(at: ReturnType<typeof drive>, totals: readonly number[], number?: number, volume = 0): void {
  at.live('idle', volume);
  at.totals(...totals);
  if (number !== undefined) at.record(number, volume);
  at.totals(...totals);
  at.wait(3000);
  at.live('idle', volume);
  at.totals(...totals);
  if (number !== undefined) at.record(number, volume);
  at.totals(...totals);
}

describe('the baseline', () => {
  it('M179: first contact sells nothing, whatever the totalizer says', () => {
    const at = drive();
    at.live('idle', 12_340);
    at.totals(987_654_320);
    at.record(7, 12_340);
    at.totals(987_654_320);
    expect(at.sales()).toEqual([]);
    expect(at.kinds()).toContain('baseline');
  });

  it('M179: a zero is no baseline: the lifetime total is never sold', () => {
    const at = drive();
    at.live('idle', 0);
    at.totals(0);
    expect(at.kinds()).not.toContain('baseline');
    at.record(7, 12_340);
    at.totals(5_000_000);
    at.totals(5_000_000);
    expect(at.sales()).toEqual([]);
    expect(at.facts()).toContainEqual({ kind: 'baseline', nozzle: '1A', volume: 5_000_000 });
  });

  it('first contact in mid-fill: the span is derived from its end', () => {
    const at = drive(plain);
    at.live('fuelling', 9_000);
    at.live('fuelling', 15_000);
    at.live('idle', 20_000);
    at.totals(1_020_000);
    at.wait(3000);
    at.totals(1_020_000);
    expect(at.sales()).toMatchObject([
      { key: '1:1A:g0:1000000-1020000', startedAt: null, liftedAt: null, flags: ['start-derived'] },
    ]);
  });

  it('first contact in mid-fill over a rollover', () => {
    const at = drive(plain);
    at.live('fuelling', 9_000);
    at.live('idle', 20_000);
    at.wait(3000);
    at.totals(5_000);
    expect(at.sales()).toMatchObject([{ key: '1:1A:g0:99985000-5000', volume: 20_000 }]);
  });

  it('a totalizer that stays zero: keys go on, and the first other value is a baseline', () => {
    const at = drive(plain);
    at.live('idle', 0);
    at.totals(0);
    at.fill(20_000, 'idle', 0);
    at.wait(3000);
    at.totals(0);
    at.fill(10_000, 'idle', 20_000);
    at.wait(3000);
    at.totals(0);
    at.live('idle', 10_000);
    at.totals(7_000_000);
    at.totals(7_000_000);
    expect(at.sales().map((sale) => sale.key)).toEqual(['1:1A:g0:0-20000', '1:1A:g0:20000-30000']);
    expect(at.facts().at(-1)).toEqual({ kind: 'baseline', nozzle: '1A', volume: 7_000_000 });
  });

  it('what the dispenser held when it was first met is not ours: told, then released', () => {
    const at = drive();
    at.live('completed', 33_000);
    at.totals(1_000_000);
    at.record(7, 33_000);
    at.wait(3000);
    at.totals(1_000_000);
    expect(at.sales()).toEqual([]);
    expect(at.alarms()).toEqual(['held-before-contact']);
    expect(at.facts().at(-1)).toEqual({ kind: 'release', saleNumber: 7 });
  });
});

/** 25 L that nobody saw, booked before any record was read. */
function soldWithoutNumber(newest = 7): ReturnType<typeof drive> {
  const at = drive().settled(1_000_000, newest);
  at.restart(600_000);
  for (let n = 0; n < 16; n++) {
    at.live('idle', 0);
    at.totals(1_025_000);
    at.wait(1000);
  }
  expect(at.sales()).toMatchObject([{ volume: 25_000, saleNumber: null }]);
  return at;
}

describe('sales that happened while we could not see', () => {
  it("M179: a fast sale between two polls, with the record's amount", () => {
    const at = drive().settled(1_000_000);
    found(at, [1_005_000], 8, 5_000);
    expect(at.sales()).toMatchObject([
      {
        key: '1:1A:g0:1000000-1005000#8',
        volume: 5_000,
        amount: amountOf(5_000),
        liftedAt: null,
        startedAt: null,
        quality: 'recovered',
      },
    ]);
  });

  it('the same record offered again later sells nothing', () => {
    const at = drive().settled(1_000_000);
    found(at, [1_005_000], 8, 5_000);
    at.lost();
    at.wait(60_000);
    found(at, [1_005_000], 8, 5_000);
    at.restart();
    found(at, [1_005_000], 8, 5_000);
    expect(at.sales()).toHaveLength(1);
  });

  it('two sales: the record tells the second, the totalizer the first', () => {
    const at = drive().settled(1_000_000);
    at.restart(600_000);
    found(at, [1_025_000], 9, 5_000);
    expect(at.sales()).toMatchObject([
      { key: '1:1A:g0:1000000-1020000#8', volume: 20_000, amount: null },
      { key: '1:1A:g0:1020000-1025000#9', volume: 5_000, amount: amountOf(5_000) },
    ]);
    expect(at.alarms()).toEqual([]);
  });

  it('more than can be told apart: one sale for the rest, and an alarm', () => {
    const at = drive().settled(1_000_000);
    at.restart(600_000);
    found(at, [1_065_000], 11, 5_000);
    expect(at.sales().map(({ volume, saleNumber }) => [volume, saleNumber])).toEqual([
      [60_000, null],
      [5_000, 11],
    ]);
    expect(at.alarms()).toEqual(['sales-untold']);
  });

  it.each<[string, number, string[], number?]>([
    ['as many as were booked', 9, []],
    ['more than were booked', 10, ['sales-untold']],
    ['more, around the wrap of the numbers', 2, ['sales-untold'], 9998],
  ])(
    'the number of a sale tells, afterwards, that those booked without a number were %s',
    (_, number, told, first = 7) => {
      const at = soldWithoutNumber(first);
      at.fill(5_000);
      at.record(number, 5_000);
      at.totals(1_030_000);
      at.wait(3000);
      at.live('idle', 5_000);
      at.record(number, 5_000);
      at.totals(1_030_000);
      expect(at.sales().map(({ volume, saleNumber }) => [volume, saleNumber])).toEqual([
        [25_000, null],
        [5_000, number],
      ]);
      expect(at.alarms()).toEqual(told);
    },
  );

  it.each<[string, number, string[]]>([
    ['as many as were booked', 8, []],
    ['more than were booked', 10, ['sales-untold']],
  ])('so does a record that is read late, while nobody fuels: %s', (_, number, told) => {
    const at = soldWithoutNumber();
    for (let n = 0; n < 3; n++) {
      at.record(number, 5_000);
      at.totals(1_025_000);
      at.live('idle', 0);
    }
    expect(at.sales()).toHaveLength(1);
    expect(at.alarms()).toEqual(told);
  });

  it.each<[string, number, string[]]>([
    ['one sale before it', 9, []],
    ['four sales before it', 12, ['sales-untold']],
  ])('a record booked while the next driver fuels, with totals that tell of %s', (_, number, told) => {
    const at = drive().settled(1_000_000);
    at.live('calling', 12_340);
    at.restart(70_000);
    at.live('idle', 6_420);
    at.record(number, 6_420);
    at.totals(1_035_890);
    at.live('calling', 6_420);
    at.live('fuelling', 1_000);
    at.live('fuelling', 3_000);
    at.wait(3_000);
    at.live('completed', 7_700);
    for (let n = 0; n < 5; n++) {
      at.totals(1_043_590);
      at.record(number + 1, 7_700);
      at.wait(1_000);
      at.live('idle', 7_700);
    }
    expect(at.sales().map(({ volume, saleNumber }) => [volume, saleNumber])).toEqual([
      [6_420, number],
      [29_470, null],
      [7_700, number + 1],
    ]);
    expect(at.alarms()).toEqual(told);
  });

  it.each<[string, number, boolean, string[]]>([
    ['a record alone, of the only sale', 8, false, []],
    ['a record alone, of the second sale', 9, false, ['sales-untold']],
    ['a record that ends a fuelling, of the second sale', 9, true, []],
    ['a record that ends a fuelling, of the third sale', 10, true, ['sales-untold']],
  ])('told while the totalizer is late: %s', (_, number, lifted, told) => {
    const at = drive().settled(1_000_000);
    if (lifted) at.live('calling', 12_340);
    at.restart(20_000);
    const look = (total: number) => {
      at.live('idle', 4_340);
      at.totals(total);
      at.record(number, 4_340);
      at.wait(1_000);
    };
    for (let n = 0; n < 16; n++) look(1_000_000);
    expect(at.sales().map(({ saleNumber }) => saleNumber)).toEqual(lifted ? [number] : []);
    for (let n = 0; n < 8; n++) look(1_023_760);
    at.fill(5_000, 'completed', 4_340);
    for (let n = 0; n < 5; n++) {
      at.totals(1_028_760);
      at.record(number + 1, 5_000);
      at.wait(1_000);
      at.live('idle', 5_000);
    }
    expect(at.sales().at(-1)).toMatchObject({ volume: 5_000, saleNumber: number + 1 });
    expect(at.sales().reduce((sum, { volume }) => sum + volume, 0)).toBe(28_760);
    expect(at.alarms()).toEqual(told);
  });

  it('M179: the amount totalizer tells the amount where no record does', () => {
    const at = drive(plain);
    at.live('idle', 0);
    at.totals([1_000_000, 500_000]);
    at.live('idle', 0);
    at.totals([1_005_000, 503_925]);
    at.totals([1_005_000, 503_925]);
    at.wait(3000);
    at.totals([1_005_000, 503_925]);
    expect(at.sales()).toMatchObject([{ volume: 5_000, amount: 3_925, quality: 'recovered' }]);
  });

  it('several hoses after an outage, each its own sale', () => {
    const at = drive(twoHoses).settled([1_000_000, 2_000_000]);
    at.restart(3_600_000);
    found(at, [1_040_000, 2_030_000]);
    expect(at.sales().map(({ nozzle, volume, quality }) => [nozzle, volume, quality])).toEqual([
      ['1A', 40_000, 'recovered'],
      ['1B', 30_000, 'recovered'],
    ]);
  });

  it.each([
    ['a record that names its hose', { ...twoHoses, lastSale: true }, 1],
    ['no record', twoHoses, null],
  ] as const)(
    'the display that the hoses share tells nothing of a hose whose sale it is not (%s)',
    (_, point, named) => {
      const at = drive(point).settled([1_000_000, 2_000_000], null);
      at.live('calling', 0, { hose: 2 });
      at.live('fuelling', 3_000, { hose: 2 });
      at.restart(600_000);
      // Hose 2 has sold three times since, hose 1 twice, and the last of all was 6,490 ml from hose 1.
      const look = (): void => {
        at.live('idle', 6_490, { price: 6930 });
        at.totals(1_020_160, 2_036_900);
        if (named !== null) at.record(null, 6_490, { hose: named, price: 6930 });
      };
      look();
      at.wait(3000);
      look();
      expect(at.sales().map(({ nozzle, volume, price: told }) => [nozzle, volume, told === 6930])).toEqual(
        expect.arrayContaining([['1B', 36_900, false]]),
      );
      const sold = (nozzle: string): number =>
        at.sales().reduce((sum, sale) => sum + (sale.nozzle === nozzle ? sale.volume : 0), 0);
      expect([sold('1A'), sold('1B')]).toEqual([20_160, 36_900]);
    },
  );

  it('nor, where both sold as much, its price: the record names the other hose', () => {
    const at = drive({ ...twoHoses, lastSale: true });
    const look = (first: number, second: number, shown: number): void => {
      at.live('idle', shown, { price: 7360 });
      at.totals([1_000_000 + first, (first * 693) / 1000], [2_000_000 + second, (second * 736) / 1000]);
      at.record(null, shown, { hose: 2, price: 7360, amount: (shown * 736) / 1000 });
    };
    for (let n = 0; n < 3; n++) {
      look(0, 0, 4_000);
      at.wait(3000);
    }
    at.live('calling', 0, { hose: 1, price: 6930 });
    at.live('fuelling', 2_000, { hose: 1, price: 6930 });
    at.restart(600_000);
    look(5_000, 5_000, 5_000);
    at.wait(3000);
    look(5_000, 5_000, 5_000);
    expect(at.sales().map(({ nozzle, volume, amount }) => [nozzle, volume, amount])).toEqual([
      ['1B', 5_000, 3_680],
      ['1A', 5_000, 3_465],
    ]);
  });

  it("a move below the totalizer's resolution is kept, not sold and not lost", () => {
    const at = drive(plain).settled(1_000_000);
    for (let total = 1_000_010; total <= 1_000_030; total += 10) found(at, [total]);
    expect(at.sales()).toMatchObject([{ key: '1:1A:g0:1000000-1000030', volume: 30 }]);
  });

  it('restart in mid-fill: the sale, its key and its times are the same', () => {
    const watch = (restart: boolean) => {
      const at = drive().settled(1_000_000);
      at.live('calling', 12_340);
      at.live('fuelling', 0);
      at.live('fuelling', 5_000);
      at.lost();
      at.live('fuelling', 6_000);
      if (restart) at.restart(20_000);
      at.live('fuelling', 15_000);
      at.live('completed', 20_000);
      at.totals(1_020_000);
      at.record(8, 20_000);
      return at.sales()[0];
    };
    expect(watch(true)?.key).toBe(watch(false)?.key);
    expect(watch(true)).toMatchObject({
      liftedAt: watch(false)?.liftedAt,
      startedAt: watch(false)?.startedAt,
    });
  });

  it('ended during the restart: recovered; its own when its volume was watched and nothing else was sold', () => {
    const at = drive().settled(1_000_000);
    at.live('calling', 12_340);
    at.live('fuelling', 0);
    at.live('fuelling', 5_000);
    at.lost();
    at.restart(60_000);
    found(at, [1_020_000], 8, 20_000);
    expect(at.sales()).toMatchObject([
      { volume: 20_000, quality: 'recovered', startedAt: expect.any(Number) },
    ]);
  });

  it('ended during the restart, and another after it: the watched one is the first', () => {
    const at = drive().settled(1_000_000);
    at.live('calling', 12_340);
    at.live('fuelling', 0);
    at.live('fuelling', 5_000);
    at.lost();
    at.restart(60_000);
    found(at, [1_050_000], 9, 30_000);
    expect(at.sales()).toMatchObject([
      { volume: 20_000, saleNumber: 8, startedAt: expect.any(Number), quality: 'recovered' },
      { volume: 30_000, saleNumber: 9, startedAt: null, quality: 'recovered' },
    ]);
  });

  it('a lift before the restart, without fuel, is not the lift of the sale after it', () => {
    const at = drive().settled(1_000_000);
    at.live('calling', 12_340);
    at.restart(60_000);
    found(at, [1_020_000], 8, 20_000);
    expect(at.sales()).toMatchObject([{ volume: 20_000, liftedAt: null, startedAt: null }]);
  });

  it('M203: committed, but not acknowledged before the crash: released again, not sold again', () => {
    const at = drive().settled(1_000_000);
    at.fill(20_000);
    at.totals(1_020_000);
    at.record(8, 20_000);
    at.restart(5_000);
    at.live('completed', 20_000);
    at.totals(1_020_000);
    at.record(8, 20_000);
    at.wait(3000);
    at.totals(1_020_000);
    expect(at.sales()).toHaveLength(1);
    expect(at.facts().filter((fact) => fact.kind === 'release')).toEqual([
      { kind: 'release', saleNumber: 8 },
      { kind: 'release', saleNumber: 8 },
    ]);
  });
});

describe('totalizers that cannot be true', () => {
  it('M179: a zero: an alarm, nothing sold, and all is well when it goes away', () => {
    const at = drive().settled(1_000_000);
    for (let n = 0; n < 10; n++) {
      at.live('idle', 12_340);
      at.totals(0);
      at.wait(20_000);
    }
    expect(at.alarms()).toEqual(['totalizer-zero']);
    found(at, [1_005_000], 8, 5_000);
    expect(at.sales()).toMatchObject([{ key: '1:1A:g0:1000000-1005000#8' }]);
  });

  it.each([
    ['backward', 600_000, 'totalizer-backward'],
    ['a jump that no hose can deliver', 51_000_000, 'totalizer-jump'],
  ])('M179: %s: an alarm; believed in a new generation once it is steady', (_, volume, alarm) => {
    const at = drive(plain).settled(1_000_000);
    at.totals(volume);
    expect(at.alarms()).toEqual([alarm]);
    expect(at.facts().at(-1)).toMatchObject({ text: expect.stringContaining('1000000') });
    at.wait(29_000);
    at.totals(volume);
    expect(at.alarms()).toHaveLength(1);
    at.wait(31_500);
    at.totals(volume);
    expect(at.alarms()).toEqual([alarm, 'totalizer-rebased']);
    at.live('idle', 12_340);
    at.fill(5_000, 'idle');
    at.totals(volume + 5_000);
    expect(at.sales().map((sale) => sale.key)).toEqual([`1:1A:g1:${volume}-${volume + 5_000}`]);
  });

  it('a value that comes and goes is never believed', () => {
    const at = drive(plain).settled(1_000_000);
    for (let n = 0; n < 12; n++) {
      at.live('idle', 12_340);
      at.totals(n % 2 === 0 ? 600_000 : 1_000_000);
      at.wait(30_000);
    }
    expect(at.alarms()).not.toContain('totalizer-rebased');
    expect(at.sales()).toEqual([]);
  });

  it('M179: a new board begins at zero: proved by the first sale that moves it', () => {
    const at = drive(plain).settled(1_000_000);
    at.totals(0);
    at.fill(20_000, 'idle');
    at.wait(3000);
    at.totals(20_000);
    expect(at.alarms()).toEqual(['totalizer-zero', 'totalizer-rebased']);
    expect(at.sales().map((sale) => sale.key)).toEqual(['1:1A:g1:0-20000']);
  });

  it('the totals of two other dispensers: both raise an alarm, neither sells', () => {
    const one = drive(plain).settled(10_000_000);
    const other = drive(plain).settled(70_000_000);
    one.restart(60_000);
    other.restart(60_000);
    one.live('idle', 12_340);
    other.live('idle', 12_340);
    one.totals(70_000_000);
    other.totals(10_000_000);
    expect(other.alarms()).toEqual(['totalizer-backward']);
    expect(other.sales()).toEqual([]);
  });

  it.each([
    ['stood still', 0],
    ['went back', -86_400_000],
  ])('a clock that %s while we were away: a real sale is recovered, with an alarm', (_, clock) => {
    const at = drive(plain).settled(1_000_000);
    at.restart(36_000_000, clock);
    found(at, [2_500_000]);
    expect(at.alarms()).toEqual(['recovered-in-doubt']);
    expect(at.sales()).toMatchObject([{ volume: 1_500_000 }]);
  });

  it('hours away on a good clock explain hours of sales', () => {
    const at = drive(plain).settled(1_000_000);
    at.restart(36_000_000);
    found(at, [3_500_000]);
    expect(at.alarms()).toEqual([]);
    expect(at.sales()).toMatchObject([{ volume: 2_500_000 }]);
  });

  it('a device out of order shows placeholders: no alarm for its zeros', () => {
    const at = drive(spec).settled(1_000_000);
    at.live('inoperative', null);
    at.totals(0);
    expect(at.alarms()).toEqual([]);
  });
});

describe('times of a lift that was put off', () => {
  it('are not given to the next fuelling, though the totalizer fits that one', () => {
    const at = drive(plain).settled(1_000_000);
    at.live('calling', 12_340);
    at.live('fuelling', 40);
    at.lost();
    at.wait(30_000);
    at.live('idle', 12_340);
    at.live('calling', 12_340);
    at.live('fuelling', 0);
    at.live('fuelling', 10_000);
    at.live('idle', 10_000);
    at.totals(1_010_050);
    at.live('calling', 10_000);
    at.live('fuelling', 0);
    const sale = at.sales().find((each) => each.volume === 10_000);
    expect(sale?.liftedAt ?? t0 + 30_000).toBeGreaterThanOrEqual(t0 + 30_000);
    expect(sale).toBeDefined();
  });

  it('nor to what two fuellings were together, when the link was lost in and after them', () => {
    const at = drive(plain).settled(1_000_000);
    at.live('calling', 12_340);
    at.live('fuelling', 40);
    at.lost();
    at.wait(30_000);
    at.live('fuelling', 5_000);
    at.live('idle', 20_000);
    at.lost();
    at.wait(1_000);
    at.live('idle', 20_000);
    at.wait(3_000);
    at.totals(1_020_050);
    at.wait(3_000);
    at.totals(1_020_050);
    expect(at.sales().map(({ volume, liftedAt }) => [volume, liftedAt])).toEqual([
      [20_000, null],
      [50, null],
    ]);
  });
});

describe('two sales between two readings', () => {
  const unnumbered = { ...spec, saleNumber: null };
  it.each([
    ['told by the record', unnumbered, true],
    ['told by the display', plain, false],
    ['told by the number', spec, true],
  ])('M179: the watched one and the next, not one of both: %s', (_, point, record) => {
    const at = drive(point).settled(1_000_000, point.saleNumber ? 7 : null);
    at.live('calling', 12_340);
    at.live('fuelling', 0);
    at.live('fuelling', 8_000);
    at.wait(2_800);
    at.live('idle', 6_860);
    at.totals(1_016_430);
    if (record) at.record(point.saleNumber ? 9 : null, 6_860);
    at.wait(3_000);
    at.live('idle', 6_860);
    at.totals(1_016_430);
    at.wait(60_000);
    at.totals(1_016_430);
    const [first, second] = at.sales();
    expect(at.sales()).toHaveLength(2);
    expect(first).toMatchObject({ volume: 9_570, quality: 'recovered', liftedAt: expect.any(Number) });
    expect(second).toMatchObject({ volume: 6_860, amount: amountOf(6_860), liftedAt: null, startedAt: null });
    expect(at.alarms()).toEqual([]);
  });
});
