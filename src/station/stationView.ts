/** Answers what the local API asks, from the books and the running parts. */
import { instant, type MonoMs } from '../model/units.ts';
import { createBooks } from './books.ts';
import { rfc3339 } from './businessDay.ts';
import type { LoadedStation } from './configuration/load.ts';
import type { StationContext } from './context.ts';
import type { Feed } from './feed.ts';
import type { FieldDevices } from './fieldDevices.ts';
import type { FuellingPoints } from './fuellingPoints.ts';
import { memberBrief } from './memberBrief.ts';
import type { Notices } from './notices.ts';
import { saleDetail } from './saleDetail.ts';
import { saleView } from './saleViews.ts';
import { storeView } from './storeWatch.ts';
import type { TankDesk } from './tanks/view.ts';
import type { StationView } from './view.ts';

interface Parts {
  readonly context: StationContext;
  readonly loaded: LoadedStation;
  readonly startedMono: MonoMs;
  readonly version: string;
  readonly points: FuellingPoints;
  readonly field: FieldDevices;
  readonly feed: Feed;
  readonly notices: Notices;
  readonly tanks: TankDesk;
}

const alarmsShown = 50;

export function createView({
  context,
  loaded,
  startedMono,
  version,
  points,
  field,
  feed,
  notices,
  tanks,
}: Parts): StationView {
  const { store, clock } = context;
  const { site } = loaded.config;
  return {
    status() {
      const now = clock.now();
      const today = context.businessDate(now);
      return {
        site: {
          id: site.id,
          name: site.name ?? null,
          currency: site.currency,
          currencyDecimals: site.currencyDecimals,
        },
        version,
        epoch: store.epoch,
        // By the time in force: the clock may have been set since.
        startedAt: rfc3339(instant(now - Math.round(clock.mono() - startedMono))),
        now: rfc3339(now),
        businessDate: today,
        clock: context.clockGuard.report(),
        program: { id: context.program.program, version: context.program.version },
        members: context.members.size,
        store: storeView(store),
        sales: { ...context.tally.all, today: context.tally.on(today) },
        ledgerSum: store.ledger.sum(),
        feed: feed.report(),
        fuellingPoints: points.views(),
        lines: field.lines(),
        readers: field.readers(),
        alarms: notices.with(points.alarms()),
        tanks: tanks.tanks(),
        tankAlarms: tanks.alarms({ all: false, limit: alarmsShown }),
        gauges: tanks.gauges(),
      };
    },
    devices: field.devices,
    sales: (query) =>
      store.sales.recent(query).map((record) => saleView(record, store.credits.get(record.key))),
    sale(idOrKey) {
      const record = store.sales.get(idOrKey);
      return record && saleDetail(context, record);
    },
    member: (id) => memberBrief(context, id),
    trace: field.trace,
    books: createBooks(store, clock),
  };
}
