import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { csv, exact } from '../../../src/cli/render/csv.ts';
import { curve, drawn, scaleOf } from '../../../src/cli/render/curve.ts';
import {
  celsius,
  dayTime,
  litresDifference,
  millimetres,
  percentDifference,
  percentOf,
  span,
  wholeLitres,
} from '../../../src/cli/render/measures.ts';
import { ticks } from '../../../src/cli/render/svg.ts';
import { beside, columns, cut, padded, printable, wrapped } from '../../../src/cli/render/text.ts';
import { hostile, steers } from '../../support/plainTerminal.ts';

describe('text of others', () => {
  it('cannot steer a terminal, wherever in a view it stands', () => {
    const shown = printable({ a: [hostile, { b: hostile }], n: 1, none: null, yes: true });
    expect(JSON.stringify(shown)).not.toMatch(steers);
    expect(shown.a[0]).toBe('�[2J�31m"=cmd|\' /C calc\'!A0"���evil�<script>&]]>');
    expect(shown).toMatchObject({ n: 1, none: null, yes: true });
  });

  it.each([
    ['T1', 2],
    ['柴油', 4],
    ['e\u0301', 1],
    ['\x1b[31mred\x1b[39m', 3],
    ['', 0],
  ])('%j takes its columns', (text, width) => {
    expect(columns(text)).toBe(width);
  });

  it.each([
    ['level bad: probe lost since 04:10', 12, ['level bad:', 'probe lost', 'since 04:10']],
    ['order 20 000 L now, by 6', 16, ['order 20 000 L', 'now, by 6']],
    ['abcdefghij', 4, ['abcd', 'efgh', 'ij']],
    ['柴油柴油', 5, ['柴油', '柴油']],
    ['a  b', 10, ['a b']],
    ['', 10, []],
  ])('%j in lines of %d columns', (text, width, lines) => {
    expect(wrapped(text, width)).toEqual(lines);
  });

  it('a line is never wider than asked, and no character is lost', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 2, max: 40 }), (text, width) => {
        const plain = printable(text);
        const lines = wrapped(plain, width);
        for (const line of lines) expect(columns(line)).toBeLessThanOrEqual(width);
        expect(lines.join('').replaceAll(' ', '')).toBe(plain.replaceAll(' ', ''));
      }),
    );
  });

  it('is cut with an ellipsis and padded to its columns', () => {
    expect(cut('diesel-winter', 8)).toBe('diesel-…');
    expect(cut('diesel', 8)).toBe('diesel');
    expect(padded('柴油', 6)).toBe('柴油  ');
    const blocks = [
      { lines: ['a', 'b'], width: 3 },
      { lines: ['c'], width: 3 },
    ];
    expect(beside(blocks)).toEqual(['a  c', 'b']);
    expect(beside([])).toEqual([]);
  });
});

describe('measures as people read them', () => {
  it.each([
    [wholeLitres(18_432_400), '18 432'],
    [wholeLitres(1_234_567_890), '1 234 568'],
    [wholeLitres(-499), '0'],
    [wholeLitres(-1500), '-2'],
    [wholeLitres(null), '-'],
    [litresDifference(12_349), '+12.3'],
    [litresDifference(-12_350), '-12.3'],
    [litresDifference(-1_234_000), '-1 234.0'],
    [litresDifference(-20), '0.0'],
    [litresDifference(null), '-'],
    [percentDifference(5000), '+0.50'],
    [percentDifference(-123), '-0.01'],
    [percentDifference(null), '-'],
    [celsius(1432), '14.3'],
    [celsius(-35), '-0.3'],
    [celsius(null), '-'],
    [millimetres(124), '12.4'],
    [millimetres(null), '-'],
    [span(0.4), 'less than 1 h'],
    [span(23.9), '23 h'],
    [span(52.4), '2 d 4 h'],
    [span(null), '-'],
    [dayTime('2026-11-28T05:53:40.000Z'), '2026-11-28 05:53'],
    [dayTime('never'), '-'],
    [dayTime(null), '-'],
  ])('%s is %s', (shown, expected) => {
    expect(shown).toBe(expected);
  });

  it('a share needs a whole', () => {
    expect(percentOf(1, 3)).toBe(33);
    for (const [part, whole] of [
      [null, 3],
      [1, null],
      [1, 0],
    ] as const)
      expect(percentOf(part, whole)).toBeNull();
  });
});

describe('CSV', () => {
  const write = (text: string) => csv([['a_l', (row: string) => ({ text: row })]], [text]);

  it.each([
    ['plain', 'plain'],
    ['a,b', '"a,b"'],
    ['say "x"', '"say ""x"""'],
    ['=1+1', "'=1+1"],
    ['+49', "'+49"],
    ['-1', "'-1"],
    ['@x', "'@x"],
    ['\t=1', "'�=1"],
    ['a\nb', 'a�b'],
    ['', ''],
    ['柴油', '柴油'],
  ])('a text %j is written %j', (text, cell) => {
    expect(write(text)).toBe(`a_l\r\n${cell}\r\n`);
  });

  it('numbers stay numbers, also below zero', () => {
    const list = csv([['a_l', (ml: number | null) => exact(ml, 3)]], [-12_300, 5, null]);
    expect(list).toBe('a_l\r\n-12.300\r\n0.005\r\n\r\n');
  });
});

describe('a curve of dots', () => {
  it('goes from corner to corner and stops where nothing is known', () => {
    const scale = { low: 0, high: 1 };
    const size = { width: 2, height: 1 };
    const line = [
      { x: 0, y: 0 },
      { x: 1, y: 1 },
    ];
    expect(curve(line, scale, size)).toEqual(['⡠⠊']);
    expect(curve([line[0]!, { x: 0.5, y: null }, line[1]!], scale, size)).toEqual(['⡀⠈']);
    expect(curve([], scale, size)).toEqual(['⠀⠀']);
    expect(curve([{ x: 7, y: 9 }], scale, size)).toEqual(['⠀⠈']);
  });

  it('a level that stands still is drawn in the middle of a scale that is wide enough', () => {
    expect(scaleOf([{ x: 0, y: 500 }], 100)).toEqual({ low: 450, high: 550 });
    expect(scaleOf([{ x: 0, y: null }], 100)).toBeNull();
  });

  it('has its axes', () => {
    const text = drawn(
      [
        { x: 0, y: 0 },
        { x: 1, y: 0 },
      ],
      { low: 0, high: 10 },
      { width: 30, unit: 'L', label: String, ends: ['00:00', '12:00', '24:00'], height: 2 },
    );
    expect(text.split('\n')).toEqual([
      ` 10 L ┤${'⠀'.repeat(24)}`,
      `  0 L ┤${'⣀'.repeat(24)}`,
      `      └${'─'.repeat(24)}`,
      '       00:00    12:00     24:00',
    ]);
  });
});

describe('ticks of an axis', () => {
  it.each([
    [-84, 84, 7, [-80, -60, -40, -20, 0, 20, 40, 60, 80]],
    [0, 1, 5, [0, 0.2, 0.4, 0.6000000000000001, 0.8, 1]],
    [5, 5, 5, [5]],
    [0, 100_000, 5, [0, 20_000, 40_000, 60_000, 80_000, 100_000]],
  ])('from %d to %d', (low, high, count, values) => {
    expect(ticks(low, high, count)).toEqual(values);
  });
});
