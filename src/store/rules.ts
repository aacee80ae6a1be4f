/**
 * Which program and which tiers were in force for which sales, so that a later assignment is credited as at the sale.
 * Told by the number of the first sale they are for, not by time: a clock that is set changes nothing.
 */
import type { Database } from 'better-sqlite3';

export interface Rules {
  /** Notes the program's JSON as in force for sales from this number on; the one noted before is left alone when it is the same. */
  setProgram(json: string, fromSale: number): void;
  /** Notes the tiers that changed; returns how many. */
  setTiers(tiers: ReadonlyMap<string, string>, fromSale: number): number;
  /** JSON of the program in force for the sale; null: none was noted. */
  program(sale: number): string | null;
  /** null: the member was not known when the sale was recorded. */
  tier(member: string, sale: number): string | null;
}

export function createRules(db: Database): Rules {
  const setProgram = db.prepare<[number, string]>(
    'INSERT INTO programs (from_sale, program) VALUES (?, ?) ON CONFLICT DO UPDATE SET program = excluded.program',
  );
  const program = db
    .prepare<[number], string>(
      'SELECT program FROM programs WHERE from_sale <= ? ORDER BY from_sale DESC LIMIT 1',
    )
    .pluck();
  const setTier = db.prepare<[string, number, string]>(
    `INSERT INTO member_tiers (member, from_sale, tier) VALUES (?, ?, ?)
     ON CONFLICT DO UPDATE SET tier = excluded.tier`,
  );
  const tier = db
    .prepare<[string, number], string>(
      'SELECT tier FROM member_tiers WHERE member = ? AND from_sale <= ? ORDER BY from_sale DESC LIMIT 1',
    )
    .pluck();
  // With max() SQLite takes the other columns from the row that has it.
  const newest = db
    .prepare<[], [member: string, tier: string]>(
      'SELECT member, tier, max(from_sale) FROM member_tiers GROUP BY member',
    )
    .raw();

  return {
    setProgram(json, fromSale) {
      if (program.get(fromSale) !== json) setProgram.run(fromSale, json);
    },
    setTiers(tiers, fromSale) {
      const known = new Map(newest.all());
      let changed = 0;
      for (const [member, now] of tiers) {
        if (known.get(member) === now) continue;
        setTier.run(member, fromSale, now);
        changed += 1;
      }
      return changed;
    },
    program: (sale) => program.get(sale) ?? null,
    tier: (member, sale) => tier.get(member, sale) ?? null,
  };
}
