/** Numbers as ranges: what is there of a long row of numbers, or missing. */
export type Range = readonly [from: number, to: number];

/** Rising numbers as ranges. */
export function createRanges(): {
  add(number: number): void;
  readonly list: readonly Range[];
  readonly count: number;
} {
  const list: [number, number][] = [];
  let count = 0;
  return {
    add(number) {
      count += 1;
      const last = list.at(-1);
      if (last && last[1] + 1 === number) last[1] = number;
      else list.push([number, number]);
    },
    list,
    get count() {
      return count;
    },
  };
}

export const sizeOf = (ranges: readonly Range[]): number =>
  ranges.reduce((sum, [from, to]) => sum + to - from + 1, 0);

/** What lies in `from`..`to` and not among these rising numbers. */
export function missing(numbers: readonly number[], from: number, to: number): Range[] {
  const gaps: Range[] = [];
  let next = from;
  for (const number of numbers) {
    if (number < next) continue;
    if (number > to) break;
    if (number > next) gaps.push([next, number - 1]);
    next = number + 1;
  }
  if (next <= to) gaps.push([next, to]);
  return gaps;
}
