/** What of the tank side is missing, by the numbers of its rows and by what the journal told of them. */
import { z } from 'zod';
import type { Forest } from './forest.ts';
import { missing, type Range } from './ranges.ts';

const whole = z.int().nonnegative();
const delivered = z.object({ delivery: whole });
const raised = z.object({ alarm: whole });
const recorded = z.object({ incident: whole });
const closed = z.object({ stock: z.string(), period: z.string(), from: z.string() });

/** Levels expire and are told to nobody by number: of those only the lost pages are known. */
export function lostOfTanks(forest: Forest): {
  readonly numbers: ReadonlyMap<string, readonly Range[]>;
  readonly balances: readonly string[];
} {
  const newest = { deliveries: 0, tank_alarms: 0, incidents: 0 };
  const note = (table: keyof typeof newest, number: number | undefined): void => {
    newest[table] = Math.max(newest[table], number ?? 0);
  };
  const balances = new Set<string>();
  for (const seq of forest.keys('journal_business')) {
    const { type, data } = forest.row('journal_business', seq) ?? {};
    if (type === 'delivery.completed') note('deliveries', told(delivered, data)?.delivery);
    if (type === 'tank.alarm-raised') note('tank_alarms', told(raised, data)?.alarm);
    if (type === 'incident.recorded') note('incidents', told(recorded, data)?.incident);
    if (type !== 'reconciliation.closed') continue;
    const balance = told(closed, data);
    if (balance) balances.add(nameOf(balance.stock, balance.period, balance.from));
  }
  for (const key of forest.keys('balances_closed')) {
    const { stock, period, first_date: from } = forest.row('balances_closed', key) ?? {};
    balances.delete(nameOf(stock, period, from));
  }
  const numbers = (['deliveries', 'tank_alarms', 'incidents'] as const).map((table) => {
    const read = forest.keys(table).map(Number);
    return [table, missing(read, 1, Math.max(newest[table], read.at(-1) ?? 0))] as const;
  });
  return { numbers: new Map(numbers), balances: [...balances].sort() };
}

const nameOf = (...parts: readonly unknown[]): string => parts.join(' ');

/** null: the row was read and is not what the station writes. */
function told<T>(schema: z.ZodType<T>, data: unknown): T | null {
  try {
    return schema.parse(JSON.parse(String(data)));
  } catch {
    return null;
  }
}
