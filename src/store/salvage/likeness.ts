/** Whose rows are those of a page that nothing points at? */
import { tankAlarmKinds, tankQualities } from '../../model/tank.ts';
import type { Cell } from './btree.ts';
import { type Row, rowOf, type Shape } from './shapes.ts';

const says =
  (column: string, words: readonly string[]) =>
  (row: Row): boolean =>
    words.includes(String(row[column]));
const anything = (): boolean => true;

/** Tables that are known by their rows alone, some by their words too; others look like each other or like an index. */
export const knownByRows: ReadonlyMap<string, (row: Row) => boolean> = new Map([
  ['journal_business', anything],
  ['journal_telemetry', anything],
  ['seals', anything],
  ['sales', anything],
  ['credits', anything],
  ['ledger_transactions', anything],
  ['postings', anything],
  ['corrections', anything],
  ['claims', anything],
  // Tiers of members and events set aside have the shape of a level, alerts that of an alarm.
  ['tank_levels', says('quality', tankQualities)],
  ['tank_alarms', says('kind', tankAlarmKinds)],
  ['deliveries', says('source', ['gauge', 'rise'])],
  ['balances_closed', says('period', ['day', 'month'])],
  ['incidents', says('kind', ['spill', 'other'])],
  [
    'tank_machines',
    ({ name }) => /^(?:(?:alarms|closing|deliveries|leak):.+|demand|outflow)$/.test(String(name)),
  ],
]);

export function isAlike(shape: Shape, cell: Cell): boolean {
  const row = rowOf(shape, cell);
  return row !== null && (knownByRows.get(shape.table)?.(row) ?? false);
}
