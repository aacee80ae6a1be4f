import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { tankDetail } from '../../../src/cli/render/tank.ts';
import { tankPictures } from '../../../src/cli/render/tankPicture.ts';
import { tankTable } from '../../../src/cli/render/tanks.ts';
import { columns } from '../../../src/cli/render/text.ts';
import { tankAlarmKinds } from '../../../src/model/tank.ts';
import type { TankView } from '../../../src/station/tanks/view.ts';
import { hostile, steers } from '../../support/plainTerminal.ts';
import {
  alarmView,
  deliveryView,
  limits,
  tankDetailView,
  tankView,
  unknownTank,
} from '../../support/tankViews.ts';

const low = tankView({
  ...{ id: 'T2', grade: 'diesel', stock: 'M1', limits, volumeMl: 2_100_000, ullageMl: 26_000_000 },
  ...{ waterTenthMm: 520, waterMl: 4_000_000, alarms: ['low', 'water'], cover: { hours: 7, text: '' } },
  order: { grade: 'diesel', orderBy: '2026-11-28T18:00:00Z', litres: 20_000, urgent: true, text: 'soon' },
});
const lost = tankView({
  id: 'T3',
  stock: 'T3',
  quality: 'bad',
  reason: 'probe lost',
  alarms: ['probe-lost'],
});

const lines = (text: string): string[] => text.split('\n').map((line) => line.trimEnd());

describe('M172: tanks as pictures', () => {
  it('shows fill, water, limits, ullage, cover and what to order, side by side', () => {
    expect(lines(tankPictures([tankView({ limits }), low], 80))).toEqual([
      ' T1  92                    T2  diesel (M1)',
      ' ╭────────────╮            ╭────────────╮',
      ' │            ├ high 95%   │            ├ high 95%',
      ' │            │            │            │',
      ' │            │            │            │',
      ' │▁▁▁▁▁▁▁▁▁▁▁▁│            │            │',
      ' │████████████│            │            │',
      ' │████████████│            │            │',
      ' │████████████│            │            │',
      ' │████████████│            │            │',
      ' │████████████├ low 10%    │████████████├ low 10%',
      ' │████████████├ crit 5%    │≈≈≈≈≈≈≈≈≈≈≈≈├ crit 5%',
      ' ╰≈≈≈≈≈≈≈≈≈≈≈≈╯            ╰────────────╯',
      ' 18 432 L, 61 %            2 100 L, 7 %',
      ' ullage 10 068 L           ullage 26 000 L',
      ' 14.3 °C                   14.3 °C',
      ' water 12.4 mm, 38 L       water 52.0 mm, 4 000 L',
      ' cover 2 d 4 h             cover 7 h',
      '                           order 20 000 L now, by',
      '                           2026-11-28 18:00',
      '                           ! low',
      '                           ! water',
    ]);
  });

  it('a level that is not known is hatched, never an empty tank, and no ullage is told from it', () => {
    const text = lines(tankPictures([lost, unknownTank({ id: 'T4', stock: 'T4' })], 80));
    expect(text.slice(0, 12)).toEqual([
      ' T3  92                    T4  92',
      ' ╭────────────╮            ╭────────────╮',
      ' │╱╱╱╱╱╱╱╱╱╱╱╱├ safe 95%   │╱╱╱╱╱╱╱╱╱╱╱╱│',
      ...Array<string>(3).fill(' │╱╱╱╱╱╱╱╱╱╱╱╱│            │╱╱╱╱╱╱╱╱╱╱╱╱│'),
      ' │╱╱╱╱ ?? ╱╱╱╱│            │╱╱╱╱ ?? ╱╱╱╱│',
      ...Array<string>(5).fill(' │╱╱╱╱╱╱╱╱╱╱╱╱│            │╱╱╱╱╱╱╱╱╱╱╱╱│'),
    ]);
    expect(text.slice(13)).toEqual([
      ' level bad: probe lost     level unknown: no gauge',
      ' not to be relied on:      is configured',
      ' 18 432 L, 61 % of         ullage unknown',
      ' 2026-11-28 05:53          water unknown',
      ' ullage unknown            cover unknown: no level',
      ' 14.3 °C',
      ' water 12.4 mm, 38 L',
      ' cover 2 d 4 h',
      ' ! probe-lost',
    ]);
  });

  it.each([
    ['empty', 0, '            ', '            '],
    ['a drop', 1, '            ', '▁▁▁▁▁▁▁▁▁▁▁▁'],
    ['brimful', 30_000_000, '████████████', '████████████'],
    ['more than it holds', 31_000_000, '████████████', '████████████'],
  ])('%s', (_, volumeMl, top, bottom) => {
    const tank = tankView({ volumeMl, waterMl: 0, waterTenthMm: 0, safeFillMl: null });
    const text = lines(tankPictures([tank], 80));
    expect([text[2], text[11], text[12]]).toEqual([` │${top}│`, ` │${bottom}│`, ' ╰────────────╯']);
  });

  it('an uncertain level is drawn in another shade', () => {
    const text = tankPictures([tankView({ quality: 'uncertain', reason: 'no temperature' })], 80);
    expect(text).toContain(' │▒▒▒▒▒▒▒▒▒▒▒▒│');
    expect(text).toContain('uncertain: no');
  });

  it('a volume without a capacity is told in words', () => {
    const text = tankPictures([tankView({ capacityMl: null, safeFillMl: null })], 80);
    expect(text).toContain('╱╱╱╱ ?? ╱╱╱╱');
    expect(text).toContain('18 432 L\n capacity not known');
  });

  it('a station without tanks says so', () => {
    expect(tankPictures([], 80)).toBe(' no tank is configured');
    expect(tankTable([])).toBe(' no tank is configured');
  });

  it('whatever is known, and whatever texts say, lines are no wider than the screen and steer nothing', () => {
    const ml = fc.option(fc.integer({ min: -1000, max: 60_000_000 }));
    const word = fc.oneof(fc.string({ unit: 'binary' }), fc.constant(hostile));
    const tank = fc.record<TankView>({
      ...{ id: word, grade: word, stock: word, gauge: fc.option(word), reason: word },
      ...{ capacityMl: ml, safeFillMl: ml, volumeMl: ml, volumeAt15Ml: ml, ullageMl: ml, waterMl: ml },
      quality: fc.constantFrom('good', 'uncertain', 'bad', 'unknown'),
      ...{ heightTenthMm: ml, waterTenthMm: ml, temperatureCentiC: ml },
      at: fc.option(fc.constantFrom('2026-11-28T05:53:00.000Z', 'nonsense')),
      delivery: fc.boolean(),
      cover: fc.record({ hours: fc.option(fc.double({ min: 0, max: 1e4, noNaN: true })), text: word }),
      order: fc.option(
        fc.record({ grade: word, orderBy: word, litres: fc.nat(1e6), urgent: fc.boolean(), text: word }),
      ),
      alarms: fc.subarray([...tankAlarmKinds]),
      limits: fc.record({
        ...{ overfillMl: ml, highMl: ml, lowMl: ml, criticalMl: ml },
        ...{ waterWarningTenthMm: fc.nat(), waterTenthMm: fc.nat() },
      }),
    });
    fc.assert(
      fc.property(fc.array(tank, { maxLength: 4 }), fc.integer({ min: 24, max: 200 }), (tanks, width) => {
        const picture = tankPictures(tanks, width);
        for (const line of picture.split('\n')) expect(columns(line)).toBeLessThanOrEqual(width);
        expect(picture).not.toMatch(steers);
        expect(tankTable(tanks)).not.toMatch(steers);
        for (const each of tanks) {
          const detail = tankDetail(tankDetailView({ ...each, limits: each.limits ?? limits }), width);
          expect(detail).not.toMatch(steers);
        }
      }),
      { numRuns: 25 },
    );
  });

  it('a screen of 16 columns still gets a picture, without the marks', () => {
    const text = tankPictures([tankView({ limits })], 10);
    expect(lines(text).slice(0, 3)).toEqual([' T1  92', ' ╭────────────╮', ' │            │']);
    for (const line of text.split('\n')) expect(columns(line)).toBeLessThanOrEqual(16);
  });
});

describe('M172: tanks as a table', () => {
  it('marks figures that are not to be relied on, and tells why below', () => {
    expect(lines(tankTable([tankView(), low, lost, unknownTank({ id: 'T4' })]))).toEqual([
      ' tank  grade   stock  level     litres  full  ullage    °C  water mm  cover    alarms',
      ' T1    92      T1     good      18 432    61  10 068  14.3      12.4  2 d 4 h  -',
      ' T2    diesel  M1     good       2 100     7  26 000  14.3      52.0  7 h      low water',
      ' T3    92      T3     bad      18 432?   61?       -  14.3      12.4  2 d 4 h  probe-lost',
      ' T4    92      T1     unknown        -     -       -     -         -  -        -',
      ' T2: order 20 000 L now, by 2026-11-28 18:00 (soon)',
      ' T3: level bad, probe lost',
      ' T4: level unknown, no gauge is configured',
      ' T4: cover unknown, no level',
    ]);
  });
});

describe('everything of a tank', () => {
  const at = (minute: number): string => new Date(Date.UTC(2026, 10, 27, 6, minute)).toISOString();
  const level = (minute: number, volumeMl: number | null, quality = 'good') => ({
    ...{ at: at(minute), quality, volumeMl, waterTenthMm: null, temperatureCentiC: null },
  });

  it('shows level, limits, alarms, deliveries, leak test and nozzles', () => {
    const text = tankDetail(
      tankDetailView({
        leakTest: { text: 'no leak found', litresPerHour: 0.05, plusMinus: 0.12, idleHours: 31.4 },
        levels: [level(0, 20_000_000), level(1440, 18_000_000)],
        standing: [alarmView()],
        deliveries: [deliveryView()],
      }),
      100,
    );
    for (const part of [
      'Tank T1, 92',
      'level        good, of 2026-11-28 05:53',
      'fuel         18 432 L, 61 %; at 15 °C 18 440 L',
      'ullage       10 068 L to the safe fill of 28 500 L',
      'overfill 29 400 L, high 28 500 L, low 3 000 L, critical',
      'cover        2 d 4 h; at the usual demand of 340 L/h',
      'nothing needs to be ordered yet',
      'nozzles      FP1/1 FP2/1',
      'no leak found; 0.05 ± 0.12 L/h, 31 h idle',
      'water 52.0 mm, limit 50.0 mm',
      '06:00                            18:00                             06:00',
    ])
      expect(text).toContain(part);
    for (const line of text.split('\n')) expect(columns(line)).toBeLessThanOrEqual(110);
  });

  it('a bad level, and a silence of more than an hour, are gaps in the curve', () => {
    const curveOf = (levels: ReturnType<typeof level>[]): string =>
      lines(tankDetail(tankDetailView({ levels }), 60))
        .filter((line) => line.includes('┤'))
        .join('');
    const steady = Array.from({ length: 97 }, (_, n) => level(n * 15, 9_000_000));
    const dots = (text: string): number => [...text].filter((c) => c > '\u2800' && c <= '\u28ff').length;
    const whole = dots(curveOf(steady));
    const bad = steady.map((each, n) => (n > 20 && n < 60 ? level(n * 15, 9_000_000, 'bad') : each));
    const silent = steady.filter((_, n) => n <= 20 || n >= 60);
    expect(dots(curveOf(bad))).toBeLessThan(whole * 0.65);
    expect(dots(curveOf(silent))).toBe(dots(curveOf(bad)));
  });

  it('of a tank of which nothing is known', () => {
    const text = tankDetail(tankDetailView({ ...unknownTank(), nozzles: [], levels: [level(0, null)] }), 40);
    expect(text).toContain('no level was good enough to be drawn');
    expect(text).toContain('cover        unknown: no level');
    expect(text).toContain('leak test    not watched');
    expect(text).toContain('no delivery yet');
    expect(text).toContain(' none');
  });
});
