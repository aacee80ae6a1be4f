/** Reads of attendants' cards: who served, where and when. */
import type { Database } from 'better-sqlite3';
import type { Instant } from '../model/units.ts';

export interface Attendance {
  readonly at: Instant;
  readonly reader: string;
  readonly fuellingPoints: readonly string[];
  readonly member: string;
}

export interface Attendances {
  add(attendance: Attendance): void;
  /** Member whose attendant card was read last at this point from `from` to `to`; null: none was. */
  last(fuellingPoint: string, from: Instant, to: Instant): string | null;
  /** The clock was set: reads at or after `since` are so much later. */
  move(since: Instant, deltaMs: number): void;
}

export function createAttendances(db: Database): Attendances {
  const add = db.prepare<[number, string, string, string]>(
    'INSERT INTO attendances (at, reader, fuelling_points, member) VALUES (?, ?, ?, ?)',
  );
  const last = db
    .prepare<[number, number, string], string>(
      `SELECT member FROM attendances WHERE at BETWEEN ? AND ?
         AND EXISTS (SELECT 1 FROM json_each(fuelling_points) WHERE value = ?) ORDER BY at DESC, id DESC LIMIT 1`,
    )
    .pluck();
  const move = db.prepare<[number, number]>('UPDATE attendances SET at = at + ? WHERE at >= ?');
  return {
    add(attendance) {
      add.run(attendance.at, attendance.reader, JSON.stringify(attendance.fuellingPoints), attendance.member);
    },
    last: (fuellingPoint, from, to) => last.get(from, to, fuellingPoint) ?? null,
    move(since, deltaMs) {
      move.run(deltaMs, since);
    },
  };
}
