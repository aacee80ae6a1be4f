/** What the checks ask of the past: a member's earlier fills, a fuelling point's states. */
import type { Database } from 'better-sqlite3';
import type { Instant } from '../model/units.ts';

export interface StateChange {
  /** RFC 3339 UTC. */
  readonly at: string;
  readonly state: string;
  readonly nozzle: string | null;
}

export interface History {
  /** The member's last fills before this sale, at most 50: how many, and millilitres in all. */
  fills(member: string, beforeSale: number): { count: number; volume: number };
  /** Sales of the member in a business date, up to this one. */
  creditsOfDay(member: string, businessDate: string, upToSale: number): number;
  /** State changes of a fuelling point from `from` to `to`, oldest first; only those not expired. */
  states(fuellingPoint: string, from: Instant, to: Instant): StateChange[];
}

const fillsLookedAt = 50;
const statesKept = 100;
/** Events looked through for a point's states: hours at a busy station. */
const searchDepth = 20_000;

export function createHistory(db: Database): History {
  const fills = db.prepare<[string, number], { count: number; volume: number }>(
    `SELECT count(*) AS count, coalesce(sum(volume), 0) AS volume
       FROM (SELECT volume FROM sales WHERE member = ? AND id < ? ORDER BY id DESC LIMIT ${fillsLookedAt})`,
  );
  const credits = db
    .prepare<[string, string, number], number>(
      'SELECT count(*) FROM sales WHERE member = ? AND business_date = ? AND id <= ?',
    )
    .pluck();
  const states = db.prepare<[string, number, number], StateChange>(
    `SELECT data ->> '$.at' AS at, data ->> '$.state' AS state, data ->> '$.nozzle' AS nozzle
       FROM journal_telemetry
       WHERE seq > (SELECT coalesce(max(seq), 0) - ${searchDepth} FROM journal_telemetry)
         AND type = 'fuelling-point.state-changed' AND subject = ? AND at BETWEEN ? AND ?
       ORDER BY seq DESC LIMIT ${statesKept}`,
  );
  return {
    fills: (member, beforeSale) => fills.get(member, beforeSale) ?? { count: 0, volume: 0 },
    creditsOfDay: (member, businessDate, upToSale) => credits.get(member, businessDate, upToSale) ?? 0,
    states: (fuellingPoint, from, to) => states.all(fuellingPoint, from, to).reverse(),
  };
}
