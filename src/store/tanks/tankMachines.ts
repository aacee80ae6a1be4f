/** What the machines of the tank side remember, each under its name, as JSON text. */
import type { Database } from 'better-sqlite3';

export interface TankMachines {
  load(name: string): string | null;
  save(name: string, state: string): void;
}

export function createTankMachines(db: Database): TankMachines {
  const load = db.prepare<[string], string>('SELECT state FROM tank_machines WHERE name = ?').pluck();
  const save = db.prepare<[string, string]>(
    'INSERT INTO tank_machines (name, state) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET state = excluded.state',
  );
  return {
    load: (name) => load.get(name) ?? null,
    save: (name, state) => void save.run(name, state),
  };
}
