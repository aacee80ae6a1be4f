/** What a check of the books finds, kept bounded: a database of nonsense must not fill the memory. */

export interface Finding {
  readonly table: string;
  /** Key of the row, as its table has it. */
  readonly row: string;
  readonly problem: string;
}

export interface Findings {
  add(table: string, row: string | number, problem: string): void;
  /** Those kept, in the order they were found. */
  readonly list: readonly Finding[];
  /** All, those not kept too. */
  readonly count: number;
}

const most = 1000;

/** Says the same of the same row once. */
export function createFindings(): Findings {
  const list: Finding[] = [];
  const told = new Set<string>();
  let count = 0;
  return {
    add(table, row, problem) {
      const text = `${table}\n${row}\n${problem}`;
      if (told.has(text)) return;
      count += 1;
      if (list.length === most) return;
      told.add(text);
      list.push({ table, row: String(row), problem });
    },
    list,
    get count() {
      return count;
    },
  };
}

/** One slice of work: how many rows it read. Between two slices other work may run, and the books may grow. */
export type Slices<Result = void> = Generator<number, Result>;

/** Rows in a slice: well below a millisecond. */
export const slice = 50;
