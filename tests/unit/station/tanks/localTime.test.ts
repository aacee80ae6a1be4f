import { describe, expect, it } from 'vitest';
import { instant, millilitres } from '../../../../src/model/units.ts';
import { localTime, volumesByHour } from '../../../../src/station/tanks/localTime.ts';
import type { Volumes } from '../../../../src/store/tanks/volumes.ts';

const at = (text: string) => instant(Date.parse(text));

describe("the station's local time", () => {
  const berlin = localTime('Europe/Berlin', '06:00');

  it('a business day is 23 or 25 hours long when the clocks change', () => {
    const hours = (date: string) => {
      const { from, to } = berlin.day(date);
      return (to - from) / 3_600_000;
    };
    expect([hours('2026-03-27'), hours('2026-03-28'), hours('2026-10-24')]).toEqual([24, 23, 25]);
    expect(berlin.day('2026-03-28').from).toBe(at('2026-03-28T05:00:00Z'));
    expect(berlin.shift('2026-02-28', 1)).toBe('2026-03-01');
  });

  it('weekdays count from Monday', () => {
    expect(berlin.weekdayAndHour(at('2026-11-27T23:30:00Z'))).toEqual({ weekday: 5, hour: 0 });
  });

  it("what a gauge's clock prints comes back as the instant, and nonsense as nothing", () => {
    const fields = { year: 2026, month: 7, day: 1, hour: 12, minute: 30, second: 15 };
    expect(berlin.toInstant(fields)).toBe(at('2026-07-01T10:30:15Z'));
    expect(berlin.toLocal(at('2026-07-01T10:30:15Z'))).toEqual(fields);
    expect(berlin.toInstant({ ...fields, month: 13 })).toBeNull();
  });
});

describe('sold volumes by local hour', () => {
  /** One sale of a litre in each half hour, grouped as the database does. */
  const halfHours = (from: number, to: number) => {
    const ended: number[] = [];
    for (let each = from; each < to; each += 1_800_000) ended.push(each);
    const asked: [number, number][] = [];
    const volumes: Volumes = {
      byTankAfter: () => [],
      firstSaleAt: () => null,
      between: () => millilitres(0),
      byHour(first, end, offset) {
        asked.push([first, end]);
        return ended
          .filter((each) => each >= first && each < end)
          .map((each) => ({
            ...{ fuellingPoint: 'FP1', tank: 'T1', grade: '92', sales: 1, volume: millilitres(1000) },
            hour: Math.floor((each + offset) / 3_600_000),
          }));
      },
    };
    return { volumes, asked };
  };

  it.each([
    ['Europe/Berlin', '2026-03-20T00:00:00Z', '2026-11-10T00:00:00Z', 3],
    ['Europe/Berlin', '2026-10-25T01:00:00Z', '2026-10-25T03:00:00Z', 1],
    ['Europe/Berlin', '2026-10-25T00:10:00Z', '2026-10-25T01:20:00Z', 2],
    ['Australia/Lord_Howe', '2026-09-30T00:00:00Z', '2026-10-10T00:00:00Z', 2],
    ['Asia/Shanghai', '2026-01-01T00:00:00Z', '2026-12-31T00:00:00Z', 1],
  ])('M163: %s from %s to %s: each sale in its own local hour', (zone, from, to, stretches) => {
    const { volumes, asked } = halfHours(at(from), at(to));
    const rows = volumesByHour(volumes, zone, at(from), at(to));
    expect(asked).toHaveLength(stretches);
    const local = new Intl.DateTimeFormat('en-GB', { timeZone: zone, hour: '2-digit', hourCycle: 'h23' });
    const wanted: number[] = [];
    for (let each: number = at(from); each < at(to); each += 1_800_000)
      wanted.push(Number(local.format(each)));
    expect(rows.map(({ hour }) => ((hour % 24) + 24) % 24)).toEqual(wanted);
  });
});
