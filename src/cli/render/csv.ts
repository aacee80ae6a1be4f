/** CSV by RFC 4180: a header line, CRLF, quotes where they are needed. */
import { printable } from './text.ts';

/** A text of somebody's, a number that is printed already, or nothing. */
type Cell = { readonly text: string } | string | null;

/** What a spreadsheet would take for a formula. */
const formula = /^[=+\-@\t\r]/;

/** Columns by their name, units in it. Cells of free text never begin as a formula does. */
export function csv<Row>(
  columns: readonly (readonly [name: string, cell: (row: Row) => Cell])[],
  rows: readonly Row[],
): string {
  const lines = rows.map((row) => columns.map(([, cell]) => quoted(written(cell(row)))).join(','));
  return [columns.map(([name]) => quoted(name)).join(','), ...lines].map((line) => `${line}\r\n`).join('');
}

function written(cell: Cell): string {
  if (cell === null) return '';
  if (typeof cell === 'string') return cell;
  const text = printable(cell.text);
  return formula.test(cell.text) ? `'${text}` : text;
}

const quoted = (cell: string): string => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);

/** An integer with `decimals` implied places, exactly: 12345 with 3 is `12.345`. */
export function exact(value: number | null, decimals: number): string {
  if (value === null) return '';
  const digits = String(Math.abs(value)).padStart(decimals + 1, '0');
  return `${value < 0 ? '-' : ''}${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`;
}
