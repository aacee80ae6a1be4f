/** Everything the station knows of a sale that is looked into, as it was when the alert was raised. No plate, no name. */
import { largestTank } from '../core/checks/vehicles.ts';
import { instant } from '../model/units.ts';
import type { SaleRecord } from '../store/sales.ts';
import { scansAround } from './beneficiary.ts';
import { rfc3339 } from './businessDay.ts';
import { candidateView } from './claimViews.ts';
import type { StationContext } from './context.ts';
import type { TrailReading } from './readingTrail.ts';
import { saleView } from './saleViews.ts';
import type { DeviceView, EvidenceView } from './view.ts';

/** States of the point so long before the lift and after the end. */
const aroundMs = 60_000;

/** `readings` null: not kept, the daemon was started since or it is long ago. `device`: its counters as they are now. */
export function evidenceOf(
  context: StationContext,
  sale: SaleRecord,
  kept: { readings: readonly TrailReading[] | null; device: DeviceView | null },
): EvidenceView {
  const { store, members, clock } = context;
  const begin = sale.liftedAt ?? sale.startedAt ?? sale.endedAt;
  const { attribution } = sale;
  const owner = attribution.kind === 'attributed' ? members.member(attribution.member) : null;
  const vehicles =
    (attribution.kind === 'attributed' && members.card(attribution.card)?.vehicles) || owner?.vehicles || [];
  return {
    at: rfc3339(clock.now()),
    sale: saleView(sale, store.credits.get(sale.key)),
    liftedAt: sale.liftedAt === null ? null : rfc3339(sale.liftedAt),
    totalizer: {
      startMl: sale.totalizerStart,
      endMl: sale.totalizerEnd,
      spanMl: sale.totalizerEnd - sale.totalizerStart,
    },
    member: owner && {
      member: owner.id,
      tier: owner.tier,
      tankLitres: largestTank(vehicles, sale.grade),
      fills: store.history.fills(owner.id, sale.id),
    },
    states: store.history.states(
      sale.fuellingPoint,
      instant(begin - aroundMs),
      instant(sale.endedAt + aroundMs),
    ),
    readings: kept.readings,
    device: kept.device,
    claims: scansAround(context, sale).map((claim) => candidateView(context, sale, claim)),
  };
}
