import Table from 'cli-table3';
import { dim } from './format.ts';

const bare = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: ' ',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: ' ',
};

/** Plain aligned columns. A heading that ends in `>` is set to the right. */
export function table(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  const grid = new Table({
    head: headings.map((heading) => dim(heading.replace(/>$/, ''))),
    colAligns: headings.map((heading) => (heading.endsWith('>') ? 'right' : 'left')),
    chars: bare,
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 1 },
  });
  grid.push(...rows.map((row) => [...row]));
  return grid.toString();
}
