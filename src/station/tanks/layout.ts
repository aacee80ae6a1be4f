/** How the station's tanks hang together: which are one stock, and which nozzles draw from it. */

import type { StationConfig } from '../../model/config/station.ts';
import type { GradeConfigs, TankConfig } from '../../model/config/tanks.ts';

export interface Stock {
  /** The tank's name, or the manifold's. */
  readonly id: string;
  readonly grade: string;
  readonly tanks: readonly TankConfig[];
  readonly nozzles: readonly {
    readonly fuellingPoint: string;
    readonly nozzle: string;
    readonly hose: number;
  }[];
}

export interface TankLayout {
  readonly stocks: readonly Stock[];
  /** By tank. */
  readonly stockOf: ReadonlyMap<string, Stock>;
  readonly tanks: ReadonlyMap<string, TankConfig>;
  /** By gauge, then by the gauge's own number. */
  readonly byGauge: ReadonlyMap<string, ReadonlyMap<number, TankConfig>>;
  /** Kilograms per cubic metre at 15 degC by grade; grades without one are left out. */
  readonly densities: ReadonlyMap<string, number>;
}

export function tankLayout(config: StationConfig): TankLayout {
  const members = new Map<string, TankConfig[]>();
  const byGauge = new Map<string, Map<number, TankConfig>>();
  for (const tank of config.tanks) {
    const stock = tank.manifold ?? tank.id;
    members.set(stock, [...(members.get(stock) ?? []), tank]);
    if (!tank.gauge) continue;
    const numbers = byGauge.get(tank.gauge.gauge) ?? new Map<number, TankConfig>();
    byGauge.set(tank.gauge.gauge, numbers.set(tank.gauge.tank, tank));
  }
  const stocks = [...members].map(([id, tanks]): Stock => {
    const names = new Set(tanks.map((tank) => tank.id));
    const nozzles = config.fuellingPoints.flatMap((point) =>
      point.nozzles
        .filter((nozzle) => nozzle.tank !== undefined && names.has(nozzle.tank))
        .map((nozzle) => ({ fuellingPoint: point.id, nozzle: nozzle.id, hose: nozzle.hose })),
    );
    return { id, grade: tanks[0]?.grade ?? '', tanks, nozzles };
  });
  return {
    stocks,
    stockOf: new Map(stocks.flatMap((stock) => stock.tanks.map((tank) => [tank.id, stock] as const))),
    tanks: new Map(config.tanks.map((tank) => [tank.id, tank])),
    byGauge,
    densities: densitiesOf(config.grades),
  };
}

const densitiesOf = (grades: GradeConfigs): ReadonlyMap<string, number> =>
  new Map(
    grades.flatMap(({ id, densityKgPerM3 }) => (densityKgPerM3 === undefined ? [] : [[id, densityKgPerM3]])),
  );
