/** Where the readers stand: a station of four islands with a fuelling point on each side, two nozzles at each point. */
export const layoutNames = ['nozzle', 'side', 'island', 'station'] as const;
export type LayoutName = (typeof layoutNames)[number];

export interface Reader {
  readonly id: string;
  readonly fuellingPoints: readonly string[];
}

export interface Layout {
  readonly name: LayoutName;
  readonly readers: readonly Reader[];
  /** The reader that is meant for the nozzle (0 or 1) of a point (0 to 7). */
  of(point: number, nozzle: number): Reader;
  /** One that a driver there may take for it: of another car's place. null: there is none. `far`: not of the same island. */
  mistakable(point: number, nozzle: number, far: boolean): Reader | null;
  readonly shared: boolean;
  /** What the installer wrote of it: the sides of one island, where each has a reader of its own. */
  readonly islands: readonly (readonly string[])[];
}

export const pointCount = 8;
export const nozzlesEach = 2;
export const pointName = (point: number): string => `FP${point + 1}`;
const names = Array.from({ length: pointCount }, (_, point) => pointName(point));

const otherSide = (point: number): number => point ^ 1;
/** The island behind. */
const neighbour = (point: number): number => (point + 2) % pointCount;

export function layout(name: LayoutName): Layout {
  const made = new Map<string, Reader>();
  const reader = (id: string, fuellingPoints: readonly string[]): Reader => {
    const known = made.get(id) ?? { id, fuellingPoints };
    made.set(id, known);
    return known;
  };
  const of = (point: number, nozzle: number): Reader => {
    if (name === 'nozzle') return reader(`R${point + 1}${'ab'[nozzle]}`, [pointName(point)]);
    if (name === 'side') return reader(`R${point + 1}`, [pointName(point)]);
    if (name === 'station') return reader('S', names);
    const island = point >> 1;
    return reader(`I${island + 1}`, [pointName(island * 2), pointName(island * 2 + 1)]);
  };
  for (let point = 0; point < pointCount; point++)
    for (let nozzle = 0; nozzle < nozzlesEach; nozzle++) of(point, nozzle);
  return {
    name,
    readers: [...made.values()],
    of,
    mistakable(point, nozzle, far) {
      if (name === 'station') return null;
      return of(far || name === 'island' ? neighbour(point) : otherSide(point), nozzle);
    },
    shared: name === 'island' || name === 'station',
    islands:
      name === 'nozzle' || name === 'side'
        ? names.flatMap((point, n) => (n % 2 === 0 ? [[point, pointName(n + 1)]] : []))
        : [],
  };
}
