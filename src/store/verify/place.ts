/** Walking along a chain, row by row. */
import type { Place } from '../chain.ts';
import type { Findings } from './findings.ts';

export interface Link {
  readonly number: number;
  readonly chain: Buffer;
}

/**
 * The place after `link`. Tells a gap and a hash that does not follow; goes on from what the row says, so that one change is
 * told once or twice and not for all that follows. After a gap nothing can be said of the link itself.
 */
export function follow(
  table: string,
  from: Place,
  link: Link,
  expected: () => Buffer,
  findings: Findings,
): Place {
  if (link.number !== from.number + 1) findings.add(table, gap(from.number, link.number), 'removed');
  else if (!expected().equals(link.chain)) {
    findings.add(
      table,
      link.number,
      'changed, put in or moved: its hash does not follow from the row before',
    );
  }
  return { number: link.number, hash: link.chain };
}

/** Compares where the rows end with where the chain is said to end. */
export function compareHead(table: string, end: Place, head: Place, findings: Findings): void {
  if (end.number < head.number) findings.add(table, gap(end.number, head.number + 1), 'removed from the end');
  else if (end.number > head.number) {
    findings.add(
      table,
      gap(head.number, end.number + 1),
      'put in at the end, or the note of the end was changed',
    );
  } else if (!end.hash.equals(head.hash)) {
    findings.add(table, end.number, 'changed: it is not the row that was written last');
  }
}

/** The rows between two. */
function gap(before: number, after: number): string {
  return after - before === 2 ? String(before + 1) : `${before + 1} to ${after - 1}`;
}
