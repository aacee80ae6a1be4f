/** The checks beside the daemon's main way: run in a turn of the loop of their own, after the sale and its pushes are out. */
import { isDiskTrouble } from '../store/failures.ts';
import type { SaleRecord } from '../store/sales.ts';
import { alertView } from './alertViews.ts';
import { checkSales } from './checkSales.ts';
import type { StationContext } from './context.ts';
import { evidenceOf } from './evidence.ts';
import type { Feed } from './feed.ts';
import { createReadingTrail, type ReadingTrail } from './readingTrail.ts';
import type { DeviceView, Push } from './view.ts';

export interface Alerts {
  readonly trail: ReadingTrail;
  /** The journal has news of sales. */
  look(): void;
}

/** `device`: of a fuelling point, as it is now. */
export function createAlerts(
  context: StationContext,
  out: {
    push: (event: Push) => void;
    feed: Feed;
    device: (fuellingPoint: string) => DeviceView | null;
  },
): Alerts {
  const trail = createReadingTrail();
  const evidence = (sale: SaleRecord) =>
    evidenceOf(context, sale, { readings: trail.of(sale.key), device: out.device(sale.fuellingPoint) });
  let waits = false;

  const run = (): void => {
    waits = false;
    try {
      const { alerts, more } = checkSales(context, evidence);
      for (const alert of alerts) {
        context.log.warn({ alert: alert.number, sale: alert.sale, kind: alert.kind }, 'a sale needs a look');
        const sale = context.store.sales.get(alert.sale);
        if (sale) out.push({ type: 'alert', data: alertView(alert, sale) });
      }
      if (alerts.length > 0) out.feed.wake();
      if (more) look();
    } catch (error) {
      if (!isDiskTrouble(error))
        context.log.error({ err: error }, 'sales could not be checked; it is tried again in a second');
    }
  };
  const look = (): void => {
    if (waits) return;
    waits = true;
    setImmediate(run);
  };
  return { trail, look };
}
