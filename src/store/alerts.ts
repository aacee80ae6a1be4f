/** What the checks of sales found, each with its evidence, once for each sale, kind and member. */
import type { Database } from 'better-sqlite3';
import type { Finding } from '../model/alert.ts';
import { type SaleKey, saleKey } from '../model/ids.ts';
import { type Instant, instant } from '../model/units.ts';

export interface Alert extends Finding {
  readonly number: number;
  readonly sale: SaleKey;
  readonly member: string | null;
  readonly at: Instant;
  readonly dueAt: Instant;
}

export interface Alerts {
  /** Returns the number; ask `raised` before. `evidence` is JSON text. */
  raise(alert: Omit<Alert, 'number'>, evidence: string): number;
  raised(sale: SaleKey, kind: Alert['kind'], member: string | null): boolean;
  /** Oldest first. */
  of(sale: SaleKey): Alert[];
  /** Newest first. */
  recent(limit: number): Alert[];
  /** JSON text; null: there is no such alert. */
  evidence(number: number): string | null;
}

interface Row {
  number: number;
  sale: string;
  kind: Alert['kind'];
  level: Alert['level'];
  member: string | null;
  text: string;
  at: number;
  due_at: number;
}

export function createAlerts(db: Database): Alerts {
  const columns = 'number, sale, kind, level, member, text, at, due_at';
  const raise = db.prepare<[Omit<Row, 'number'> & { evidence: string }]>(
    `INSERT INTO alerts (sale, kind, level, member, text, at, due_at, evidence)
     VALUES (@sale, @kind, @level, @member, @text, @at, @due_at, @evidence)`,
  );
  const raised = db
    .prepare<[string, string, string], number>(
      "SELECT 1 FROM alerts WHERE sale = ? AND kind = ? AND coalesce(member, '') = ?",
    )
    .pluck();
  const of = db.prepare<[string], Row>(`SELECT ${columns} FROM alerts WHERE sale = ? ORDER BY number`);
  const recent = db.prepare<[number], Row>(`SELECT ${columns} FROM alerts ORDER BY number DESC LIMIT ?`);
  const evidence = db.prepare<[number], string>('SELECT evidence FROM alerts WHERE number = ?').pluck();
  return {
    raise(alert, json) {
      const { lastInsertRowid } = raise.run({
        sale: alert.sale,
        kind: alert.kind,
        level: alert.level,
        member: alert.member,
        text: alert.text,
        at: alert.at,
        due_at: alert.dueAt,
        evidence: json,
      });
      return Number(lastInsertRowid);
    },
    raised: (sale, kind, member) => raised.get(sale, kind, member ?? '') !== undefined,
    of: (sale) => of.all(sale).map(alertOf),
    recent: (limit) => recent.all(limit).map(alertOf),
    evidence: (number) => evidence.get(number) ?? null,
  };
}

const alertOf = (row: Row): Alert => ({
  number: row.number,
  sale: saleKey(row.sale),
  kind: row.kind,
  level: row.level,
  member: row.member,
  text: row.text,
  at: instant(row.at),
  dueAt: instant(row.due_at),
});
