/** Alarms of tanks, manifolds and gauges: raised once, acknowledged by a person, cleared when they are over. */
import type { Database } from 'better-sqlite3';
import type { TankAlarmKind } from '../../model/tank.ts';
import type { Instant } from '../../model/units.ts';

/** What an alarm is about: of these three at most one stands at a time. */
export interface AlarmName {
  /** Tank, manifold or gauge. */
  readonly subject: string;
  readonly kind: TankAlarmKind;
  /** Tells alarms of one kind apart, the gauge's own code for example; mostly empty. */
  readonly code: string;
}

export interface TankAlarm extends AlarmName {
  readonly number: number;
  /** null: of a manifold or a gauge. */
  readonly tank: string | null;
  readonly text: string;
  readonly raisedAt: Instant;
  readonly acknowledgedAt: Instant | null;
  readonly acknowledgedBy: string | null;
  readonly note: string | null;
  readonly clearedAt: Instant | null;
}

export interface TankAlarms {
  /** Its number, or null when it stands already. */
  raise(alarm: AlarmName & Pick<TankAlarm, 'tank' | 'text' | 'raisedAt'>): number | null;
  /** The alarm that was cleared; null: it did not stand. */
  clear(name: AlarmName, at: Instant): TankAlarm | null;
  /** Whether one of this name stood at `at`, or was raised within `toleranceMs` of it. */
  stood(name: AlarmName, at: Instant, toleranceMs: number): boolean;
  /** When the one that stands was raised; null: none stands. */
  since(name: AlarmName): Instant | null;
  /** false: it is over or acknowledged already. */
  acknowledge(number: number, by: string, note: string, at: Instant): boolean;
  get(number: number): TankAlarm | null;
  standing(): TankAlarm[];
  /** Newest first. */
  recent(limit: number): TankAlarm[];
}

export function createTankAlarms(db: Database): TankAlarms {
  const columns = `number, subject, tank, kind, code, text, raised_at AS raisedAt, acknowledged_at AS acknowledgedAt,
    acknowledged_by AS acknowledgedBy, note, cleared_at AS clearedAt`;
  const raise = db.prepare<[AlarmName & Pick<TankAlarm, 'tank' | 'text' | 'raisedAt'>]>(
    `INSERT INTO tank_alarms (subject, tank, kind, code, text, raised_at)
     VALUES (@subject, @tank, @kind, @code, @text, @raisedAt) ON CONFLICT DO NOTHING`,
  );
  const find = db.prepare<[AlarmName], TankAlarm>(
    `SELECT ${columns} FROM tank_alarms
     WHERE subject = @subject AND kind = @kind AND code = @code AND cleared_at IS NULL`,
  );
  const stood = db
    .prepare<[AlarmName & { at: number; toleranceMs: number }], number>(
      `SELECT count(*) FROM tank_alarms WHERE subject = @subject AND kind = @kind AND code = @code
         AND @at >= raised_at - @toleranceMs
         AND (cleared_at IS NULL OR @at <= max(cleared_at, raised_at + @toleranceMs))`,
    )
    .pluck();
  const clear = db.prepare<[number, number]>('UPDATE tank_alarms SET cleared_at = ? WHERE number = ?');
  const acknowledge = db.prepare<[number, string, string, number]>(
    `UPDATE tank_alarms SET acknowledged_at = ?, acknowledged_by = ?, note = ?
     WHERE number = ? AND acknowledged_at IS NULL AND cleared_at IS NULL`,
  );
  const get = db.prepare<[number], TankAlarm>(`SELECT ${columns} FROM tank_alarms WHERE number = ?`);
  const standing = db.prepare<[], TankAlarm>(
    `SELECT ${columns} FROM tank_alarms WHERE cleared_at IS NULL ORDER BY number DESC`,
  );
  const recent = db.prepare<[number], TankAlarm>(
    `SELECT ${columns} FROM tank_alarms ORDER BY number DESC LIMIT ?`,
  );
  return {
    raise(alarm) {
      const { changes, lastInsertRowid } = raise.run(alarm);
      return changes === 0 ? null : Number(lastInsertRowid);
    },
    clear(name, at) {
      const alarm = find.get(name);
      if (!alarm) return null;
      clear.run(at, alarm.number);
      return { ...alarm, clearedAt: at };
    },
    stood: (name, at, toleranceMs) => (stood.get({ ...name, at, toleranceMs }) ?? 0) > 0,
    since: (name) => find.get(name)?.raisedAt ?? null,
    acknowledge: (number, by, note, at) => acknowledge.run(at, by, note, number).changes === 1,
    get: (number) => get.get(number) ?? null,
    standing: () => standing.all(),
    recent: (limit) => recent.all(limit),
  };
}
