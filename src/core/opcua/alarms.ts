/**
 * Alarm flags of all tanks to the alarms that stand. A list counts as complete only when every flag could be read:
 * an alarm that cannot be seen is not over.
 */
import type { OpcuaTankFields } from '../../model/config/opcuaProfile.ts';
import type { GaugeAlarm, GaugeAlarmsComplete } from '../../model/tank.ts';
import type { Instant, MonoMs } from '../../model/units.ts';
import { alarmField, type RawRecord } from './tank.ts';
import { readFlag } from './value.ts';

export interface AlarmBook {
  /** By tank, then by code; null: could not be read. */
  readonly flags: ReadonlyMap<number, ReadonlyMap<string, boolean | null>>;
  /** When the list was last told, monotonic; null: never. */
  readonly toldAt: MonoMs | null;
}

export const noAlarms: AlarmBook = { flags: new Map(), toldAt: null };

/** The whole list is told again after so long, changed or not. */
const againMs = 60_000;

/** Takes what was read of one tank; tells the list when it changed. Nothing is told before every tank was read once. */
export function takeAlarms(
  fields: OpcuaTankFields,
  tanks: readonly number[],
  book: AlarmBook,
  read: { readonly tank: number; readonly record: RawRecord; readonly at: Instant; readonly mono: MonoMs },
): { readonly book: AlarmBook; readonly facts: readonly (GaugeAlarm | GaugeAlarmsComplete)[] } {
  if (fields.alarms.length === 0) return { book, facts: [] };
  const now = new Map(
    fields.alarms.map((alarm) => [
      alarm.code,
      readFlag(alarm, read.record.get(alarmField(alarm.code))).value,
    ]),
  );
  const before = book.flags.get(read.tank);
  const flags = new Map(book.flags).set(read.tank, now);
  const changed =
    before === undefined || fields.alarms.some(({ code }) => before.get(code) !== now.get(code));
  const due = book.toldAt === null || read.mono - book.toldAt >= againMs;
  if (!tanks.every((tank) => flags.has(tank)) || (!changed && !due))
    return { book: { ...book, flags }, facts: [] };

  const { at, mono } = read;
  const standing = tanks.flatMap((tank) =>
    fields.alarms
      .filter(({ code }) => flags.get(tank)?.get(code) === true)
      .map(
        ({ code, alarm, text }): GaugeAlarm => ({
          kind: 'alarm',
          tank,
          source: 'live',
          code,
          alarm,
          text,
          active: true,
          at,
          mono,
        }),
      ),
  );
  const whole = tanks.every((tank) => fields.alarms.every(({ code }) => flags.get(tank)?.get(code) !== null));
  return {
    book: { flags, toldAt: mono },
    facts: whole ? [...standing, { kind: 'alarms-complete', at, mono }] : standing,
  };
}
