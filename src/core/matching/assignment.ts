/**
 * Which claim may own which fuelling, each at most one: a bipartite graph, and the assignments that leave the fewest
 * claims without a fuelling (maximum matchings). Polynomial: no assignment is ever listed.
 */

/** `edges[claim]`: the fuellings it may own, by index. */
export type Edges = readonly (readonly number[])[];

/** Size of a maximum matching by augmenting paths, without one claim and one fuelling if they are given. */
export function largestMatching(edges: Edges, without: { claim?: number; fuelling?: number } = {}): number {
  const owner = new Map<number, number>();
  const augment = (claim: number, visited: Set<number>): boolean => {
    for (const fuelling of edges[claim] ?? []) {
      if (fuelling === without.fuelling || visited.has(fuelling)) continue;
      visited.add(fuelling);
      const other = owner.get(fuelling);
      if (other === undefined || augment(other, visited)) {
        owner.set(fuelling, claim);
        return true;
      }
    }
    return false;
  };
  let size = 0;
  for (let claim = 0; claim < edges.length; claim++) {
    if (claim !== without.claim && augment(claim, new Set())) size += 1;
  }
  return size;
}

/** The claims that own `fuelling` in some largest assignment, and whether in some it has none. */
export function ownersOf(edges: Edges, fuelling: number): { claims: number[]; none: boolean } {
  const size = largestMatching(edges);
  const claims: number[] = [];
  edges.forEach((fuellings, claim) => {
    if (fuellings.includes(fuelling) && largestMatching(edges, { claim, fuelling }) + 1 === size)
      claims.push(claim);
  });
  return { claims, none: largestMatching(edges, { fuelling }) === size };
}

/** The part of the graph that `root` hangs in; null: more than `most` claims or fuellings. `root` is fuelling 0. */
export function connected<Claim, Fuelling>(
  root: Fuelling,
  claims: readonly Claim[],
  fuellings: readonly Fuelling[],
  may: (claim: Claim, fuelling: Fuelling) => boolean,
  most: number,
): { claims: Claim[]; fuellings: Fuelling[]; edges: number[][] } | null {
  const found = { claims: new Set<Claim>(), fuellings: new Set([root]) };
  // A set is walked in order of insertion, and goes on with what is added meanwhile.
  for (const fuelling of found.fuellings) {
    for (const claim of claims) {
      if (found.claims.has(claim) || !may(claim, fuelling)) continue;
      found.claims.add(claim);
      for (const other of fuellings) if (may(claim, other)) found.fuellings.add(other);
      if (found.claims.size > most || found.fuellings.size > most) return null;
    }
  }
  const near = [...found.fuellings];
  const edges = [...found.claims].map((claim) =>
    near.flatMap((fuelling, n) => (may(claim, fuelling) ? [n] : [])),
  );
  return { claims: [...found.claims], fuellings: near, edges };
}
