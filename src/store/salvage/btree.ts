/** Pages of SQLite's trees: https://www.sqlite.org/fileformat2.html#b_tree_pages */
import type { Pages } from './pages.ts';
import { decodeRecord, type Value, varint } from './record.ts';

export interface Cell {
  /** Of a table with row numbers; null in the others. */
  readonly rowid: number | null;
  readonly values: readonly Value[];
}

export interface TreePage {
  /** `table`: rows by number. `index`: indexes, and tables without row numbers. */
  readonly kind: 'table' | 'index';
  readonly children: readonly number[];
  readonly cells: readonly Cell[];
  /** Cells that could not be read. */
  readonly damaged: number;
}

const kinds: Record<number, { kind: TreePage['kind']; leaf: boolean }> = {
  2: { kind: 'index', leaf: false },
  5: { kind: 'table', leaf: false },
  10: { kind: 'index', leaf: true },
  13: { kind: 'table', leaf: true },
};

/** null where the page is none of a tree. */
export function readTreePage(pages: Pages, number: number): TreePage | null {
  const page = pages.read(number);
  if (page === null) return null;
  const start = number === 1 ? 100 : 0;
  const known = kinds[page[start] ?? 0];
  if (known === undefined) return null;
  const { kind, leaf } = known;
  const headerSize = leaf ? 8 : 12;
  const count = page.readUInt16BE(start + 3);
  if (start + headerSize + count * 2 > pages.size) return null;
  const children: number[] = [];
  const cells: Cell[] = [];
  let damaged = 0;
  for (let n = 0; n < count; n++) {
    let at = page.readUInt16BE(start + headerSize + n * 2);
    if (at < start + headerSize + count * 2 || at > pages.size - 4) {
      damaged += 1;
      continue;
    }
    if (!leaf) {
      children.push(page.readUInt32BE(at));
      at += 4;
    }
    if (kind === 'table' && !leaf) continue;
    const cell = readCell(pages, page, at, kind);
    if (cell === null) damaged += 1;
    else cells.push(cell);
  }
  if (!leaf) children.push(page.readUInt32BE(start + 8));
  return { kind, children, cells, damaged };
}

function readCell(pages: Pages, page: Buffer, at: number, kind: TreePage['kind']): Cell | null {
  const length = varint(page, at);
  if (length === null || length.value < 1) return null;
  const rowid = kind === 'table' ? varint(page, length.next) : null;
  if (kind === 'table' && rowid === null) return null;
  const payload = readPayload(pages, page, rowid?.next ?? length.next, length.value, kind);
  const values = payload && decodeRecord(payload);
  return values && { rowid: rowid?.value ?? null, values };
}

/** With what did not fit on the page and stands on pages of its own. */
function readPayload(
  pages: Pages,
  page: Buffer,
  at: number,
  length: number,
  kind: TreePage['kind'],
): Buffer | null {
  const { size } = pages;
  const most = kind === 'table' ? size - 35 : Math.floor(((size - 12) * 64) / 255) - 23;
  if (length <= most) return at + length <= size ? page.subarray(at, at + length) : null;
  if (length > pages.count * size) return null;
  const least = Math.floor(((size - 12) * 32) / 255) - 23;
  const wanted = least + ((length - least) % (size - 4));
  const local = wanted <= most ? wanted : least;
  if (at + local + 4 > size) return null;
  const parts = [page.subarray(at, at + local)];
  let left = length - local;
  for (let next = page.readUInt32BE(at + local); left > 0; ) {
    const more = pages.read(next);
    if (more === null) return null;
    parts.push(more.subarray(4, Math.min(size, 4 + left)));
    left -= size - 4;
    next = more.readUInt32BE(0);
  }
  return Buffer.concat(parts, length);
}

/** Pages that hold nothing: their old content must not be taken for rows. */
export function freePages(pages: Pages): Set<number> {
  const free = new Set<number>();
  const header = pages.read(1);
  let trunk = header?.toString('latin1', 0, 15) === 'SQLite format 3' ? header.readUInt32BE(32) : 0;
  while (trunk > 0 && !free.has(trunk)) {
    const page = pages.read(trunk);
    if (page === null) break;
    free.add(trunk);
    const count = Math.min(page.readUInt32BE(4), Math.floor(pages.size / 4) - 2);
    for (let n = 0; n < count; n++) free.add(page.readUInt32BE(8 + n * 4));
    trunk = page.readUInt32BE(0);
  }
  return free;
}
