/** What people at the station do through the local API: see what is left to them, decide whose a sale is, look into alerts. */
import { ForecourtError } from '../model/errors.ts';
import type { Alerts } from './alerts.ts';
import { alertView } from './alertViews.ts';
import { type ClaimsQuery, claimsView } from './claimViews.ts';
import type { StationContext } from './context.ts';
import { correctSale, type Decision } from './correctSale.ts';
import type { Feed } from './feed.ts';
import type { FuellingPoints } from './fuellingPoints.ts';
import { saleDetail } from './saleDetail.ts';
import { creditPush, saleView } from './saleViews.ts';
import type { AlertView, ClaimsView, CorrectedView, EvidenceView, Push, SaleEvidenceView } from './view.ts';

export interface Desk {
  claims(query: ClaimsQuery): ClaimsView;
  /** Throws what `correctSale` throws. */
  correct(decision: Decision): CorrectedView;
  /** Newest first. */
  alerts(limit: number): AlertView[];
  /** Throws NOT_FOUND for an unknown sale, and for one without an alert. */
  evidence(sale: number | string): SaleEvidenceView;
}

export function createDesk(
  context: StationContext,
  out: { push: (event: Push) => void; feed: Feed; points: FuellingPoints; alerts: Alerts },
): Desk {
  const { store } = context;
  return {
    claims: (query) => claimsView(context, query),
    correct(decision) {
      const { sale, done } = correctSale(context, decision);
      if (done) {
        const { correction, reversed, posted } = done;
        const { number, kind, by } = correction;
        context.log.info({ correction: number, sale: sale.key, kind, by }, 'a sale was corrected');
        if (reversed) {
          const { credit, balance } = reversed;
          const place = { sale: sale.key, fuellingPoint: sale.fuellingPoint, nozzle: sale.nozzle };
          out.push({
            type: 'credit.reversed',
            data: { ...place, member: credit.member, points: credit.earned, balance },
          });
        }
        if (posted) out.push(creditPush(sale, posted));
        out.push({ type: 'sale', data: saleView(sale, posted?.credit ?? null) });
        out.feed.wake();
        out.points.changed(sale.fuellingPoint);
        out.alerts.look();
      }
      return { changed: done !== null, sale: saleDetail(context, sale) };
    },
    alerts: (limit) =>
      store.alerts.recent(limit).flatMap((alert) => {
        const sale = store.sales.get(alert.sale);
        return sale ? [alertView(alert, sale)] : [];
      }),
    evidence(id) {
      const sale = store.sales.get(id);
      if (!sale) throw new ForecourtError('NOT_FOUND', `there is no sale ${id}`);
      const alerts = store.alerts.of(sale.key);
      if (alerts.length === 0)
        throw new ForecourtError('NOT_FOUND', `sale ${sale.id} raised no alert: no evidence was kept`);
      return {
        sale: sale.id,
        alerts: alerts.map((alert) => ({
          alert: alertView(alert, sale),
          evidence: JSON.parse(store.alerts.evidence(alert.number) ?? '{}') as EvidenceView,
        })),
      };
    },
  };
}
