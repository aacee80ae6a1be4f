/** Which rows can be read, of which table, and which pages are lost: first down the trees, then every page nobody pointed at. */
import { freePages, readTreePage, type TreePage } from './btree.ts';
import { isAlike, knownByRows } from './likeness.ts';
import type { Pages } from './pages.ts';
import { type Row, rowOf, type Shape } from './shapes.ts';

export interface LostPage {
  readonly page: number;
  /** null: nobody knows. */
  readonly table: string | null;
  readonly reason: string;
}

export interface Forest {
  /** Keys of a table's rows in their order: numbers where rows have them. */
  keys(table: string): Key[];
  row(table: string, key: Key): Row | null;
  readonly lost: readonly LostPage[];
}

export type Key = number | string;
/** Page and cell in one number: only this is kept of a row, for a database may be larger than the memory. */
type Place = number;
const mostCells = 65_536;

function keyOf(shape: Shape, row: Row): Key {
  const value = shape.rowid === null ? null : row[shape.rowid];
  return typeof value === 'number' ? value : JSON.stringify(shape.key.map((name) => row[name]));
}

export function readForest(pages: Pages, shapes: readonly Shape[]): Forest {
  const places = new Map<string, Map<Key, Place>>(shapes.map(({ table }) => [table, new Map()]));
  const pageAt = cached(pages);
  const read = (shape: Shape, place: Place): Row | null => {
    const cell = pageAt(Math.floor(place / mostCells))?.cells[place % mostCells];
    return cell === undefined ? null : rowOf(shape, cell);
  };
  const lost: LostPage[] = [];
  const reached = new Set<number>();

  /** An older image of a page, or a page that nobody points at, must not hide what a sound one says. */
  const take: Take = (shape, number, page, certain) => {
    const table = places.get(shape.table);
    let taken = 0;
    for (const [n, cell] of page.cells.entries()) {
      const row = rowOf(shape, cell);
      if (row === null || table === undefined) continue;
      taken += 1;
      const key = keyOf(shape, row);
      const known = table.get(key);
      const before = known === undefined ? null : read(shape, known);
      if (before === null || (certain && Number(row.seal ?? 0) >= Number(before.seal ?? 0))) {
        table.set(key, number * mostCells + n);
      }
    }
    return taken;
  };

  const { roots, others } = rootsOf(pages, shapes);
  for (const shape of shapes) {
    const stack = [roots.get(shape.table) ?? shape.root];
    for (let number = stack.pop(); number !== undefined; number = stack.pop()) {
      if (reached.has(number)) continue;
      const page = readTreePage(pages, number);
      const kind = shape.rowid === null ? 'index' : 'table';
      if (page?.kind !== kind) {
        const reason = page === null ? 'is no page of a tree' : 'is a page of another tree';
        lost.push({ page: number, table: shape.table, reason });
        continue;
      }
      const taken = take(shape, number, page, !pages.log.stale.has(number));
      // A page of other rows: the way here is damaged, and it is looked at again below.
      if (taken === 0 && page.cells.length > 0) {
        lost.push({ page: number, table: shape.table, reason: 'holds rows of another table' });
        continue;
      }
      reached.add(number);
      const unread = page.damaged + page.cells.length - taken;
      if (unread > 0)
        lost.push({ page: number, table: shape.table, reason: `${unread} of its rows make no sense` });
      if (pages.log.stale.has(number)) {
        lost.push({
          page: number,
          table: shape.table,
          reason: 'its newest image in the log is damaged: an older one was read',
        });
      }
      stack.push(...page.children);
    }
  }
  for (const number of treeOf(pages, others)) reached.add(number);
  if (lost.length > 0) adopt(pages, shapes, reached, take);
  return {
    keys: (table) => [...(places.get(table)?.keys() ?? [])].sort(inOrder),
    row(table, key) {
      const shape = shapes.find((each) => each.table === table);
      const place = places.get(table)?.get(key);
      return shape === undefined || place === undefined ? null : read(shape, place);
    },
    lost,
  };
}

/** Notes the rows of a page that fit a shape; returns how many did. */
type Take = (shape: Shape, number: number, page: TreePage, certain: boolean) => number;

function inOrder(one: Key, other: Key): number {
  if (typeof one === 'number' && typeof other === 'number') return one - other;
  return String(one) < String(other) ? -1 : 1;
}

const keptPages = 64;

/** Rows of one page are asked for one after the other. */
function cached(pages: Pages): (number: number) => TreePage | null {
  const kept = new Map<number, TreePage | null>();
  return (number) => {
    const known = kept.get(number);
    if (known !== undefined) return known;
    if (kept.size >= keptPages) kept.clear();
    const page = readTreePage(pages, number);
    kept.set(number, page);
    return page;
  };
}

/** Pages whose way from the root is lost. */
function adopt(pages: Pages, shapes: readonly Shape[], reached: ReadonlySet<number>, take: Take): void {
  const free = freePages(pages);
  for (let number = 1; number <= pages.count; number++) {
    if (reached.has(number) || free.has(number)) continue;
    const page = readTreePage(pages, number);
    if (page === null || page.cells.length === 0) continue;
    const fits = shapes
      .filter(({ table }) => knownByRows.has(table))
      .map((shape) => ({ shape, count: page.cells.filter((cell) => isAlike(shape, cell)).length }))
      .sort((one, other) => other.count - one.count);
    const best = fits[0];
    if (best && best.count * 2 > page.cells.length) take(best.shape, number, page, false);
  }
}

/** Where trees begin, by what the file says wherever that stands; indexes are needed only to pass over their pages. */
function rootsOf(
  pages: Pages,
  shapes: readonly Shape[],
): { roots: Map<string, number>; others: readonly number[] } {
  const roots = new Map<string, number>();
  const others: number[] = [];
  for (const number of treeOf(pages, [1])) {
    for (const { values } of readTreePage(pages, number)?.cells ?? []) {
      const [type, name, , root] = values;
      if (typeof name !== 'string' || typeof root !== 'number' || root < 2) continue;
      if (type === 'table' && shapes.some(({ table }) => table === name)) roots.set(name, root);
      else if (type === 'index') others.push(root);
    }
  }
  return { roots, others };
}

/** All pages below these. */
function treeOf(pages: Pages, roots: readonly number[]): Set<number> {
  const found = new Set<number>();
  const stack = [...roots];
  for (let number = stack.pop(); number !== undefined; number = stack.pop()) {
    if (found.has(number)) continue;
    const page = readTreePage(pages, number);
    if (page === null) continue;
    found.add(number);
    stack.push(...page.children);
  }
  return found;
}
