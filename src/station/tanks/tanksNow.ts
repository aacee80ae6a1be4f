/** Tanks as they are now: level, delivery, alarms, cover and order together. */
import { alarmLimits } from '../../core/tanks/alarms/levels.ts';
import type { OrderTank } from '../../core/tanks/demand/order.ts';
import { safeFill } from '../../core/tanks/level.ts';
import { millilitres } from '../../model/units.ts';
import type { AlarmBook } from './alarmBook.ts';
import type { DeliveryBook } from './deliveryBook.ts';
import type { DemandBook } from './demandBook.ts';
import type { Stock, TankLayout } from './layout.ts';
import type { Levels } from './levels.ts';
import { tankView } from './tankViews.ts';
import type { TankView } from './view.ts';

export interface TanksNowParts {
  readonly layout: TankLayout;
  readonly levels: Levels;
  readonly deliveries: Pick<DeliveryBook, 'underWay'>;
  readonly alarms: Pick<AlarmBook, 'standing'>;
  readonly demand: Pick<DemandBook, 'cover' | 'order'>;
}

/** null: there is no such tank. */
export function createTanksNow({
  layout,
  levels,
  deliveries,
  alarms,
  demand,
}: TanksNowParts): (tank: string) => TankView | null {
  const none = millilitres(0);

  function viewOf(id: string): TankView | null {
    const tank = layout.tanks.get(id);
    const stock = layout.stockOf.get(id);
    if (!tank || !stock) return null;
    const subjects = new Set([id, stock.id, tank.gauge?.gauge]);
    return tankView({
      ...{ tank, stock: stock.id, level: levels.of(id) },
      delivery: deliveries.underWay(stock.id),
      ...supplyOf(stock),
      alarms: alarms.standing().filter(({ subject }) => subjects.has(subject)),
    });
  }

  /** M172: of the stock, and of all tanks of its grade. */
  function supplyOf({ id, grade, tanks }: Stock): Pick<TankView, 'cover' | 'order'> {
    const known = layout.stocks
      .filter((each) => each.grade === grade)
      .flatMap((each) => each.tanks)
      .flatMap((tank): OrderTank[] => {
        const volume = levels.of(tank.id)?.volume ?? null;
        const full = safeFill(levels.spec(tank.id));
        if (volume === null || full === null) return [];
        return [{ tank: tank.id, volume, safeFill: full, unusable: alarmLimits(tank).critical ?? none }];
      });
    const volumes = tanks.map((tank) => levels.of(tank.id)?.volume ?? null);
    const all = volumes.includes(null) ? null : volumes.reduce<number>((sum, each) => sum + (each ?? 0), 0);
    const unusable = tanks.reduce((sum, tank) => sum + (alarmLimits(tank).critical ?? 0), 0);
    return {
      cover: demand.cover(id, all === null ? null : millilitres(all), millilitres(unusable)),
      order: demand.order(grade, known),
    };
  }

  return viewOf;
}
