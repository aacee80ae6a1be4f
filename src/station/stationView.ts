/** Answers what the local API asks, from the books and the running parts. */
import type { Instant } from '../model/units.ts';
import { rfc3339 } from './businessDay.ts';
import type { LoadedStation } from './configuration/load.ts';
import type { StationContext } from './context.ts';
import type { Feed } from './feed.ts';
import type { FieldDevices } from './fieldDevices.ts';
import type { FuellingPoints } from './fuellingPoints.ts';
import { memberBrief } from './memberBrief.ts';
import { saleView } from './saleViews.ts';
import type { StationView } from './view.ts';

interface Parts {
  readonly context: StationContext;
  readonly loaded: LoadedStation;
  readonly startedAt: Instant;
  readonly version: string;
  readonly points: FuellingPoints;
  readonly field: FieldDevices;
  readonly feed: Feed;
}

export function createView({ context, loaded, startedAt, version, points, field, feed }: Parts): StationView {
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
        startedAt: rfc3339(startedAt),
        now: rfc3339(now),
        businessDate: today,
        program: { id: context.program.program, version: context.program.version },
        members: context.members.size,
        store: { path: store.path, bornAfterCorruption: store.bornAfterCorruption },
        sales: { ...context.tally.all, today: context.tally.on(today) },
        ledgerSum: store.ledger.sum(),
        feed: feed.report(),
        fuellingPoints: points.views(),
        lines: field.lines(),
        readers: field.readers(),
        alarms: points.alarms(),
      };
    },
    devices: field.devices,
    sales: (query) =>
      store.sales.recent(query).map((record) => saleView(record, store.credits.get(record.key))),
    sale(idOrKey) {
      const record = store.sales.get(idOrKey);
      if (!record) return null;
      const credit = store.credits.get(record.key);
      return {
        ...saleView(record, credit),
        site: context.site,
        currency: context.currency,
        credit: credit && {
          program: credit.program,
          programVersion: credit.programVersion,
          tier: credit.tier,
          points: credit.earned,
          balance: store.ledger.balance(`member:${credit.member}`),
          discounts: credit.discounts,
          coupons: credit.coupons,
          campaigns: credit.campaigns,
          explanation: credit.explanation,
        },
      };
    },
    member: (id) => memberBrief(context, id),
    trace: field.trace,
  };
}
