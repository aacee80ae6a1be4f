/** Rows named in a title; "M27-M28" names both and all between. */
export function rowsOf(title: string): string[] {
  const named = [...title.matchAll(/\bM(\d{1,3})(?:-M(\d{1,3}))?\b/g)];
  return named.flatMap(([, first, last]) => {
    const from = Number(first);
    const to = last === undefined ? from : Number(last);
    return Array.from({ length: Math.max(0, to - from) + 1 }, (_, n) => `M${from + n}`);
  });
}
