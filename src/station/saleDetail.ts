import type { SaleRecord } from '../store/sales.ts';
import { alertView, correctionView } from './alertViews.ts';
import type { StationContext } from './context.ts';
import { saleView } from './saleViews.ts';
import { incidentView } from './tanks/incidents.ts';
import type { SaleDetailView } from './view.ts';

/** Everything the books hold of a sale. */
export function saleDetail(context: StationContext, record: SaleRecord): SaleDetailView {
  const { store } = context;
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
    corrections: store.corrections.of(record.key).map(correctionView),
    incidents: store.tanks.incidents.of(record.key).map((each) => incidentView(context, each)),
    alerts: store.alerts.of(record.key).map((alert) => alertView(alert, record)),
  };
}
