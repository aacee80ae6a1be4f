/** Largest pairings in a bipartite graph, by augmenting paths (Kuhn). `edges[left]` lists the right sides that fit. */

/**
 * With whom left side 0 is paired over all largest pairings: `partners` in order of index, and whether there is a largest
 * pairing in which it stays alone. O(E * V) for each edge of side 0.
 */
export function possiblePartners(edges: readonly (readonly number[])[]): {
  partners: number[];
  maybeNone: boolean;
} {
  const [own = [], ...others] = edges;
  const largest = pairingSize(edges);
  const partners = own.filter((partner) => pairingSize(without(others, partner)) === largest - 1);
  return { partners, maybeNone: pairingSize(others) === largest };
}

const without = (edges: readonly (readonly number[])[], right: number): number[][] =>
  edges.map((list) => list.filter((each) => each !== right));

function pairingSize(edges: readonly (readonly number[])[]): number {
  const takenBy = new Map<number, number>();
  const augment = (left: number, tried: Set<number>): boolean => {
    for (const right of edges[left] ?? []) {
      if (tried.has(right)) continue;
      tried.add(right);
      const holder = takenBy.get(right);
      if (holder === undefined || augment(holder, tried)) {
        takenBy.set(right, left);
        return true;
      }
    }
    return false;
  };
  return edges.filter((_, left) => augment(left, new Set())).length;
}
