import { describe, expect, it } from 'vitest';
import type { PointSpec } from '../../../src/core/fuelling/machine.ts';
import { millilitres } from '../../../src/model/units.ts';
import { amountOf, drive, plain, spec, twoHoses } from './drive.ts';

const minute = 60_000;
const hour = 60 * minute;

/** At rest for two minutes with this totalizer. */
function rest(at: ReturnType<typeof drive>, total: number, shown = 12_340): void {
  for (let n = 0; n < 12; n++) {
    at.live('idle', shown);
    at.totals(total);
    at.wait(n < 4 ? 1_000 : 15_000);
  }
}

describe('M179: how much is believed of a totalizer that moved while nobody looked', () => {
  it.each<[string, number, number | 'stood still', number, string[]]>([
    ['a minute explains 600 L', minute, minute, 590_000, []],
    ['a minute does not explain more', minute, minute, 1_300_000, ['totalizer-jump', 'totalizer-rebased']],
    ['an hour explains 12,000 L', hour, hour, 12_000_000, []],
    ['an hour does not explain more', hour, hour, 13_000_000, ['totalizer-jump', 'totalizer-rebased']],
    ['a month explains no more than a tank', 720 * hour, 720 * hour, 50_000_000, []],
    [
      'another totalizer is no sale',
      720 * hour,
      720 * hour,
      50_100_000,
      ['totalizer-jump', 'totalizer-rebased'],
    ],
    [
      'a clock that stood still: a busy day, with an alarm',
      10 * hour,
      'stood still',
      4_900_000,
      ['recovered-in-doubt'],
    ],
    [
      'a clock that stood still: no more',
      10 * hour,
      'stood still',
      5_100_000,
      ['totalizer-jump', 'totalizer-rebased'],
    ],
  ])('%s', (_, away, clock, moved, alarms) => {
    const at = drive(plain).settled(1_000_000);
    at.restart(away, clock === 'stood still' ? 0 : clock);
    rest(at, 1_000_000 + moved);
    expect(at.alarms()).toEqual(alarms);
    const refused = alarms.includes('totalizer-rebased');
    expect(at.sales().map((sale) => sale.key)).toEqual(
      refused ? [] : [`1:1A:g0:1000000-${1_000_000 + moved}`],
    );
    if (refused) {
      expect(at.facts()).toContainEqual(
        expect.objectContaining({ alarm: 'totalizer-rebased', text: expect.stringContaining(`${moved} ml`) }),
      );
    }
    // Counting goes on from there, in a generation of its own where nothing was sold.
    at.fill(5_000, 'idle');
    at.totals(1_005_000 + moved);
    expect(at.sales().at(-1)).toMatchObject({ volume: 5_000, totalizerStart: 1_000_000 + moved });
    expect(at.sales().at(-1)?.key).toContain(refused ? ':g1:' : ':g0:');
  });

  it.each<[string, number, number, string[]]>([
    ['a rollover', 99_990_000, 100_000, []],
    ['a rollover by more than some fills: sold with an alarm', 99_990_000, 1_000_000, ['recovered-in-doubt']],
    ['what may as well be a new board', 96_000_000, 1_500_000, ['totalizer-backward', 'totalizer-rebased']],
    ['a new board', 40_000_000, 20_000, ['totalizer-backward', 'totalizer-rebased']],
  ])('%s, in an hour', (_, before, after, alarms) => {
    const at = drive(plain).settled(before);
    at.restart(hour);
    rest(at, after);
    expect(at.alarms()).toEqual(alarms);
    const sold = alarms.includes('totalizer-rebased') ? [] : [100_000_000 - before + after];
    expect(at.sales().map(({ volume }) => volume)).toEqual(sold);
  });

  it.each([
    ['U32, 2 decimals', 42_949_672_960],
    ['U32, 3 decimals', 4_294_967_296],
    ['BCD of 8 digits, 2 decimals', 1_000_000_000],
    ['a width of the profile', 10_000_000],
  ])('rolled over while nobody looked: %s', (_, modulus) => {
    const rolling: PointSpec = { ...plain, totalizerModulus: millilitres(modulus) };
    const at = drive(rolling).settled(modulus - 20_000);
    at.restart(hour);
    rest(at, 15_000);
    at.fill(1_000, 'idle');
    at.totals(16_000);
    expect(at.sales().map(({ key, volume }) => [key, volume])).toEqual([
      [`1:1A:g0:${modulus - 20_000}-15000`, 35_000],
      ['1:1A:g1:15000-16000', 1_000],
    ]);
    expect(at.alarms()).toEqual([]);
  });
});

describe('a last sale that is read before the state shows the hang-up', () => {
  it('of a device that was lost meanwhile, is the record of the sale and bears its number', () => {
    const at = drive().settled(1_000_000, 7);
    at.live('calling', 0);
    at.live('fuelling', 20_000);
    at.lost();
    at.record(8, 41_500, { endCode: 1 });
    at.live('idle', 41_500);
    at.totals(1_041_500);
    at.record(8, 41_500, { endCode: 1 });
    expect(at.sales()).toMatchObject([
      { volume: 41_500, saleNumber: 8, endCode: 1, quality: 'recovered', flags: ['link-lost'] },
    ]);
  });
});

describe('M179: sale numbers that wrap while nobody looked', () => {
  it.each([9_999, 65_535])('at %i', (last) => {
    const at = drive({ ...spec, saleNumber: { first: 1, last } }).settled(1_000_000, last - 1);
    at.restart(hour);
    at.live('idle', 5_000);
    for (let n = 0; n < 3; n++) {
      at.totals(1_025_000);
      at.record(1, 5_000);
      at.wait(2_000);
    }
    expect(at.sales().map(({ saleNumber, volume }) => [saleNumber, volume])).toEqual([
      [last, 20_000],
      [1, 5_000],
    ]);
  });
});

describe('M179: a record that was told before', () => {
  const settle = (at: ReturnType<typeof drive>, total: number, number: number | null, volume: number) => {
    for (let n = 0; n < 4; n++) {
      at.live('completed', volume);
      at.totals(total);
      at.record(number, volume);
      at.wait(2_000);
    }
  };
  const sold = (point: PointSpec = spec) => {
    const at = drive(point).settled(1_000_000, point.saleNumber ? 7 : null);
    at.fill(20_000);
    settle(at, 1_020_000, point.saleNumber ? 8 : null, 20_000);
    expect(at.sales()).toHaveLength(1);
    at.lost();
    at.wait(90_000);
    return at;
  };

  it('again after the dispenser was rebooted: released again, not sold again', () => {
    const at = sold();
    settle(at, 1_020_000, 8, 20_000);
    expect(at.sales()).toHaveLength(1);
    expect(at.facts().at(-1)).toEqual({ kind: 'release', saleNumber: 8 });
    expect(at.facts().filter(({ kind }) => kind === 'release')).toHaveLength(2);
  });

  it('again, without a number', () => {
    const at = sold({ ...spec, saleNumber: null });
    settle(at, 1_020_000, null, 20_000);
    expect(at.sales()).toHaveLength(1);
    at.fill(20_000, 'completed', 20_000);
    settle(at, 1_040_000, null, 20_000);
    expect(at.sales().map(({ key }) => key)).toEqual(['1:1A:g0:1000000-1020000', '1:1A:g0:1020000-1040000']);
  });

  it('an older one, which the dispenser has kept through its reboot: nothing; its number may come twice', () => {
    const at = sold();
    settle(at, 1_020_000, 7, 12_340);
    expect(at.sales()).toHaveLength(1);
    at.fill(5_000, 'completed', 12_340);
    settle(at, 1_025_000, 8, 5_000);
    expect(at.sales().map(({ key }) => key)).toEqual([
      '1:1A:g0:1000000-1020000#8',
      '1:1A:g0:1020000-1025000#8',
    ]);
    expect(at.alarms()).toEqual([]);
  });

  it('numbers that begin again, with one sale unseen', () => {
    const at = sold();
    settle(at, 1_026_000, 1, 6_000);
    expect(at.sales().at(-1)).toMatchObject({
      key: '1:1A:g0:1020000-1026000#1',
      amount: amountOf(6_000),
      quality: 'recovered',
    });
    expect(at.sales()).toHaveLength(2);
  });

  it('between commit and release the process dies: the record is known and released', () => {
    const at = drive().settled(1_000_000);
    at.fill(20_000);
    at.totals(1_020_000);
    at.record(8, 20_000);
    expect(at.facts().at(-1)).toEqual({ kind: 'release', saleNumber: 8 });
    at.restart(1_000);
    settle(at, 1_020_000, 8, 20_000);
    expect(at.sales()).toHaveLength(1);
    expect(at.facts().at(-1)).toEqual({ kind: 'release', saleNumber: 8 });
  });
});

describe('M179: blind before and after a fuelling that was watched to its end', () => {
  const point: PointSpec = { ...spec, saleNumber: null };
  const watchedBetweenTwoGaps = (total: number, record: number): ReturnType<typeof drive> => {
    const at = drive(point).settled(100_000, null);
    at.restart(minute);
    at.live('fuelling', 6_000);
    at.wait(2_000);
    at.live('fuelling', 12_310);
    at.live('idle', 12_310);
    at.lost();
    at.wait(5_000);
    at.live('idle', record);
    at.restart(minute);
    for (let n = 0; n < 6; n++) {
      at.live('idle', record);
      at.totals(total);
      at.record(null, record);
      at.wait(2_000);
    }
    return at;
  };

  it('its record is still the last: what else the totalizer counted came before it', () => {
    const at = watchedBetweenTwoGaps(115_340, 12_310);
    expect(at.sales().map((sale) => sale.key)).toEqual(['1:1A:g0:100000-103030', '1:1A:g0:103030-115340']);
    expect(at.sales().map((sale) => sale.volume)).toEqual([3_030, 12_310]);
  });

  it('its record is not the last: that one came after it', () => {
    const at = watchedBetweenTwoGaps(115_340, 3_030);
    expect(at.sales().map((sale) => sale.volume)).toEqual([12_310, 3_030]);
  });
});

describe('M179: what is told of a fuelling that was watched in part', () => {
  it('its end unseen, and the next hose lifted: nothing is sold on what it showed in the middle', () => {
    const at = drive(twoHoses).settled([1_000_000, 2_000_000]);
    at.live('calling', 12_340, { hose: 1 });
    at.live('fuelling', 0, { hose: 1 });
    at.wait(1_000);
    at.live('fuelling', 820, { hose: 1 });
    at.restart(10_000);
    at.live('authorised', 0, { hose: 2 });
    at.live('fuelling', 500, { hose: 2 });
    at.restart(10_000);
    at.live('calling', 9_230, { hose: 1 });
    at.live('idle', 9_230);
    for (let n = 0; n < 8; n++) {
      at.totals(1_003_050, 2_009_230);
      at.wait(2_000);
      at.live('idle', 9_230);
    }
    expect(
      at
        .sales()
        .map((sale) => sale.key)
        .sort(),
    ).toEqual(['1:1A:g0:1000000-1003050', '1:1B:g0:2000000-2009230']);
  });

  it('only its lift seen, and nothing but the totalizer tells it: recovered, without an amount', () => {
    const at = drive({ ...spec, saleNumber: null }).settled(1_000_000, null);
    at.live('calling', 12_340);
    at.restart(1_000);
    at.live('idle', 0);
    for (let n = 0; n < 8; n++) {
      at.totals(1_002_560);
      at.record(null, 12_340);
      at.wait(2_000);
      at.live('idle', 0);
    }
    expect(at.sales()).toMatchObject([
      { key: '1:1A:g0:1000000-1002560', amount: null, quality: 'recovered', startedAt: null },
    ]);
    expect(at.sales()[0]?.liftedAt).not.toBeNull();
  });
});

describe('an amount that is finer than the currency', () => {
  it('of the record, of the display, of the amount totals: each is told with the sale', () => {
    const record = drive().settled(1_000_000);
    record.fill(20_000);
    record.totals(1_020_000);
    record.record(8, 20_000, { rounded: true });
    expect(record.sales()).toMatchObject([{ flags: ['amount-rounded'] }]);

    const display = drive(plain).settled(1_000_000);
    display.fill(20_000, 'idle', 12_340, { rounded: true });
    display.totals(1_020_000);
    expect(display.sales()).toMatchObject([{ flags: ['amount-rounded'] }]);

    const totals = drive(plain);
    totals.live('idle', 0);
    totals.totals([1_000_000, 500_000]);
    for (let n = 0; n < 4; n++) {
      totals.live('idle', 0);
      totals.rounded().totals([1_005_000, 503_925]);
      totals.wait(2_000);
    }
    expect(totals.sales()).toMatchObject([{ amount: 3_925, flags: ['amount-rounded'] }]);
  });

  it('without an amount there is nothing rounded', () => {
    const at = drive().settled(1_000_000);
    at.fill(20_000);
    at.totals(1_020_000);
    at.record(8, 20_000, { rounded: true, amount: null });
    expect(at.sales()).toMatchObject([{ amount: null, flags: [] }]);
  });
});

describe('M203: a restart shorter than a fuelling', () => {
  const killed = (away: number, clock = away) => {
    const at = drive().settled(1_000_000);
    at.live('calling', 12_340);
    at.live('fuelling', 0);
    at.restart(away, clock);
    at.live('fuelling', 6_000);
    at.live('completed', 9_000);
    at.totals(1_009_000);
    at.record(8, 9_000);
    return at.sales()[0];
  };
  it('keeps the lift of what flows after it', () => {
    expect(killed(2_000)).toMatchObject({ quality: 'seen', volume: 9_000, liftedAt: expect.any(Number) });
  });
  it.each([
    ['a longer one', 4_000, 4_000],
    ['one of unknown length', 2_000, 0],
  ])('%s does not', (_, away, clock) => {
    expect(killed(away, clock)).toMatchObject({ volume: 9_000, liftedAt: null, startedAt: null });
  });
});

it('a large fuelling that was watched over a rollover is in no doubt', () => {
  const at = drive(plain).settled(99_990_000);
  at.live('calling', 12_340);
  at.live('fuelling', 0);
  for (let volume = 2_000; volume <= 1_000_000; volume += 2_000) {
    at.wait(700);
    at.live('fuelling', volume);
  }
  at.live('idle', 1_000_000);
  at.totals(990_000);
  expect(at.sales()).toMatchObject([{ key: '1:1A:g0:99990000-990000', volume: 1_000_000, quality: 'seen' }]);
  expect(at.alarms()).toEqual([]);
});
