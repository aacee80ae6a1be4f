/** Incidents that a person recorded, spills above all, linked to a sale where there is one. */
import type { Database } from 'better-sqlite3';
import { type SaleKey, saleKey } from '../../model/ids.ts';
import type { Instant } from '../../model/units.ts';

export interface Incident {
  readonly kind: 'spill' | 'other';
  readonly at: Instant;
  readonly sale: SaleKey | null;
  readonly fuellingPoint: string | null;
  readonly tank: string | null;
  /** As somebody estimated. */
  readonly litres: number | null;
  readonly text: string;
  readonly action: string;
  readonly by: string;
}

export interface StoredIncident extends Incident {
  readonly number: number;
}

export interface Incidents {
  /** Returns its number. */
  add(incident: Incident): number;
  /** Newest first. */
  recent(limit: number): StoredIncident[];
  /** Oldest first. */
  of(sale: SaleKey): StoredIncident[];
}

interface Row extends Omit<StoredIncident, 'sale'> {
  readonly sale: string | null;
}

export function createIncidents(db: Database): Incidents {
  const add = db.prepare<[Incident]>(
    `INSERT INTO incidents (kind, at, sale, fuelling_point, tank, litres, text, action, decided_by)
     VALUES (@kind, @at, @sale, @fuellingPoint, @tank, @litres, @text, @action, @by)`,
  );
  const columns =
    'number, kind, at, sale, fuelling_point AS fuellingPoint, tank, litres, text, action, decided_by AS "by"';
  const recent = db.prepare<[number], Row>(`SELECT ${columns} FROM incidents ORDER BY number DESC LIMIT ?`);
  const of = db.prepare<[string], Row>(`SELECT ${columns} FROM incidents WHERE sale = ? ORDER BY number`);
  const stored = (row: Row): StoredIncident => ({
    ...row,
    sale: row.sale === null ? null : saleKey(row.sale),
  });
  return {
    add: (incident) => Number(add.run(incident).lastInsertRowid),
    recent: (limit) => recent.all(limit).map(stored),
    of: (sale) => of.all(sale).map(stored),
  };
}
