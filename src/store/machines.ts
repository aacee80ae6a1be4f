/** The state of each fuelling point's machine, so that a restart in the middle of a fuelling goes on where it was. */
import type { Database } from 'better-sqlite3';

export interface Machines {
  /** The state last saved, or null. It is as old as the program that wrote it: parse it before use. */
  load(fuellingPoint: string): unknown;
  save(fuellingPoint: string, state: object): void;
}

export function createMachines(db: Database): Machines {
  const load = db.prepare<[string], string>('SELECT state FROM machines WHERE fuelling_point = ?').pluck();
  const save = db.prepare<[string, string]>(
    'INSERT INTO machines (fuelling_point, state) VALUES (?, ?) ON CONFLICT DO UPDATE SET state = excluded.state',
  );
  return {
    load(fuellingPoint) {
      const text = load.get(fuellingPoint);
      return text === undefined ? null : (JSON.parse(text) as unknown);
    },
    save(fuellingPoint, state) {
      save.run(fuellingPoint, JSON.stringify(state));
    },
  };
}
