import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseStrapping, readStrapping } from '../../../src/station/configuration/strapping.ts';
import { tempDirectory } from '../../support/tempStore.ts';

const parse = (text: string) => parseStrapping('t.csv', text);
const rowsOf = (text: string) => parse(text).rows?.map(({ height, volume }) => [height, volume]);
const plain = [
  [0, 0],
  [10_000, 5_000_000],
  [20_005, 10_000_500],
];

describe('a strapping table', () => {
  it.each([
    ['as plain CSV', '0,0\n1000,5000\n2000.5,10000.5\n'],
    ['with a heading', 'height_mm,volume_l\n0,0\n1000,5000\n2000.5,10000.5'],
    ['with a heading in another language', 'Höhe (mm);Volumen (l)\n0;0\n1000;5000\n2000.5;10000.5'],
    ['from a spreadsheet of Windows', '\uFEFFheight,volume\r\n0,0\r\n1000,5000\r\n2000.5,10000.5\r\n'],
    ['with comments and empty lines', '# tank 1\n\n0,0\n  # half\n1000,5000\n\n2000.5,10000.5\n'],
    ['with tabs, quotes and blanks', '"0"\t"0"\n 1000 \t 5000\n2000.50\t10000.500'],
    ['with empty columns behind', '0;0;;\n1000;5000;;\n2000.5;10000.5;;'],
  ])('%s', (_, text) => {
    expect(parse(text).problems).toEqual([]);
    expect(rowsOf(text)).toEqual(plain);
  });

  it('may stand still in volume, as at the dead bottom', () => {
    expect(rowsOf('0,0\n50,0\n60,12.3456')).toEqual([
      [0, 0],
      [500, 0],
      [600, 12_346],
    ]);
  });

  it.each([
    ['a decimal comma', '0;0\n12,5;103,7', 2, /has a decimal comma/, /with a point/],
    ['a decimal comma between commas', '0,0\n12,5,103,7', 2, /is not a height and a volume/, /with a point/],
    ['one column', '0,0\n1000', 2, /is not a height and a volume/, /height_mm,volume_l/],
    ['a third column', '0,0,5\n', 1, /is not a height and a volume/, /Two columns/],
    ['a height that falls', '0,0\n1000,50\n900,60', 3, /height 900 mm is not above 1000 mm/, /Sort the rows/],
    ['a height twice', '0,0\n1000,50\n1000,60', 3, /not above/, /each height once/],
    ['a volume that falls', '0,0\n1000,50\n1100,49', 3, /volume 49 l is less than 50 l/, /check both rows/],
    ['a word', '0,0\n1000,full', 2, /volume "full" is no number/, /without unit/],
    ['a thousands separator', "0,0\n1000,5'000", 2, /is no number/, /thousands/],
    ['a negative number', '0,0\n1000,-5', 2, /is negative/, /Write a number/],
    ['an exponent', '0,0\n1000,1e3', 2, /is no number/, /Write a number/],
    ['a height beyond every tank', '0,0\n50001,5', 2, /is greater than 50000/, /Write a number/],
    ['a volume beyond every tank', '0,0\n1000,10000000.1', 2, /is greater than 10000000/, /Write a number/],
    ['a heading in gallons', 'height_in,volume_gal\n0,0\n10,20', 1, /speaks of "in"/, /convert/],
    ['one row', '0,0\n', 0, /1 row/, /two lines/],
    ['nothing', '# nothing yet\n', 0, /0 row/, /two lines/],
    ['one volume', '0,0\n1000,0', 0, /never rises/, /full tank/],
  ])('with %s tells line and mend', (_, text, line, message, hint) => {
    const { rows, problems } = parse(text);
    expect(rows).toBeNull();
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatchObject({ severity: 'error', file: 't.csv', line });
    expect(problems[0]?.message).toMatch(message);
    expect(problems[0]?.hint).toMatch(hint);
  });

  it('tells every error at once, up to twenty', () => {
    expect(parse('0,0\nx,1\n2,y\n3,3').problems.map(({ line }) => line)).toEqual([2, 3]);
    const many = parse(Array.from({ length: 100 }, (_, n) => `${n},x`).join('\n')).problems;
    expect(many).toHaveLength(21);
    expect(many.at(-1)?.message).toBe('there are more errors');
  });

  it('with more rows than any tank needs is refused', () => {
    const { rows, problems } = parse(Array.from({ length: 50_001 }, (_, n) => `${n / 10},${n}`).join('\n'));
    expect(rows).toBeNull();
    expect(problems).toMatchObject([{ line: 50_001, message: 'has more than 50000 rows' }]);
  });

  it('gives back what was written, whatever the separator', () => {
    const steps = fc.array(fc.tuple(fc.integer({ min: 1, max: 400 }), fc.integer({ min: 0, max: 90_000 })), {
      minLength: 2,
      maxLength: 60,
    });
    fc.assert(
      fc.property(
        steps,
        fc.constantFrom(',', ';', '\t'),
        fc.constantFrom('\n', '\r\n'),
        (all, comma, end) => {
          const rows = [[0, 0]];
          for (const [up, more] of all) {
            const [height = 0, volume = 0] = rows.at(-1) ?? [];
            rows.push([height + up, volume + more]);
          }
          fc.pre((rows.at(-1)?.[1] ?? 0) > 0);
          const text = rows.map(([h = 0, v = 0]) => `${h / 10}${comma}${v / 1000}`).join(end);
          expect(rowsOf(text)).toEqual(rows);
        },
      ),
    );
  });

  it('never throws, and never gives rows that fall', () => {
    const piece = fc.constantFrom(
      '0',
      '1',
      '9',
      '.',
      ',',
      ';',
      '\n',
      '\r',
      '-',
      'e',
      '#',
      '"',
      'mm',
      ' ',
      '\u0000',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 80 }), (pieces) => {
        const { rows, problems } = parse(pieces.join(''));
        expect(rows === null).toBe(problems.length > 0);
        for (const [n, row] of (rows ?? []).entries()) {
          const before = rows?.[n - 1];
          if (before) expect(row.height > before.height && row.volume >= before.volume).toBe(true);
        }
      }),
    );
  });
});

describe('the file of a strapping table', () => {
  const file = (content: string | Uint8Array): string => {
    const path = join(tempDirectory(), 't1.csv');
    writeFileSync(path, content);
    return path;
  };

  it('is read', () => {
    expect(readStrapping(file('\uFEFF0,0\r\n1000,5000\r\n')).rows).toEqual([
      { height: 0, volume: 0 },
      { height: 10_000, volume: 5_000_000 },
    ]);
  });

  it.each<[string, () => string, RegExp]>([
    ['does not exist', () => join(tempDirectory(), 'none.csv'), /does not exist/],
    [
      'is a folder',
      () => {
        const path = join(tempDirectory(), 'folder');
        mkdirSync(path);
        return path;
      },
      /is not a file/,
    ],
    ['is huge', () => file(new Uint8Array(1024 * 1024 + 1)), /larger than 1 MiB/],
    ['is no text', () => file(Uint8Array.of(0x48, 0xf6, 0x68, 0x65, 0x0a, 0x30, 0x2c, 0x30)), /UTF-8/],
  ])('that %s is told', (_, path, message) => {
    const { rows, problems } = readStrapping(path());
    expect(rows).toBeNull();
    expect(problems).toHaveLength(1);
    expect(problems[0]?.message).toMatch(message);
    expect(problems[0]?.line).toBe(0);
  });
});
