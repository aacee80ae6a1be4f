/** Changes a database behind the program's back, as someone with the file and a SQL shell does. */
import Database from 'better-sqlite3';

export type Tampering =
  | { readonly kind: 'update'; readonly table: string; readonly row: number; readonly column: number }
  | { readonly kind: 'delete'; readonly table: string; readonly row: number }
  | { readonly kind: 'insert'; readonly table: string; readonly row: number }
  | { readonly kind: 'swap'; readonly table: string; readonly row: number; readonly other: number };

type Value = string | number | null | Buffer;

/** Rows and columns are counted modulo how many there are. Returns what was done, or null where the table does not allow it. */
export function tamper(path: string, change: Tampering): string | null {
  const db = new Database(path);
  try {
    db.pragma('foreign_keys = OFF');
    db.pragma('ignore_check_constraints = ON');
    for (const name of db
      .prepare<[], string>("SELECT name FROM sqlite_schema WHERE type = 'trigger'")
      .pluck()
      .all())
      db.exec(`DROP TRIGGER ${name}`);
    return apply(db, change);
  } catch (error) {
    if (error instanceof Database.SqliteError && error.code.startsWith('SQLITE_CONSTRAINT')) return null;
    throw error;
  } finally {
    db.close();
  }
}

function apply(db: Database.Database, change: Tampering): string | null {
  const { table } = change;
  const columns = db
    .prepare<[], { name: string; pk: number; notnull: number }>(`SELECT * FROM pragma_table_info('${table}')`)
    .all();
  const keys = columns.filter(({ pk }) => pk > 0).map(({ name }) => name);
  const rows = db
    .prepare<[], Record<string, Value>>(`SELECT * FROM ${table} ORDER BY ${keys.join(', ')}`)
    .all();
  const at = (n: number) => rows[n % rows.length] ?? {};
  const row = at(change.row);
  const where = keys.map((key) => `${key} = @key_${key}`).join(' AND ');
  const keyOf = (of: Record<string, Value>) =>
    Object.fromEntries(keys.map((key) => [`key_${key}`, of[key] ?? null]));
  const named = `${table} ${keys.map((key) => String(row[key])).join(',')}`;
  const names = columns.map(({ name }) => name);

  switch (change.kind) {
    case 'update': {
      const column = columns[change.column % columns.length];
      if (column === undefined) return null;
      const value = another(row[column.name] ?? null);
      db.prepare(`UPDATE ${table} SET ${column.name} = @value WHERE ${where}`).run({ value, ...keyOf(row) });
      return `${named}: ${column.name} ${String(row[column.name])} -> ${String(value)}`;
    }
    case 'delete':
      db.prepare(`DELETE FROM ${table} WHERE ${where}`).run(keyOf(row));
      return `${named} deleted`;
    case 'insert': {
      // A copy under new keys: the most like a real row that a row can be.
      const copy = Object.fromEntries(
        columns.map(({ name, pk }) => {
          const old = row[name] ?? null;
          const unique = pk > 0 || ['key', 'id', 'request'].includes(name);
          return [name, unique ? fresh(old, rows.length) : old];
        }),
      );
      db.prepare(
        `INSERT INTO ${table} (${names.join(', ')}) VALUES (${names.map((n) => `@${n}`).join(', ')})`,
      ).run(copy);
      return `copy of ${named} inserted`;
    }
    case 'swap': {
      const other = at(change.other);
      if (row === other) return null;
      const rest = names.filter((name) => !keys.includes(name));
      if (rest.every((name) => String(row[name]) === String(other[name]))) return null;
      // Unique columns would stand in the way for a moment.
      for (const { key, values } of [
        { key: row, values: blank(row, rest) },
        { key: other, values: row },
        { key: row, values: other },
      ]) {
        const set = rest.map((name) => `${name} = @${name}`).join(', ');
        const bound = Object.fromEntries(rest.map((name) => [name, values[name] ?? null]));
        db.prepare(`UPDATE ${table} SET ${set} WHERE ${where}`).run({ ...bound, ...keyOf(key) });
      }
      return `${named} swapped with ${keys.map((key) => String(other[key])).join(',')}`;
    }
  }
}

/** A value of the same type that is not this one. */
function another(value: Value): Value {
  if (typeof value === 'number') return value + 1;
  if (typeof value === 'string')
    return value === '' ? 'x' : value.endsWith('x') ? value.slice(0, -1) : `${value}x`;
  if (value === null) return 1;
  const changed = Buffer.from(value);
  changed[0] = (changed[0] ?? 0) ^ 1;
  return changed;
}

const fresh = (value: Value, count: number): Value =>
  typeof value === 'number' ? value + count + 1 : typeof value === 'string' ? `${value}-again` : value;

const blank = (row: Record<string, Value>, names: readonly string[]): Record<string, Value> =>
  Object.fromEntries(
    names.map((name) => {
      const value = row[name] ?? null;
      return [name, typeof value === 'string' ? `${value}~` : value];
    }),
  );
