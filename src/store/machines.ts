/** The state of each fuelling point's machine, so that a restart in the middle of a fuelling goes on where it was. */
import type { Database } from 'better-sqlite3';

export interface Machines {
  /** The state last saved, or null. It is as old as the program that wrote it: parse it before use. */
  load(fuellingPoint: string): unknown;
  save(fuellingPoint: string, state: object): void;
  /** Keeps a state under a name that no fuelling point has, to be looked at by a person. */
  setAside(fuellingPoint: string, name: string): void;
  /** Everything that has a state, the ones set aside among them. */
  names(): string[];
  /** The highest generation in the keys of a point's sales; null: it has none. Reads all its keys. */
  highestGeneration(fuellingPoint: string): number | null;
}

export function createMachines(db: Database): Machines {
  const load = db.prepare<[string], string>('SELECT state FROM machines WHERE fuelling_point = ?').pluck();
  const save = db.prepare<[string, string]>(
    'INSERT INTO machines (fuelling_point, state) VALUES (?, ?) ON CONFLICT DO UPDATE SET state = excluded.state',
  );
  const setAside = db.prepare<[string, string]>(
    'UPDATE OR REPLACE machines SET fuelling_point = ? WHERE fuelling_point = ?',
  );
  const names = db.prepare<[], string>('SELECT fuelling_point FROM machines ORDER BY 1').pluck();
  // ";" comes after ":": all keys that begin with the point and a colon, out of the index.
  const keys = db
    .prepare<[string, string], string>('SELECT key FROM sales WHERE key > ? AND key < ?')
    .pluck();
  return {
    load(fuellingPoint) {
      const text = load.get(fuellingPoint);
      return text === undefined ? null : (JSON.parse(text) as unknown);
    },
    save(fuellingPoint, state) {
      save.run(fuellingPoint, JSON.stringify(state));
    },
    setAside(fuellingPoint, name) {
      setAside.run(name, fuellingPoint);
    },
    names: () => names.all(),
    highestGeneration(fuellingPoint) {
      let highest: number | null = null;
      for (const key of keys.iterate(`${fuellingPoint}:`, `${fuellingPoint};`)) {
        const generation = Number(/^[^:]*:[^:]*:g(\d+):/.exec(key)?.[1] ?? 0);
        if (highest === null || generation > highest) highest = generation;
      }
      return highest;
    },
  };
}
