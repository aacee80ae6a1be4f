import { describe, expect, it } from 'vitest';
import { backoffMs } from '../../../src/drivers/bus/backoff.ts';
import { registerImage } from '../../../src/drivers/bus/image.ts';
import { RecentLeast, RoundTrips, Utilisation } from '../../../src/drivers/bus/stats.ts';
import { checkRanges, checkWrite } from '../../../src/drivers/bus/validate.ts';
import { characterMs, guardGapMs } from '../../../src/drivers/bus/wireTime.ts';
import type { LineConfig } from '../../../src/model/config/station.ts';

const serial = (baud: number, more: object = {}): LineConfig => ({
  id: 'line',
  kind: 'serial',
  path: '/dev/null',
  baud,
  dataBits: 8,
  parity: 'none',
  stopBits: 1,
  ...more,
});

describe('time on the wire', () => {
  it('counts start, data, parity and stop bits', () => {
    expect(characterMs(serial(9600))).toBeCloseTo(1.0417, 4);
    expect(characterMs(serial(9600, { parity: 'even' }))).toBeCloseTo(1.1458, 4);
    expect(characterMs(serial(9600, { dataBits: 7, parity: 'odd', stopBits: 2 }))).toBeCloseTo(1.1458, 4);
    expect(characterMs({ id: 'x', kind: 'modbus-tcp', host: 'h', port: 502 })).toBe(0);
  });

  it('keeps 3.5 characters, 1.75 ms above 19200 baud, or more where the line needs it', () => {
    expect(guardGapMs(serial(9600))).toBeCloseTo(3.6458, 4);
    expect(guardGapMs(serial(19_200, { parity: 'even' }))).toBeCloseTo(2.0052, 4);
    expect(guardGapMs(serial(115_200))).toBe(1.75);
    expect(guardGapMs(serial(115_200, { gapMs: 8 }))).toBe(8);
    expect(guardGapMs(serial(9600, { gapMs: 1 }))).toBeCloseTo(3.6458, 4);
  });
});

describe('the image of a reading', () => {
  const image = registerImage([
    { block: { table: 'holding', address: 10, count: 2 }, data: Buffer.from('00010002', 'hex') },
    { block: { table: 'holding', address: 12, count: 1 }, data: Buffer.from('ffff', 'hex') },
    { block: { table: 'coil', address: 3, count: 10 }, data: Buffer.from([0b0000_0010, 0b0000_0010]) },
  ]);
  const refused = expect.objectContaining({ code: 'REQUEST_REFUSED' });

  it('gives registers, across blocks too', () => {
    expect(image.register('holding', 11)).toBe(2);
    expect([...image.registers('holding', 10, 3)]).toEqual([1, 2, 0xffff]);
  });

  it('gives bits from the lowest of each byte', () => {
    expect([3, 4, 5, 11, 12].map((address) => image.bit('coil', address))).toEqual([
      false,
      true,
      false,
      false,
      true,
    ]);
  });

  it('refuses what was not read', () => {
    expect(() => image.register('holding', 13)).toThrow(refused);
    expect(() => image.registers('holding', 11, 3)).toThrow(refused);
    expect(() => image.register('input', 10)).toThrow(refused);
    expect(() => image.bit('coil', 13)).toThrow(refused);
    expect(() => image.bit('discrete', 3)).toThrow(refused);
  });
});

describe('back-off', () => {
  it('doubles, is spread, and never passes its bound', () => {
    expect([1, 2, 3].map((tries) => backoffMs(tries, 100, 10_000, 0.5))).toEqual([100, 200, 400]);
    expect(backoffMs(1, 100, 10_000, 0)).toBe(75);
    expect(backoffMs(1, 100, 10_000, 0.999_999)).toBeCloseTo(125, 3);
    expect(backoffMs(5_000, 100, 10_000, 0.999)).toBe(10_000);
  });
});

describe('statistics', () => {
  it('gives quantiles of the last 256 round trips', () => {
    const trips = new RoundTrips();
    expect(trips.quantile(0.5)).toBeNull();
    for (let each = 1; each <= 100; each++) trips.add(each);
    expect([trips.quantile(0.5), trips.quantile(0.99), trips.quantile(1)]).toEqual([50, 99, 100]);
    for (let each = 0; each < 256; each++) trips.add(7);
    expect(trips.quantile(1)).toBe(7);
  });

  it('gives the least of the last 64 values once there are 32', () => {
    const recent = new RecentLeast();
    for (let each = 0; each < 31; each++) recent.add(5 + each);
    expect(recent.least()).toBeNull();
    recent.add(40);
    expect(recent.least()).toBe(5);
    for (let each = 0; each < 64; each++) recent.add(9);
    expect(recent.least()).toBe(9);
    recent.forget();
    expect(recent.least()).toBeNull();
  });

  it('measures how much of the last ten seconds the line was in use', () => {
    const use = new Utilisation();
    expect(use.fraction(5)).toBe(0);
    for (let at = 0; at < 20_000; at += 100) use.add(at, at + 25);
    expect(use.fraction(20_000)).toBeCloseTo(0.25, 2);
    for (let at = 20_000; at < 25_000; at += 100) use.add(at, at + 100);
    expect(use.fraction(25_000)).toBeGreaterThan(0.55);
    expect(use.fraction(60_000)).toBe(0);
  });

  it('splits a long use over the seconds it took', () => {
    const use = new Utilisation();
    use.add(0, 30_000);
    expect(use.fraction(30_000)).toBeCloseTo(1, 5);
    expect(use.fraction(34_000)).toBeCloseTo(5 / 9, 5);
  });
});

describe('requests that no frame can carry', () => {
  const limits = { maxRegisters: 20, maxGap: 0 };
  const refused = expect.objectContaining({ code: 'REQUEST_REFUSED' });
  const range = (address: number, count: number, whole = false) => [
    { table: 'holding' as const, address, count, whole },
  ];

  it('are refused before anything is sent', () => {
    for (const ranges of [
      [],
      range(-1, 1),
      range(0, 0),
      range(65_535, 2),
      range(0.5, 1),
      range(0, 21, true),
    ]) {
      expect(() => checkRanges(ranges, limits)).toThrow(refused);
    }
    expect(() => checkRanges(range(0, 21), limits)).not.toThrow();
    expect(() => checkRanges([{ table: 'coil', address: 0, count: 320, whole: true }], limits)).not.toThrow();
    const write = (
      fn: 'write-register' | 'write-registers' | 'write-coil',
      values: number[],
      address = 0,
    ) => ({
      function: fn,
      address,
      values,
    });
    const bad = [
      write('write-register', []),
      write('write-register', [1, 2]),
      write('write-register', [65_536]),
      write('write-coil', [2]),
      write('write-registers', new Array<number>(124).fill(0)),
      write('write-registers', [1, 2], 65_535),
    ];
    for (const each of bad) expect(() => checkWrite(each)).toThrow(refused);
    expect(() => checkWrite(write('write-registers', new Array<number>(123).fill(0)))).not.toThrow();
  });
});
