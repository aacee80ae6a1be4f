/** What rows of each table look like, so that a page whose place in the tree is lost is still known by its rows. */
import Database from 'better-sqlite3';
import { eventSchemas } from '../../model/events.ts';
import { migrations } from '../schema.ts';
import type { Cell } from './btree.ts';
import type { Value } from './record.ts';

export interface Column {
  readonly name: string;
  readonly type: 'INTEGER' | 'REAL' | 'TEXT' | 'BLOB';
  readonly nullable: boolean;
}

export interface Shape {
  readonly table: string;
  /** Page where its tree begins in a new database. */
  readonly root: number;
  /** Column that is the row's number; null in tables without. */
  readonly rowid: string | null;
  /** In the order of the record. */
  readonly columns: readonly Column[];
  /** Of the primary key, in its order. */
  readonly key: readonly string[];
}

export type Row = Readonly<Record<string, Value>>;

interface ColumnInfo {
  name: string;
  type: Column['type'];
  notnull: number;
  pk: number;
}

/** All tables, from a new empty database. */
export function shapes(): Shape[] {
  const db = new Database(':memory:');
  try {
    for (const sql of migrations) db.exec(sql);
    const tables = db
      .prepare<[], { name: string; rootpage: number; wr: number }>(
        `SELECT s.name, rootpage, wr FROM sqlite_schema s JOIN pragma_table_list t ON t.name = s.name
           WHERE s.type = 'table' AND s.name NOT LIKE 'sqlite_%'`,
      )
      .all();
    return tables.map(({ name, rootpage, wr }) => {
      const infos = db.prepare<[string], ColumnInfo>('SELECT * FROM pragma_table_info(?)').all(name);
      const keys = infos.filter(({ pk }) => pk > 0).sort((one, other) => one.pk - other.pk);
      const ordered = wr === 1 ? [...keys, ...infos.filter(({ pk }) => pk === 0)] : infos;
      return {
        table: name,
        root: rootpage,
        rowid: wr === 1 ? null : (keys[0]?.name ?? null),
        columns: ordered.map((info) => ({
          name: info.name,
          type: info.type,
          nullable: info.notnull === 0 && info.pk === 0,
        })),
        key: keys.map((each) => each.name),
      };
    });
  } finally {
    db.close();
  }
}

/** The row of a cell, or null where it does not fit the shape. */
export function rowOf(shape: Shape, cell: Cell): Row | null {
  if ((cell.rowid === null) !== (shape.rowid === null)) return null;
  // Columns that a later version added are missing in rows that were written before.
  if (cell.values.length > shape.columns.length) return null;
  const row: Record<string, Value> = {};
  for (const [place, column] of shape.columns.entries()) {
    const value = column.name === shape.rowid ? cell.rowid : (cell.values[place] ?? null);
    if (!fits(column, value)) return null;
    row[column.name] = value;
  }
  const { table } = shape;
  if (table === 'journal_business' || table === 'journal_telemetry') {
    const known = Object.entries(eventSchemas).find(([type]) => type === row.type);
    if (known && `journal_${known[1].stream}` !== table) return null;
  }
  return row;
}

function fits({ type, nullable }: Column, value: Value): boolean {
  if (value === null) return nullable;
  if (type === 'INTEGER') return Number.isInteger(value);
  // SQLite writes whole ones as integers.
  if (type === 'REAL') return typeof value === 'number';
  return type === 'TEXT' ? typeof value === 'string' : Buffer.isBuffer(value);
}
